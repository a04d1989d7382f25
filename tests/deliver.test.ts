import { expect, test } from "vitest";
import type { AcceptRecord } from "../tasks/contract/accept-record.ts";
import { blocks, byTurn, fixes, passes, type Turns, turnOf, wantsChanges, works } from "./support/by-turn.ts";
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
			"fix-1": fixes("It is the test that is wrong.", "echo more > broken"),
		},
		WAITS: { dev: works("echo 1 > e"), "review-1": passes },
		HELD: {},
	};
	const blockers: Readonly<Record<string, readonly string[]>> = { WAITS: ["CHANGED"], HELD: ["STUBBORN"] };
	await using world = await createWorld(
		Object.entries(turns).map(([id, of]) => ({ id, blocked_by: blockers[id] ?? [], script: byTurn(of, seen) })),
	);
	await world.repository.write("check.sh", CHECK);
	await world.repository.commit();
	const finished = await world.run(["deliver", "M1", "-j", "3", "--verbose"], orchfile);
	expect(finished.exitCode, finished.stderr).toBe(1);
	for (const [id, of] of Object.entries(turns))
		expect(seen.filter(({ issueId }) => issueId === id).map(turnOf), id).toEqual(Object.keys(of));
	const tip = (id: string) => world.repository.git(["rev-parse", `issue/${id}`]);
	for (const id of ["PASSES", "CHANGED", "BROKEN", "WAITS"])
		expect(await world.log<AcceptRecord>(`M1/${id}/accept-run.json`), id).toMatchObject({
			outcome: "accepted",
			commit: await tip(id),
			reasons: [],
		});
	const looks = ["status", "plan"].map(async (look) => (await world.run([look, "M1"], orchfile)).stdout);
	for (const look of await Promise.all(looks)) console.log(look);
	for (const id of Object.keys(turns)) { const w = await world.run(["why", id], orchfile); console.log(w.stdout, w.stderr); }
	console.log((await world.run(["deliver", "STUBBORN", "-n"], orchfile)).stdout);
	console.log(finished.stdout);
	const before = seen.length;
	expect((await world.run(["deliver", "PASSES", "-q"], orchfile)).exitCode).toBe(0);
	expect(seen.length).toBe(before);
});
