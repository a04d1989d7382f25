import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { endGroup } from "../../tasks/system/process-group.ts";
import { fileOf, processIds } from "../support/processes.ts";

/** Starts a group of one process, whose parent never asks how it ended: as the first process of many a container does. */
const NEVER_REAPED = "set -m; sh -c 'trap \"\" TERM; echo; sleep 600' & exec sleep 600";

test("a group of which only what nobody reaps is left has ended", async ({ skip }) => {
	skip(
		!existsSync("/proc/self/stat"),
		"elsewhere than on Linux nothing tells whether a process has only not been reaped",
	);
	const parent = spawn("bash", ["-c", NEVER_REAPED], { stdio: ["ignore", "pipe", "ignore"], detached: true });
	try {
		await once(parent.stdout, "data");
		const [group = 0] = processIds().filter((pid) => statOf(pid)[1] === String(parent.pid));
		await endGroup(group, 100);
		expect(statOf(group)[0]).toBe("Z");
		const left = processIds().filter((pid) => statOf(pid)[2] === String(group) && statOf(pid)[0] !== "Z");
		expect(left).toEqual([]);
	} finally {
		parent.kill("SIGKILL");
	}
});

/** State, parent, group and so on. */
function statOf(pid: number): string[] {
	const stat = fileOf(pid, "stat");
	return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}
