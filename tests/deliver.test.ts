import { expect, test } from "vitest";
import type { AcceptRecord } from "../tasks/contract/accept-record.ts";
import { blocks, byTurn, fixes, inTurn, passes, type Turns, turnOf, wantsChanges, works } from "./support/by-turn.ts";
import { deliverOrchfile } from "./support/edited-orchfile.ts";
import type { Prompted } from "./support/scripted-model.ts";
import { createWorld } from "./support/world.ts";

const orchfile = await deliverOrchfile('["sh check.sh"]');
/** Passes where no file says that it is broken. */
const CHECK = "! test -e broken";

test("an issue is delivered as far as what was found allows, and whoever asks is told the same", async () => {
	const seen: Prompted[] = [];
	const turns: Record<string, Turns> = {
		PASSES: { dev: works("echo 1 > a"), "review-1": passes },
		CHANGED: {
			dev: works("echo 1 > b"),
			"review-1": wantsChanges,
			"fix-1": fixes("Added the test.", "echo test > test.txt"),
			"review-2": passes,
		},
		BROKEN: { dev: works("touch broken"), "fix-1": fixes("Mended it.", "rm broken; echo 1 > c"), "review-2": passes },
		BLOCKED: { dev: works("echo 1 > d"), "review-1": blocks },
		STUBBORN: {
			dev: works("touch broken"),
			"fix-1": inTurn(fixes("It is the test that is wrong.", "echo more > broken"), fixes("Mended it.", "rm broken")),
			"review-2": passes,
		},
		REPEATED: {
			dev: works("echo 1 > g"),
			"review-1": wantsChanges,
			"fix-1": inTurn(fixes("Added a test.", "echo 2 > g"), fixes("Added another.", "echo 3 > g")),
			"review-2": inTurn(wantsChanges, passes),
		},
		WAITS: { dev: works("echo 1 > e"), "review-1": passes },
		HELD: { dev: works("echo 1 > f"), "review-1": passes },
	};
	const blockers: Readonly<Record<string, readonly string[]>> = { WAITS: ["CHANGED"], HELD: ["STUBBORN"] };
	await using world = await createWorld(
		Object.entries(turns).map(([id, of]) => ({ id, blocked_by: blockers[id] ?? [], script: byTurn(of, seen) })),
	);
	await world.repository.write("check.sh", CHECK);
	await world.repository.commit();
	const finished = await world.run(["deliver", "M1", "-j", "3", "--verbose"], orchfile);
	expect(finished.exitCode, finished.stderr).toBe(1);
	const taken = Object.keys(turns).map((id) => seen.filter(({ issueId }) => issueId === id).map(turnOf));
	expect(taken).toEqual([
		["dev", "review-1"],
		["dev", "review-1", "fix-1", "review-2"],
		["dev", "fix-1", "review-2"],
		["dev", "review-1"],
		["dev", "fix-1"],
		["dev", "review-1", "fix-1", "review-2"],
		["dev", "review-1"],
		[],
	]);
	const tip = (id: string) => world.repository.git(["rev-parse", `issue/${id}`]);
	const verdict = (id: string) => world.log<AcceptRecord>(`M1/${id}/accept-run.json`);
	for (const id of ["PASSES", "CHANGED", "BROKEN", "WAITS"])
		expect(await verdict(id), id).toMatchObject({ outcome: "accepted", commit: await tip(id), reasons: [] });
	expect(await verdict("STUBBORN")).toMatchObject({ outcome: "not-accepted", reasons: ["new-failures"] });
	const reasons = ["changes-required", "repeated-findings"];
	expect(await verdict("REPEATED")).toMatchObject({ outcome: "not-accepted", reasons });
	expect(await world.repository.git(["notes", "--ref=orch", "show", await tip("PASSES")])).toBe(
		`Orch-Issue: PASSES\nOrch-Verdict: accepted\nOrch-Checks: 1 passed, against ${await world.repository.git(["rev-parse", "main"])}\nOrch-Review: pass, review-1, confidence high`,
	);
	// Everybody says the same: the table, the looks, and who is asked again.
	const rows = (text: string) => text.split("\n").map((line) => line.split(/ {2,}/).slice(0, 4));
	expect(rows(finished.stdout).slice(1, 9)).toEqual([
		["BLOCKED", "blocked by a question", "1 ✓", "blocked"],
		["BROKEN", "accepted", "1 ✓", "pass"],
		["CHANGED", "accepted", "1 ✓", "pass"],
		["PASSES", "accepted", "1 ✓", "pass"],
		["REPEATED", "not accepted: changes-required", "1 ✓", "1 high"],
		["STUBBORN", "not accepted: new-failures", "0 ✓ 1 new", "not taken"],
		["HELD", "blocked by STUBBORN", "-", "-"],
		["WAITS", "accepted", "1 ✓", "pass"],
	]);
	// Two turns, of 240 tokens and of 120, whoever hands the second on.
	expect(finished.stdout).toMatch(/^PASSES .* 360 +logs/m);
	expect(await standings("M1")).toEqual({
		BLOCKED: "blocked by a question",
		BROKEN: "accepted",
		CHANGED: "accepted",
		PASSES: "accepted",
		REPEATED: "not accepted: changes-required",
		STUBBORN: "not accepted: new-failures",
		HELD: "waits for STUBBORN",
		WAITS: "accepted",
	});

	// What is accepted costs nothing; what is not is fixed once more, by what was found.
	const before = seen.length;
	expect((await world.run(["deliver", "PASSES", "-q"], orchfile)).exitCode).toBe(0);
	expect((await world.run(["deliver", "PASSES"], orchfile)).stdout).toMatch(/^PASSES +up to date +1 ✓ +pass /m);
	expect(seen.length).toBe(before);
	const mended = await world.run(["deliver", "M1", "-j", "3"], orchfile);
	const since = (id: string) => seen.slice(before).filter(({ issueId }) => issueId === id);
	for (const id of ["STUBBORN", "REPEATED"]) expect(since(id).map(turnOf), id).toEqual(["fix-1", "review-2"]);
	expect(since("STUBBORN")[0]?.context).toMatchObject({ reviewResult: { status: "changes_required" } });
	expect(since("HELD").map(turnOf)).toEqual(["dev", "review-1"]);
	expect(mended.stdout).toMatch(/^REPEATED +accepted [\s\S]*^STUBBORN +accepted /m);

	// A commit of a person's own is judged anew, by nobody but the checks and a review.
	const commit = ["commit-tree", "-p", "issue/PASSES", "-m", "mine", "issue/WAITS^{tree}"];
	const own = await world.repository.git(commit);
	await world.repository.git(["update-ref", "refs/heads/issue/PASSES", own]);
	const accepted = (await verdict("PASSES")).commit.slice(0, 10);
	expect(await standings("PASSES")).toEqual({ PASSES: `accepted at ${accepted}, 1 commit since` });
	const asked = seen.length;
	const judged = await world.run(["deliver", "PASSES"], orchfile);
	expect(judged.stdout).toMatch(/^PASSES +accepted /m);
	expect(seen.slice(asked).map(turnOf)).toEqual(["review-1"]);
	expect(await verdict("PASSES")).toMatchObject({ outcome: "accepted", commit: own });

	async function standings(target: string) {
		const { stdout } = await world.run(["status", target, "--json"], orchfile);
		return Object.fromEntries(
			JSON.parse(stdout).map((each: { id: string; standing: string }) => [each.id, each.standing]),
		);
	}
});
