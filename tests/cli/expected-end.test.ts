import { expect, test } from "vitest";
import { guessLeft, type Progress } from "../../tasks/cli/views/expected-end.ts";

const ROWS: readonly (readonly [what: string, progress: Progress, left: number | undefined])[] = [
	["nothing is through yet", { taken: [], running: [10], left: 3, jobs: 1 }, undefined],
	["nothing is left", { taken: [10], running: [], left: 0, jobs: 1 }, undefined],
	["one after the other", { taken: [10, 30, 20], running: [5], left: 3, jobs: 1 }, 75],
	["the median of an even number", { taken: [10, 20], running: [], left: 2, jobs: 1 }, 30],
	["several at once", { taken: [20], running: [10, 10], left: 4, jobs: 2 }, 50],
	["fewer left than could run at once", { taken: [20], running: [15], left: 1, jobs: 8 }, 20],
	["one that takes longer than usual is about to end", { taken: [20], running: [90], left: 0, jobs: 1 }, 0],
	["an odd one does not move the guess", { taken: [20, 20, 5000], running: [], left: 1, jobs: 1 }, 20],
];

test.each(ROWS)("the end of a run is guessed: %s", (_, progress, left) => {
	expect(guessLeft(progress)).toBe(left);
});
