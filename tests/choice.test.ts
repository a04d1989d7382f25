import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
	BUDGET_SECONDS,
	type Choice,
	type Collected,
	choiceOf,
	choose,
	isChosen,
	readCosts,
} from "./support/choice.ts";
import { said } from "./support/choice-reporter.ts";
import { costsOf } from "./support/cost-recorder.ts";
import { ROOT } from "./support/documents.ts";

/** Made-up commits, each drawn from the one before it as git's are. */
const COMMITS = Array.from({ length: 200 }, (_, at) => createHash("sha1").update(String(at)).digest("hex"));
const SECONDS = { "many.test.ts": 300, "few.test.ts": 25, "dear.test.ts": 300 };
const COSTS = { rest: 100, files: SECONDS };
/** As if there were more to deal out than those few. */
const PARTS = 10;
const choices = Array.from({ length: PARTS }, (_, part): Choice => ({ commit: "", part, parts: PARTS, costs: COSTS }));

/** A file with so many tests. */
function fileOf(count: number, more: Partial<Collected> = {}): Collected {
	return { mode: "run", meta: {}, tasks: Array.from({ length: count }, () => testOf()), ...more };
}

function testOf(tags: readonly string[] = []): Collected {
	return { mode: "run", meta: {}, tags };
}

/** What a choice leaves of a file: where its tests stand that run. */
function runs(file: Collected, name: string, choice: Choice): number[] {
	choose(file, name, choice);
	return leavesOf(file).flatMap(({ mode }, at) => (mode === "run" ? [at] : []));
}

function leavesOf(task: Collected): Collected[] {
	return task.tasks === undefined ? [task] : task.tasks.flatMap(leavesOf);
}

test("a commit has one choice, another commit another one, and some dozens have all of them", () => {
	const costs = readCosts();
	const drawn = COMMITS.map((commit) => choiceOf(commit, costs));
	expect(COMMITS.map((commit) => choiceOf(commit, costs))).toEqual(drawn);
	const { parts } = choiceOf(undefined, costs);
	const some = new Set(drawn.slice(0, 5 * parts).map(({ part }) => part));
	expect([...some].sort((one, other) => one - other)).toEqual(Array.from({ length: parts }, (_, part) => part));
});

test("each part has at least one test of a file that costs much, unless its tests are dear, and all parts have all", () => {
	for (const [name, count] of [
		["many.test.ts", 33],
		["few.test.ts", 3],
		["dear.test.ts", 2],
	] as const) {
		const had = choices.map((choice) => runs(fileOf(count), name, choice));
		expect(new Set(had.flat()).size, name).toBe(count);
		if (name === "many.test.ts")
			expect(had.map((each) => each.length).every((each) => each === 3 || each === 4)).toBe(true);
		if (name === "few.test.ts") expect(had.map((each) => each.length)).toEqual(Array(PARTS).fill(1));
		if (name === "dear.test.ts") expect(had.flat().sort()).toEqual([0, 1]);
	}
});

test("a file of which nothing is known runs whole, and what is skipped anyway stays so", () => {
	for (const choice of choices) expect(runs(fileOf(3), "new.test.ts", choice)).toEqual([0, 1, 2]);
	const file = fileOf(1, { tasks: [{ ...testOf(), mode: "skip" }] });
	for (const choice of choices) expect(runs(file, "few.test.ts", choice)).toEqual([]);
	expect(leavesOf(file).map(({ meta }) => meta)).toEqual([{}]);
});

test("what goes on from each other is chosen as a whole, and what is tagged so by every commit", () => {
	const together = () => fileOf(4, { tags: ["together"] });
	const had = choices.map((choice) => {
		const file = fileOf(0, { tasks: [together(), testOf(["always"]), fileOf(2)] });
		const ran = runs(file, "dear.test.ts", choice);
		// What a suite prepares is not prepared where none of its tests runs.
		const modes = file.tasks?.map(({ mode }) => mode);
		expect(modes?.[0]).toBe(ran.includes(0) ? "run" : "skip");
		expect(modes?.[2]).toBe(ran.includes(5) || ran.includes(6) ? "run" : "skip");
		return ran;
	});
	for (const ran of had) expect([[], [0, 1, 2, 3]]).toContainEqual(ran.filter((at) => at < 4));
	expect(had.every((ran) => ran.includes(4))).toBe(true);
	expect(new Set(had.flat()).size).toBe(7);
	const whole = choices.map((choice) => runs(together(), "dear.test.ts", choice).length);
	expect(whole.sort()).toEqual([...Array(PARTS - 1).fill(0), 4]);
});

test("by the record, every part keeps within what a run may cost, and the record's files are there", () => {
	const costs = readCosts();
	const { parts } = choiceOf(undefined, costs);
	const counts = [1, 3, 10, 30];
	const spent = Array.from({ length: parts }, (_, part) => {
		const cost = Object.entries(costs.files).map(([file, seconds], at) => {
			const count = counts[at % counts.length] ?? 1;
			const tests = Array.from({ length: count }, (_, each) => each);
			const ran = tests.filter((each) => isChosen({ commit: "", part, parts, costs }, file, each, count));
			return (seconds * ran.length) / count;
		});
		return cost.reduce((sum, each) => sum + each, costs.rest);
	});
	const average = spent.reduce((sum, each) => sum + each, 0) / parts;
	// That of each file that is not dear at least one runs, comes on top.
	expect(average).toBeLessThan(BUDGET_SECONDS * 1.15);
	expect(Object.keys(costs.files).filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

test("the record has what costs much by its name, and the rest as one number", () => {
	expect(
		costsOf([
			["b", 25.4],
			["c", 1.2],
			["a", 30],
			["d", 0.5],
		]),
	).toEqual({ rest: 2, files: { a: 30, b: 25 } });
});

test("it is said how many were run, by whose choice, and how all of them are", () => {
	const choice = { commit: "0123456789abcdef", part: 2, parts: 13, costs: COSTS };
	expect(said(choice, 100, 40)).toBe(
		"60 of 100 tests are the choice of commit 0123456789: of those that take long, part 3 of 13.\nTo run all of them: npm run test:all",
	);
	expect(said({ ...choice, commit: undefined }, 100, 40)).toContain("are the choice where there is no commit: ");
});
