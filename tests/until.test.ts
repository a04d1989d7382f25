import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { readTimeOfDay } from "../tasks/cli/options/read-values.ts";
import { deliverOrchfile } from "./support/edited-orchfile.ts";
import { expectNoneLeft } from "./support/observe.ts";
import type { Script } from "./support/scripted-model.ts";
import { editAndPass } from "./support/scripts.ts";
import { createWorld } from "./support/world.ts";

/** Never ends by itself. */
const endless: Script = async function* (prompted) {
	// Codex lets the model go on after ten seconds.
	for (;;) yield { kind: "run", command: `echo half > ${prompted.issueId}.txt; sleep 600` };
};

/** The time of day so many milliseconds from now, as it is typed. */
function timeIn(ms: number): readonly [text: string, time: number] {
	const date = new Date(Date.now() + ms);
	date.setMilliseconds(0);
	const text = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0"));
	return [text.join(":"), date.getTime()];
}

test("at the time of --until what is at work is ended and kept, nothing more starts, and the same command goes on", async () => {
	await using world = await createWorld([
		{ id: "A-1", script: editAndPass },
		{ id: "A-2", script: endless },
		{ id: "A-3", script: editAndPass },
	]);
	const from = Date.now();
	expect(await world.run(["dev", "A-1"])).toMatchObject({ exitCode: 0 });
	// Long enough for an agent to be at work, however busy the machine is.
	const [text, time] = timeIn(3 * (Date.now() - from) + 2000);
	const junit = join(world.repository.folder, "junit.xml");
	const { exitCode, stdout, stderr } = await world.run(
		["deliver", "M1", "-j", "2", "--until", text, "--report-junit", junit],
		await deliverOrchfile('[{ name: "slow", run: "sleep 600" }]'),
	);
	// Never before that time, and soon after.
	expect(Date.now()).toBeGreaterThanOrEqual(time);
	expect(Date.now()).toBeLessThan(time + 10_000);
	expect(exitCode).toBe(1);
	// A check as well as an agent.
	expect(stdout).toMatch(/^A-1 +stopped: until/m);
	expect(stdout).toMatch(/^A-2 +stopped: until/m);
	expect(stdout).toMatch(/^A-3 +not started/m);
	expect(stderr).toMatch(
		/The time has come .*\(--until\)\. What the agents had done is on their branches\. To go on: npx tsx \S+ deliver M1/,
	);
	expect((await readFile(junit, "utf8")).match(/type="[^"]*"/g)).toEqual(['type="until"', 'type="until"']);
	expect(await world.log("M1/A-2/dev-run.json")).toMatchObject({
		outcome: "stopped",
		reason: "until",
		saved: { commits: 1 },
	});
	expect(await world.repository.git(["show", "issue/A-2:A-2.txt"])).toBe("half");
	await expectNoneLeft(world);
	const status = await world.run(["status", "M1"]);
	expect(status.stdout).toMatch(/^A-2 .*stopped: until/m);
	const data = JSON.parse((await world.run(["status", "A-2", "--json"])).stdout);
	expect(data).toMatchObject([{ record: { outcome: "stopped", reason: "until" } }]);
});

test("a usage limit that lasts longer than the run is to work is not waited for", async () => {
	const body = { error: { type: "usage_limit_reached", resets_at: Math.round(Date.now() / 1000) + 3600 } };
	const script: Script = async function* () {
		yield { kind: "http", status: 429, body };
	};
	await using world = await createWorld([{ id: "A-1", script }], { retries: 0 });
	const [text, time] = timeIn(60_000);
	const { stdout } = await world.run(["dev", "M1", "--until", text]);
	expect(stdout).toMatch(/^A-1 +stopped: usage-limit/m);
	expect(Date.now()).toBeLessThan(time);
});

test("a time of day is the next moment at which it is that time", () => {
	const now = new Date(2026, 10, 27, 23, 5, 30);
	expect(readTimeOfDay("07:00", undefined, now)).toBe(new Date(2026, 10, 28, 7, 0).getTime());
	expect(readTimeOfDay("23:30", undefined, now)).toBe(new Date(2026, 10, 27, 23, 30).getTime());
	expect(readTimeOfDay("23:05", undefined, now)).toBe(new Date(2026, 10, 28, 23, 5).getTime());
	expect(readTimeOfDay("23:05:31", undefined, now)).toBe(new Date(2026, 10, 27, 23, 5, 31).getTime());
	for (const wrong of ["", "7", "24:00", "07:60", "07:00:60", "7am", "07:00 tomorrow", "-1:00"])
		expect(() => readTimeOfDay(wrong, undefined, now), wrong).toThrow(/It takes a time of day/);
});

test("where clocks are put on or back, it is that time later, or once more", ({ onTestFinished }) => {
	vi.stubEnv("TZ", "Europe/Berlin");
	onTestFinished(() => void vi.unstubAllEnvs());
	const at = (text: string, now: number) => new Date(readTimeOfDay(text, undefined, new Date(now))).toISOString();
	// On 25 October 2026, 03:00 of summer is 02:00.
	expect(at("02:30", Date.UTC(2026, 9, 24, 22))).toBe("2026-10-25T00:30:00.000Z");
	expect(at("02:30", Date.UTC(2026, 9, 25, 1, 10))).toBe("2026-10-25T01:30:00.000Z");
	expect(at("02:30", Date.UTC(2026, 9, 25, 1, 40))).toBe("2026-10-26T01:30:00.000Z");
	expect(at("07:00", Date.UTC(2026, 9, 24, 21))).toBe("2026-10-25T06:00:00.000Z");
	// On 28 March 2027 there is no 02:30.
	expect(at("02:30", Date.UTC(2027, 2, 27, 23, 30))).toBe("2027-03-28T01:30:00.000Z");
	expect(at("07:00", Date.UTC(2027, 2, 27, 22))).toBe("2027-03-28T05:00:00.000Z");
});
