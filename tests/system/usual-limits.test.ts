import { totalmem } from "node:os";
import { expect, test } from "vitest";
import { USUAL_LIMITS, usualMemory } from "../../tasks/system/confine/usual-limits.ts";

const GB = 1e9;

/** What the machine has, what a process may have, and what commands may use; in gigabytes. */
const ROWS: readonly (readonly [machine: number, allowed: number | undefined, memory: number])[] = [
	// A container on a large machine: where its memory runs out, the kernel may end everything in it.
	[64, 4, 3],
	[8, 64, 6],
	// Nobody says, and no limit, as Node tells these.
	[8, undefined, 6],
	[8, 0, 6],
	[8, 2 ** 64 / GB, 6],
];

test.each(ROWS)("of a machine with %s GB, where %s may be used", (machine, allowed, memory) => {
	expect(usualMemory(machine * GB, allowed === undefined ? undefined : allowed * GB)).toBeCloseTo(memory * GB);
});

test("the limit of this machine is one", () => {
	expect(USUAL_LIMITS.memory).toBeGreaterThan(0);
	expect(USUAL_LIMITS.memory).toBeLessThanOrEqual(0.75 * totalmem());
});
