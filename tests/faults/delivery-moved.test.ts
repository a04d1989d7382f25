import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { AcceptRecord } from "../../tasks/contract/accept-record.ts";
import { inTurn, passes, type Turns, works } from "../support/by-turn.ts";
import { checkedOrchfile, createDelivered, everyTurn, hasPrinted } from "../support/delivered.ts";
import { deliverOrchfile } from "../support/edited-orchfile.ts";
import { STACK_TRACE } from "../support/footprint.ts";
import { expectNoneLeft, until } from "../support/observe.ts";
import type { Script } from "../support/scripted-model.ts";
import { ownTemporaryFolder } from "../support/temporary.ts";
import { commandsIn, typed } from "../support/typed.ts";
import type { World } from "../support/world.ts";

const PASSING: Turns = { dev: works("echo 'written for A-1' > A-1.txt"), "review-1": passes };
const orchfile = await checkedOrchfile();

/** The same, with a task between the last review and the verdict, in which somebody has a command run in the checkout. */
const thenBeforeTheVerdict = (command: string) =>
	deliverOrchfile(
		'["sh check.sh"]',
		undefined,
		[
			"const accepted = ",
			`const moved = perIssue("moved", { summary: "somebody else", needs: { last }, run: async (_, { issue }) => {
				const { execFileSync } = await import("node:child_process");
				execFileSync("sh", ["-c", ${JSON.stringify(command)}], { cwd: issue.repository.root });
			} });
			const accepted = `,
		],
		["review: last }", "review: last, moved }"],
		["last, accepted }", "last, moved, accepted }"],
	);

const GO_ON = "git update-ref refs/heads/issue/A-1 $(git commit-tree -p issue/A-1 -m mine issue/A-1^{tree})";
const DELETE = "git update-ref -d refs/heads/issue/A-1";

for (const [when, what, command, ends] of [
	["its checks run", "gone on with", GO_ON, "accepted"],
	["its checks run", "deleted", DELETE, "failed: branch-gone"],
	["it is reviewed", "gone on with", GO_ON, "failed: branch-moved"],
	["its verdict is to come", "gone on with", GO_ON, "not accepted: other-commit"],
	["its verdict is to come", "deleted", DELETE, "failed: branch-gone"],
] as const) {
	test.concurrent(`a branch is ${what} while ${when}: only what was judged is accepted`, async () => {
		const reviews: Script = async function* (prompted) {
			if (when === "it is reviewed") await inCheckout(world, command);
			yield* passes(prompted);
		};
		const turns = { ...PASSING, "review-1": inTurn(reviews, passes) };
		const delivered = await createDelivered([{ id: "A-1", turns }]);
		await using world = delivered.world;
		const held = join(world.repository.path, ".git/held-branch");
		if (when === "its checks run") await writeFile(held, "");
		const settings = when === "its verdict is to come" ? await thenBeforeTheVerdict(command) : orchfile;
		const running = world.start(["deliver", "A-1"], settings);
		if (when === "its checks run") {
			await until(running, () => hasPrinted(world, "M1/A-1", "begun on the branch"));
			await inCheckout(world, command);
			await rm(held);
		}
		const { stdout, stderr } = await running.finished;
		expect(stdout, stderr).toMatch(new RegExp(`^A-1 +${ends} `, "m"));
		expect(stderr).not.toMatch(STACK_TRACE);

		for (const each of commandsIn(stderr, "git branch "))
			expect(await typed(world, each)).toMatchObject({ exitCode: 0 });
		const again = await world.run(["deliver", "A-1"], orchfile);
		expect(again.exitCode, again.stderr).toBe(0);
		const tip = await world.repository.git(["rev-parse", "issue/A-1"]);
		expect(await world.log<AcceptRecord>("M1/A-1/accept-run.json")).toMatchObject({ outcome: "accepted", commit: tip });
		const isJudgedTwice = what === "gone on with" && when !== "its checks run";
		expect(delivered.turnsOf("A-1")).toEqual({ dev: 1, "review-1": isJudgedTwice ? 2 : 1 });
		const notes = await world.repository.git(["notes", "--ref=orch", "list"]);
		expect(notes.split("\n").map((line) => line.split(" ")[1])).toEqual([tip]);
	});
}

test.concurrent("a branch that is gone, and what stands in its worktree: it is made again, and no history begins anew", async () => {
	const delivered = await createDelivered([{ id: "A-1", turns: PASSING }]);
	await using world = delivered.world;
	const failed = await world.run(["deliver", "A-1"], await thenBeforeTheVerdict(DELETE));
	expect(failed.stdout, failed.stderr).toMatch(/^A-1 +failed: branch-gone /m);
	const again = await world.run(["deliver", "A-1"], orchfile);
	expect(again.exitCode, again.stdout + again.stderr).toBe(0);
	expect(await world.repository.git(["merge-base", "main", "issue/A-1"])).toBe(
		await world.repository.git(["rev-parse", "main"]),
	);
});

for (const [what, disturb, remedied] of [
	[
		"its worktree is removed",
		(world: World) => rm(join(world.repository.folder, "repo.worktrees/A-1"), { recursive: true }),
		undefined,
	],
	[
		"its base is rewritten",
		(world: World) => inCheckout(world, "git commit -q --amend -m 'said otherwise' --date 2001-01-01T00:00:00"),
		/ rebase main$/,
	],
] as const) {
	test.concurrent(`${what} after a run was killed in a review: what is accepted was judged, and holds the base`, async () => {
		const turns = everyTurn("A-1");
		const silent: Script = async function* () {
			yield { kind: "silent" };
		};
		const reviews = inTurn(silent, turns["review-1"] ?? passes);
		const delivered = await createDelivered([{ id: "A-1", turns: { ...turns, "review-1": reviews } }]);
		await using world = delivered.world;
		const settings = { ...orchfile, env: await ownTemporaryFolder(world) };
		const running = world.start(["deliver", "A-1"], settings);
		await until(running, () => delivered.turnsOf("A-1")["review-1"] === 1);
		running.child.kill("SIGKILL");
		await running.finished;
		await expectNoneLeft(world);
		await disturb(world);
		if (remedied) {
			const refused = await world.run(["deliver", "A-1"], settings);
			expect(refused.stdout, refused.stderr).toMatch(/^A-1 +failed: branch-not-on-base /m);
			const [command = ""] = commandsIn(refused.stderr, "git -C ").filter((each) => remedied.test(each));
			expect(await typed(world, command)).toMatchObject({ exitCode: 0 });
		}
		const again = await world.run(["deliver", "A-1"], settings);
		expect(again.exitCode, again.stdout + again.stderr).toBe(0);
		expect(delivered.turnsOf("A-1"), again.stderr).toMatchObject({ "review-1": 2, "fix-1": 1, "review-2": 1 });
		const { commit } = await world.log<AcceptRecord>("M1/A-1/accept-run.json");
		expect(commit).toBe(await world.repository.git(["rev-parse", "issue/A-1"]));
		await world.repository.git(["merge-base", "--is-ancestor", "main", commit]);
	});
}

function inCheckout({ repository }: World, command: string): Promise<string> {
	return repository.git(["-c", `alias.run=!${command}`, "run"]);
}
