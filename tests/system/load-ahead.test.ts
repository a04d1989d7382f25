import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What a run's end is told by. */
const LATE = ["cli/conclude", "cli/tell-failure", "cli/words/summary", "system/stack", "teardown", "persist"];

/** Ends the process of tsx's, as Ctrl-C in a terminal does, and waits until it is gone; then loads what comes late. */
const SCRIPT = `
import { readdirSync, readFileSync } from "node:fs";
import { loadAhead } from "./tasks/system/load-ahead.ts";
await loadAhead();
const translators = readdirSync("/proc/self/task").flatMap((thread) =>
	readFileSync("/proc/self/task/" + thread + "/children", "utf8").split(" ").filter(Boolean).map(Number));
for (const pid of translators) process.kill(pid, "SIGINT");
const isThere = (pid) => { try { process.kill(pid, 0); return true; } catch { return false; } };
while (translators.some(isThere)) await new Promise((resolve) => setTimeout(resolve, 10));
const late = await Promise.allSettled(${JSON.stringify(LATE)}.map((name) => import("./tasks/" + name + ".ts")));
console.log(translators.length, late.find(({ status }) => status === "rejected")?.reason.message ?? "loaded");`;

test("what was loaded ahead is there after Ctrl-C has ended what translates it", async ({ skip }) => {
	skip(!existsSync("/proc/self"), "processes are looked up in /proc");
	// What tsx has translated before is not in a new folder for temporary files.
	const folder = await mkdtemp(join(tmpdir(), "load-ahead-"));
	try {
		const { stdout } = await promisify(execFile)(
			process.execPath,
			["--import", "tsx", "--input-type=module", "--eval", SCRIPT],
			{ cwd: ROOT, env: { PATH: process.env.PATH, TMPDIR: folder } },
		);
		expect(stdout).toBe("1 loaded\n");
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
});
