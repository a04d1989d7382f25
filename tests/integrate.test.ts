import { execFileSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { IntegrationRecord, LeftOut } from "../tasks/contract/integration.ts";
import type { IssuePlan } from "../tasks/contract/issue.ts";
import { integrationLock } from "../tasks/integration/lock.ts";
import { integrationName } from "../tasks/integration/name.ts";
import { acceptAll, type Work } from "./support/accepted.ts";
import { type Beginning, beginningOf } from "./support/beginning.ts";
import { deliverOrchfile } from "./support/edited-orchfile.ts";
import { faultyEnvironment } from "./support/faults.ts";
import { snapshot } from "./support/snapshot.ts";
import { commandsIn, typed } from "./support/typed.ts";
import { createWorld, type RunSettings, type World } from "./support/world.ts";

let world: World;
let settings: RunSettings;
const git = (...args: string[]) => world.repository.git(args);
const tip = (name: string) => git("rev-parse", name);
const run = (...args: string[]) => world.run(["integrate", ...args], settings);
const kept = (name = "M1") => world.log<IntegrationRecord>(`${name}/integrate-run.json`);

/** What became of each issue, in a word; of what was left out, why. */
async function fates(name?: string): Promise<Record<string, string>> {
	const { steps } = await kept(name);
	return Object.fromEntries(steps.map((step) => [step.issue, step.kind === "left" ? step.why.kind : step.kind]));
}

async function whyLeft(issue: string): Promise<LeftOut | undefined> {
	const step = (await kept()).steps.find((each) => each.issue === issue);
	return step?.kind === "left" ? step.why : undefined;
}

/** Everything of the checkout that is not to change, whatever is put together. */
async function untouched() {
	const { refs, ...rest } = await snapshot(world.repository, { everything: "but logs" });
	const own = Object.entries(refs).filter(([name]) => !/^refs\/(?:heads\/integration|orch)\//.test(name));
	return { ...rest, refs: Object.fromEntries(own) };
}

/** Checks that were run, as the lines of the progress tell. */
const checksIn = (stderr: string) => stderr.match(/^integrate {2}[\d:]+ {2}.*\$ .*$/gm)?.length ?? 0;

const GITLINK = (commit: string, path = "sub") =>
	`mkdir -p ${path}; git update-index --add --cacheinfo 160000,${commit.repeat(40)},${path}`;

/** A name of a file that commands a terminal, turns letters round and reads as markup and as an option, as a shell has it written. */
const ODD = "$(printf -- '-n \\033[2J\\342\\200\\256<\\057script>evil')";
const writing = (text: string, file: string) => `f="${file}"; mkdir -p -- "$(dirname -- "$f")"; echo ${text} > "$f"`;
const TITLE = '"; --amend `x` \u001b[2J\u202e</script>\nOrch-Commit: 0';
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const COMMANDING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** Two issues each, of which the second can't be had with the first, or can; the whole is one night. */
const KINDS: Readonly<Record<string, { readonly works: readonly [string, string]; readonly conflict?: string }>> = {
	TEXT: { works: ["sed -i s/two/2/ text", "sed -i s/two/zwei/ text"], conflict: "text (contents)" },
	APART: { works: ["sed -i s/one/1/ far", "sed -i s/nine/9/ far"] },
	RENAMED: { works: ["git mv old new", "git rm -q old"], conflict: "new (rename/delete)" },
	FOLLOWED: { works: ["git mv moved elsewhere", "echo more >> moved"] },
	GONE: { works: ["git rm -q gone", "echo more >> gone"], conflict: "gone (modify/delete)" },
	TYPE: { works: ["rm type; ln -s far type", "echo more >> type"], conflict: "type" },
	MODE: { works: ["chmod +x mode", "echo more >> mode"] },
	BOTH: { works: ["echo 1 > both", "echo 2 > both"], conflict: "both (contents)" },
	ALIKE: { works: ["echo 1 > alike", "echo 1 > alike"] },
	BINARY: { works: ["printf 'a\\0b' > binary", "printf 'c\\0d' > binary"], conflict: "binary (binary, contents)" },
	LINK: { works: [GITLINK("1"), GITLINK("2")], conflict: "sub" },
	PLACE: { works: ["echo 1 > place", "mkdir place; echo 1 > place/file"], conflict: "place" },
	NAME: { works: ["echo 1 > 'a \"b\".txt'", "echo 2 > 'a \"b\".txt'"], conflict: 'a "b".txt (contents)' },
	HOSTILE: { works: [writing("1", ODD), writing("2", ODD)], conflict: "-n </script>evil (contents)" },
	POINTER: { works: [GITLINK("3", "pointed"), "echo more > beside"] },
	RENAMES: { works: ["git mv renamed here", "git mv renamed there"], conflict: "here" },
	FOLDER: { works: ["git mv folder away", "echo 1 > folder/more"], conflict: "away/more" },
};

describe("whatever two issues have done to one file", () => {
	const works = Object.entries(KINDS).flatMap(
		([
			kind,
			{
				works: [one, other],
			},
		]): [string, Work][] => [
			[`${kind}-1`, { script: one }],
			[`${kind}-2`, { script: other }],
		],
	);

	test("what can't be had together is left out, and told; the rest is what git itself would make of it, and nobody's checkout is touched", async () => {
		world = await createWorld(
			works.map(([id]) => ({ id, title: id.startsWith("HOSTILE") ? TITLE : `Title of ${id}` })),
		);
		await using _ = world;
		settings = await deliverOrchfile("[]");
		const { write, commit, path, folder } = world.repository;
		const lines = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
		for (const name of ["text", "far", "old", "moved", "gone", "type", "mode"])
			await write(name, lines.map((line) => `${name}\n${line}\n`).join(""));
		await write("binary", "x\0y");
		await write("renamed", "one\ntwo\n");
		for (const name of ["a", "b"]) await write(`folder/${name}`, `${name}\n`);
		await mkdir(join(path, "pointed"));
		await git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},pointed`);
		await commit("files");
		await acceptAll(world, Object.fromEntries(works));
		await write("far", "a person's own, not committed\n");
		const before = await untouched();

		const foreseen = await run("M1", "-n");
		expect(foreseen.exitCode, foreseen.stderr).toBe(0);
		expect(foreseen.stdout + foreseen.stderr).not.toMatch(COMMANDING);
		expect(foreseen.stdout).toMatch(/^TEXT-2 +would be left out +- +conflicts with TEXT-1 in text \(contents\)/m);
		expect(await git("branch", "--list", "integration/*")).toBe("");

		for (const look of ["status", "plan"]) {
			const { stdout } = await world.run([look, "M1"], settings);
			const told = stdout.match(/^\S+ and \S+ both change .*$/gm) ?? [];
			// What is put into a folder that another has moved changes none of the same paths.
			expect(told.map((line) => line.split(" and ")[0]).sort(), look).toEqual(
				Object.entries(KINDS)
					.flatMap(([kind, { conflict }]) => (conflict === undefined || kind === "FOLDER" ? [] : [`${kind}-1`]))
					.sort(),
			);
			expect(told).toContain("TEXT-1 and TEXT-2 both change text: they will conflict.");
			expect(stdout).not.toMatch(COMMANDING);
		}

		const { exitCode, stdout, stderr } = await run("M1");
		expect(exitCode, stderr).toBe(1);
		expect(stdout + stderr).not.toMatch(COMMANDING);
		expect(await untouched()).toEqual(before);
		const expected = Object.entries(KINDS).flatMap(([kind, { conflict }]) => [
			[`${kind}-1`, "merged"],
			[`${kind}-2`, conflict === undefined ? "merged" : "conflict"],
		]);
		expect(await fates()).toEqual(Object.fromEntries(expected));
		for (const [kind, { conflict }] of Object.entries(KINDS)) {
			if (conflict === undefined) continue;
			expect(await whyLeft(`${kind}-2`), kind).toMatchObject({ with: [`${kind}-1`] });
			const row = stdout.split("\n").find((line) => line.startsWith(`${kind}-2`));
			expect(row, kind).toContain(`conflicts with ${kind}-1 in ${conflict}`);
		}

		// As `git merge --no-ff` makes it, one after the other, in the same order.
		const copy = `${folder}/copy`;
		await git("worktree", "add", "-q", "--detach", copy, "main");
		const merged = (await kept()).steps.flatMap((step) => (step.kind === "merged" ? [step] : []));
		for (const { issue } of merged)
			await world.repository.git(["merge", "-q", "--no-ff", "-m", issue, `issue/${issue}`], copy);
		expect(await tip("integration/M1^{tree}")).toBe(await world.repository.git(["rev-parse", "HEAD^{tree}"], copy));
		let parent = await tip("main");
		for (const { issue, commit: made } of merged) {
			expect(await git("show", "-s", "--format=%P", made)).toBe(`${parent} ${await tip(`issue/${issue}`)}`);
			parent = made;
		}
		expect(await tip("integration/M1")).toBe(parent);
		const hostile = merged.find(({ issue }) => issue === "HOSTILE-1")?.commit ?? "";
		expect(await git("show", "-s", "--format=%s|%(trailers:key=Orch-Commit,valueonly,separator=)", hostile)).toMatch(
			/^Merge HOSTILE-1: "; --amend `x` .*<\/script> Orch-Commit: 0\|[0-9a-f]{40}$/,
		);
		expect(await git("show", "-s", "--format=%s%n%(trailers)", "integration/M1")).toBe(
			[
				"Merge TYPE-1: Title of TYPE-1",
				"Orch-Issue: TYPE-1",
				"Orch-Document: docs/projects/p/issues/TYPE-1.md",
				"Orch-Milestone: M1",
				"Orch-Status: pass",
				`Orch-Commit: ${await tip("issue/TYPE-1")}`,
			].join("\n"),
		);

		// The last line is the one to type, and does what it says.
		await git("worktree", "remove", "--force", copy);
		await git("checkout", "-q", "--", "far");
		const [merge = ""] = commandsIn(stderr, "git merge");
		expect(stderr.trimEnd().endsWith(merge)).toBe(true);
		expect((await typed(world, merge)).exitCode).toBe(0);
		expect(await tip("HEAD^{tree}")).toBe(await tip("integration/M1^{tree}"));
	});
});

test.each(["M1", "v1..v2", "a...b c", "x.lock", "M1: größe ~^?*[@{", "-"])(
	"a milestone %j has a branch and a lock",
	(milestone) => {
		const plan = [{ id: "A-1", milestone }] as unknown as IssuePlan[];
		const name = integrationName(plan, { target: milestone });
		for (const ref of [`refs/heads/integration/${name}`, `refs/orch/lock/${integrationLock(name)}`])
			expect(() => execFileSync("git", ["check-ref-format", ref]), ref).not.toThrow();
	},
);

/** Each waits as long as somebody holds it, where it is held. */
const WHOLE = {
	name: "whole",
	run: 'while test -e right -a -e "$ORCH_CHECKOUT/.git/held"; do sleep 0.05; done; test ! -e left -o ! -e right',
};
const WORKS: Readonly<Record<string, Work>> = {
	"A-1": { script: "touch left" },
	// Fine by itself, and together with the first broken.
	"B-1": { script: "touch right" },
	"C-1": { script: "touch c", from: "issue/B-1" },
	"D-1": { script: "touch d" },
	"E-1": { script: "touch e", from: "issue/D-1" },
	"F-1": { script: "touch f", verdict: { outcome: "not-accepted", reasons: ["new-failures"] } },
	"G-1": { script: "touch g", verdict: "none" },
	"H-1": { script: "touch h" },
	"I-1": { script: "touch i" },
};
const BLOCKERS: Readonly<Record<string, readonly string[]>> = { "C-1": ["B-1"], "E-1": ["D-1"] };
const NIGHT = {
	"A-1": "merged",
	"B-1": "breaks",
	"C-1": "blocker",
	"D-1": "merged",
	"E-1": "merged",
	"F-1": "not-accepted",
	"G-1": "not-accepted",
	"H-1": "gone-on",
	"I-1": "branch-gone",
};

describe("a night is put together, again and again", { tags: ["together"] }, () => {
	beforeAll(async () => {
		world = await createWorld(Object.keys(WORKS).map((id) => ({ id, blocked_by: BLOCKERS[id] ?? [] })));
		settings = await deliverOrchfile(JSON.stringify([WHOLE]));
		await acceptAll(world, WORKS, [WHOLE]);
		await git("branch", "-q", "-f", "issue/H-1", "issue/A-1");
		await git("branch", "-q", "-D", "issue/I-1");
	});
	afterAll(async () => world[Symbol.asyncDispose]());
	const commits = async () =>
		Object.fromEntries(
			(await kept()).steps.flatMap((step) => (step.kind === "merged" ? [[step.issue, step.commit]] : [])),
		);

	test("broken off by a kill, the same command goes on where it was, and nothing is half-made", async () => {
		const held = join(world.repository.path, ".git/held");
		await writeFile(held, "");
		const before = await untouched();
		const first = world.start(["integrate", "M1"], settings);
		await first.until(/merges issue\/B-1\n.*\$ whole/s);
		first.child.kill("SIGKILL");
		await first.finished;
		await rm(held);
		expect(await git("branch", "--list", "integration/*")).toBe("");
		expect(await fates()).toEqual({ "A-1": "merged" });
		const { "A-1": kept } = await commits();

		const { exitCode, stdout, stderr } = await run("M1");
		expect(exitCode, stderr).toBe(1);
		expect(stderr).toMatch(/^integration\/M1: taken over from a run that is dead: /m);
		expect(await fates()).toEqual(NIGHT);
		expect((await commits())["A-1"]).toBe(kept);
		// What is on the base is known; what breaks is looked at twice.
		expect(checksIn(stderr)).toBe(4);
		expect(stdout).toMatch(/^B-1 +left out +- +breaks whole; log logs\/orch\/M1\/@integrate\/B-1$/m);
		expect(stdout).toMatch(/^C-1 +left out +- +builds on B-1, which is not there$/m);
		expect(stdout).toMatch(/^F-1 +not accepted +- +new failures$/m);
		expect(stdout).toMatch(/^integration\/M1 has 3 issues on top of main \([0-9a-f]{10}\)\.$/m);
		expect(await git("ls-tree", "--name-only", "integration/M1")).toMatch(/^d\ndocs\ne\nleft$/m);
		expect(await untouched()).toEqual(before);
		expect(await git("for-each-ref", "refs/orch")).toBe("");
	});

	test("a second run does nothing anew, and says so", async () => {
		const before = await tip("integration/M1");
		const { exitCode, stdout, stderr } = await run("M1");
		expect([exitCode, checksIn(stderr)]).toEqual([1, 0]);
		expect(stdout).toMatch(/^integration\/M1 is up to date: 3 issues on top of main/m);
		expect(await tip("integration/M1")).toBe(before);
		expect((await run("M1", "-q")).exitCode).toBe(0);
		expect((await run("M1", "-n")).stdout).toMatch(/^integration\/M1 is up to date: /m);
	});

	test("an issue that has changed is merged again from there on", async () => {
		const before = await commits();
		await acceptAll(world, { "D-1": { script: "touch more", from: "issue/D-1" } }, [WHOLE]);
		expect((await run("M1", "-q")).exitCode).toBe(1);
		const { stderr } = await run("M1");
		expect(checksIn(stderr), stderr).toBe(2);
		const now = await commits();
		expect(now["A-1"]).toBe(before["A-1"]);
		expect(now["D-1"]).not.toBe(before["D-1"]);
		expect(await fates()).toEqual(NIGHT);
	});

	test("some alone, or all but some; what names nothing is told", async () => {
		const without = await run("M1", "--except", "A-1,D-1");
		expect(without.exitCode, without.stderr).toBe(1);
		expect(await fates()).toEqual({
			...NIGHT,
			"A-1": "excluded",
			"B-1": "merged",
			"C-1": "merged",
			"D-1": "excluded",
			"E-1": "blocker",
		});
		const only = await run("M1", "--only", "D-1", "--only=E-1");
		expect(only.exitCode, only.stderr).toBe(0);
		expect(await git("ls-tree", "--name-only", "integration/M1")).toMatch(/^d\ndocs\ne\nmore$/m);
		const unknown = await run("M1", "--only", "Z-1,E-2");
		expect(unknown.exitCode).toBe(2);
		expect(unknown.stderr).toMatch(
			/--only names "E-2", which is none of the open issues of M1\.\n +Did you mean "E-1"/,
		);
		expect(unknown.stderr).toMatch(/--only names "Z-1", /);
		const elsewhere = await world.run(["plan", "M1", "--only", "A-1"], settings);
		expect([elsewhere.exitCode, elsewhere.stderr]).toEqual([
			2,
			expect.stringContaining('--only belongs to "integrate"'),
		]);
	});

	test("as one commit each, in the same order", async () => {
		const merged = await run("M1");
		expect(merged.exitCode).toBe(1);
		const tree = await tip("integration/M1^{tree}");
		const { stdout, stderr } = await run("M1", "--squash");
		expect(stdout, stderr).toMatch(/ a commit each\.$/m);
		expect(await tip("integration/M1^{tree}")).toBe(tree);
		expect(
			await git("log", "--format=%s|%(trailers:key=Orch-Commit,valueonly,separator=)", "main..integration/M1"),
		).toBe(
			(
				await Promise.all(["E-1", "D-1", "A-1"].map(async (id) => `${id}: Title of ${id}|${await tip(`issue/${id}`)}`))
			).join("\n"),
		);
		expect(checksIn((await run("M1", "--squash")).stderr)).toBe(0);
	});

	test("the base has moved: all of it is put on what it is now", async () => {
		await world.repository.write("other.txt", "1\n");
		await world.repository.commit("a person's own");
		const { stderr } = await run("M1");
		expect(await git("merge-base", "main", "integration/M1"), stderr).toBe(await tip("main"));
		expect(await fates()).toEqual(NIGHT);
	});

	test("what somebody has put on that branch is left as it is, and so is a branch that is checked out", async () => {
		const ours = await tip("integration/M1");
		const theirs = await git("commit-tree", "-p", ours, "-m", "a person's own", `${ours}^{tree}`);
		await git("update-ref", "refs/heads/integration/M1", theirs);
		const taken = await run("M1");
		expect([taken.exitCode, await tip("integration/M1")]).toEqual([2, theirs]);
		const [away = ""] = commandsIn(taken.stderr, "git branch -m");
		expect((await typed(world, away)).exitCode).toBe(0);
		expect(await tip("old/integration/M1")).toBe(theirs);

		// Nothing is to be checked anew for a branch that is gone.
		const again = await run("M1");
		expect([checksIn(again.stderr), await tip("integration/M1")]).toEqual([0, ours]);
		const other = join(world.repository.folder, "other");
		await git("worktree", "add", "-q", other, "integration/M1");
		expect((await run("M1")).stdout).toMatch(/^integration\/M1 is up to date/m);
		const moved = await run("M1", "--except", "E-1");
		expect([moved.exitCode, await tip("integration/M1")]).toEqual([2, ours]);
		const [leave = ""] = commandsIn(moved.stderr, "git -C");
		expect(leave).toBe(`git -C ${other} switch main`);
		await git("worktree", "remove", other);

		for (const branch of ["integration", "integration/M1/more"]) {
			await git("branch", "-q", "-D", "integration/M1");
			await git("branch", "-q", branch, "main");
			const blocked = await run("M1");
			expect([blocked.exitCode, blocked.stderr]).toEqual([
				2,
				expect.stringContaining(`a branch named "${branch}" is in its way`),
			]);
			await git("branch", "-q", "-D", branch);
			expect(checksIn((await run("M1")).stderr)).toBe(0);
		}
	});

	test("nothing begins from it unless that is said, and only one run at a time puts it together", async () => {
		await git("switch", "-q", "integration/M1");
		const refused = await run("M1");
		expect([refused.exitCode, refused.stderr]).toEqual([
			2,
			expect.stringContaining("integration/M1 is checked out, on which issues are put together"),
		]);
		expect((await typed(world, commandsIn(refused.stderr, "git switch")[0] ?? "")).exitCode).toBe(0);
		expect(await git("branch", "--show-current")).toBe("main");
		const blob = await git("hash-object", "-w", "README.md");
		await git("update-ref", "refs/orch/lock/M1@integration", blob);
		const locked = await run("M1");
		expect(locked.exitCode).toBe(2);
		const [unlock = ""] = commandsIn(locked.stderr, "git update-ref");
		expect((await typed(world, unlock)).exitCode).toBe(0);
		expect((await run("M1")).stdout).toMatch(/is up to date/);
	});
});

/** What a person, or a forge, does to take what was put together. */
const TAKEN: Readonly<Record<string, (git: World["repository"]["git"]) => Promise<unknown>>> = {
	"merge --no-ff": (git) => git(["merge", "-q", "--no-ff", "-m", "take", "integration/M1"]),
	"merge, fast-forward": (git) => git(["merge", "-q", "--ff-only", "integration/M1"]),
	"merge --squash": async (git) => {
		await git(["merge", "-q", "--squash", "integration/M1"]);
		await git(["commit", "-q", "--no-edit"]);
	},
	// As a forge does whose message is the title of a pull request.
	"squashed, without a word of what it was": async (git) => {
		await git(["merge", "-q", "--squash", "integration/M1"]);
		await git(["commit", "-q", "-m", "M1 (#12)"]);
	},
	rebased: async (git) => {
		await git(["switch", "-q", "-c", "rebased", "integration/M1"]);
		await git(["rebase", "-q", "main"]);
		await git(["switch", "-q", "main"]);
		await git(["merge", "-q", "--ff-only", "rebased"]);
		await git(["branch", "-q", "-D", "rebased"]);
	},
};

describe("what was put together has come to the base", () => {
	let beginning: Beginning;
	beforeAll(async () => {
		world = await createWorld([{ id: "A-1" }, { id: "A-2" }, { id: "A-3", blocked_by: ["A-2"] }, { id: "A-4" }]);
		settings = await deliverOrchfile("[]");
		const lines = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", ""].join("\n");
		await world.repository.write("shared", lines);
		await world.repository.commit("shared");
		await acceptAll(world, {
			"A-1": { script: "sed -i s/one/1/ shared; touch a" },
			"A-2": { script: "sed -i s/nine/9/ shared" },
			"A-3": { script: "sed -i s/eight/8/ shared", from: "issue/A-2" },
			"A-4": { script: "sed -i s/one/eins/ shared" },
		});
		expect((await run("M1")).exitCode).toBe(1);
		beginning = await beginningOf(world);
	});
	afterAll(async () => {
		await beginning?.[Symbol.asyncDispose]();
		await world?.[Symbol.asyncDispose]();
	});

	for (const how of ["a merge each", "a commit each"] as const) {
		// What each issue's own commits look like makes a difference only where nothing else does.
		const ways = Object.entries(TAKEN).filter(([way]) => how === "a merge each" || /word|rebased/.test(way));
		for (const [way, take] of ways) {
			test(`${how}, ${way}: its issues are merged, and their branches and its own can go`, async () => {
				await beginning.again();
				if (how === "a commit each") expect((await run("M1", "--squash")).exitCode).toBe(1);
				if (!way.includes("fast-forward")) {
					await world.repository.write("else.txt", "1\n");
					await world.repository.commit("meanwhile");
				}
				await take(world.repository.git);
				// What the base has is not put together once more, and that it has it is not forgotten with what was.
				if (/word|rebased/.test(way)) {
					const { stdout } = await run("M1", "--except", "A-2");
					for (const id of ["A-1", "A-2", "A-3"]) expect(stdout).toMatch(new RegExp(`^${id} +on main +-`, "m"));
					expect(stdout).toMatch(/^A-4 +left out +- +conflicts with main in shared \(contents\)$/m);
					const { stdout: closing } = await world.run(["done", "M1"], settings);
					expect(closing.match(/^\+\+\+ b\/.*(?=\.md$)/gm)?.map((each) => each.slice(-3))).toEqual([
						"A-1",
						"A-2",
						"A-3",
					]);
				}
				const status = (await world.run(["status", "M1"], settings)).stdout;
				for (const id of ["A-1", "A-2", "A-3"]) expect(status).toMatch(new RegExp(`^${id} +merged `, "m"));
				expect(status).not.toMatch(/^A-4 +merged /m);
				const made = await world.run(["clean", "--yes"], settings);
				expect(made.stdout, made.stderr).toMatch(/^- +branch +yes +.*integration\/M1$/m);
				expect(await git("branch", "--list", "--format=%(refname:short)")).toBe("issue/A-4\nmain");
				expect((await world.run(["status", "M1"], settings)).stdout).toMatch(/^A-3 +merged /m);
				const again = await run("M1");
				expect(again.stdout).toMatch(/^A-1 +on main +-/m);
				expect(again.stdout).toMatch(/^A-4 +left out +- +conflicts with main in shared \(contents\)$/m);
			});
		}
	}

	test("what was taken as one, before more was put on the branch, is merged, and nothing else", async () => {
		await beginning.again();
		await run("M1", "--except", "A-3");
		await world.repository.write("else.txt", "1\n");
		await world.repository.commit("meanwhile");
		await TAKEN["squashed, without a word of what it was"]?.(world.repository.git);
		const taken = await tip("main");
		// Elsewhere: here that is known only after one more integration.
		await git("reset", "-q", "--hard", "main~2");
		await run("M1");
		await git("merge", "-q", "--ff-only", taken);
		const status = (await world.run(["status", "M1"], settings)).stdout;
		for (const id of ["A-1", "A-2"]) expect(status).toMatch(new RegExp(`^${id} +merged `, "m"));
		expect(status).not.toMatch(/^A-3 +merged /m);
		expect((await run("M1")).stdout).toMatch(/^A-2 +on main +-/m);
		// What is remembered is about the branch as it was.
		const more = await git("commit-tree", "-p", "issue/A-2", "-m", "a person's own", "issue/A-1^{tree}");
		await git("update-ref", "refs/heads/issue/A-2", more);
		const goneOn = (await world.run(["status", "M1"], settings)).stdout;
		expect(goneOn).toMatch(/^A-1 +merged /m);
		expect(goneOn).not.toMatch(/^A-2 +merged /m);
	});

	test.each([
		["git commit-tree #2", "kill-after", "none"],
		["rename logs/integrate-run.json #5", "kill-after", "none"],
		["git update-ref -m", "kill-after", "whole"],
	] as const)("killed at %s (%s), the branch is %s, and the same command ends well", async (step, kind, left) => {
		await beginning.again();
		const tree = await tip("integration/M1^{tree}");
		await git("branch", "-q", "-D", "integration/M1");
		await rm(join(world.repository.path, "logs/orch/M1/integrate-run.json"));
		const env = await faultyEnvironment(world, { step, kind });
		const before = await untouched();
		const killed = await world.run(["integrate", "M1"], { ...settings, env });
		expect(killed.signal, killed.stderr).toBe("SIGKILL");
		expect(await git("for-each-ref", "--format=%(tree)", "refs/heads/integration")).toBe(left === "none" ? "" : tree);
		const again = await run("M1");
		expect(again.stdout, again.stderr).toMatch(left === "none" ? / has 3 issues on top / : / is up to date: 3 issues /);
		expect([await tip("integration/M1^{tree}"), await untouched()]).toEqual([tree, before]);
		expect(await git("for-each-ref", "refs/orch")).toBe("");
	});

	test("as long as it has not, status says where it is; its branch stays, and so does one that a person has gone on with", async () => {
		await beginning.again();
		const status = (await world.run(["status", "M1"], settings)).stdout;
		expect(status).toMatch(/^A-1 +accepted, reviewed only, on integration\/M1 /m);
		expect(status).toMatch(/^A-4 +accepted, reviewed only {2}/m);
		const shown = JSON.parse((await world.run(["status", "A-1", "--json"], settings)).stdout);
		expect(shown).toMatchObject([{ merged: false, integration: "integration/M1" }]);
		const listed = await world.run(["clean", "--yes"], settings);
		expect(listed.stdout).toMatch(
			/^- +branch +no +3 issues put together that the base does not have +integration\/M1$/m,
		);
		expect(await git("branch", "--list", "integration/M1")).not.toBe("");
		const theirs = await git("commit-tree", "-p", "integration/M1", "-m", "theirs", "integration/M1^{tree}");
		await git("update-ref", "refs/heads/integration/M1", theirs);
		expect((await world.run(["clean"], settings)).stdout).not.toContain("integration/M1");
	});
});
