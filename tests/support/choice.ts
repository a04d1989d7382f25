import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What a full run cost, in seconds: each file that cost more than COSTLY_SECONDS, and all others together. */
export interface Costs {
	readonly rest: number;
	readonly files: Readonly<Record<string, number>>;
}

/** Which of the parts into which the tests of costly files are dealt runs. */
export interface Choice {
	/** The commit that it is drawn by, or undefined where there is none. */
	readonly commit: string | undefined;
	/** From 0. */
	readonly part: number;
	readonly parts: number;
	readonly costs: Costs;
}

export const COSTS_FILE = fileURLToPath(new URL("../costs.json", import.meta.url));

/** What costs less than this runs whole. */
export const COSTLY_SECONDS = 20;

/**
 * What a part may cost on CI's two slow cores, in seconds of three workers: less than six minutes on the clock. Of ten, the others are for
 * what every part pays anew (a `beforeAll`, the one test of a small file), for parts that cost more than others, types, lint and `npm ci`.
 */
export const BUDGET_SECONDS = 1000;

/** A file whose single tests cost more, on an average, is left out by some commits. */
const DEAR_SECONDS = 10;

/** The tag of tests that every commit runs. */
const ALWAYS = "always";
/** The tag of a file or `describe` whose tests go on from each other, or share what costs more than they do. */
const TOGETHER = "together";

/** A test, suite or file as Vitest collects them, as far as choosing goes. */
export interface Collected {
	mode: string;
	readonly tags?: readonly string[];
	readonly tasks?: readonly Collected[];
	readonly meta: { isLeftOut?: boolean };
}

/** Reads the record of costs. */
export function readCosts(): Costs {
	return JSON.parse(readFileSync(COSTS_FILE, "utf8"));
}

/** How many parts it takes for each to cost what a run may. */
export function partsFor({ rest, files }: Costs): number {
	const costly = Object.values(files).reduce((sum, seconds) => sum + seconds, 0);
	return Math.max(1, Math.ceil(costly / Math.max(1, BUDGET_SECONDS - rest)));
}

/** The choice of a commit: the same whenever it is asked for. */
export function choiceOf(commit: string | undefined, costs: Costs): Choice {
	const parts = partsFor(costs);
	return { commit, part: commit === undefined ? 0 : Number.parseInt(commit.slice(0, 8), 16) % parts, parts, costs };
}

/**
 * The commit that `ORCHFILE_TESTS_OF` names, or else what is checked out; undefined where the sources lie in no repository.
 * @throws where the variable names none.
 */
export function chosenCommit(named = process.env.ORCHFILE_TESTS_OF): string | undefined {
	const asked = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${named || "HEAD"}^{commit}`];
	try {
		return execFileSync("git", asked, { encoding: "utf8", cwd: fileURLToPath(new URL(".", import.meta.url)) }).trim();
	} catch {
		if (named) throw new Error(`ORCHFILE_TESTS_OF is "${named}", which is no commit of this repository.`);
		return undefined;
	}
}

/** Sets those tests of a file to be skipped that are not of the choice, and what is left without tests with them. */
export function choose(file: Collected, name: string, choice: Choice): void {
	const units = unitsOf(file);
	for (const [at, unit] of units.entries()) {
		if (isChosen(choice, name, at, units.length)) continue;
		for (const test of unit) {
			if (test.mode !== "run" || test.tags?.includes(ALWAYS)) continue;
			test.mode = "skip";
			test.meta.isLeftOut = true;
		}
	}
	skipEmpty(file);
}

/** Whether a choice has a test, or a group of them, that is one of so many in its file. They are dealt to the parts in turn. */
export function isChosen({ part, parts, costs }: Choice, file: string, at: number, count: number): boolean {
	const seconds = costs.files[file];
	if (seconds === undefined) return true;
	const first = startOf(file) % parts;
	if ((first + at) % parts === part) return true;
	// Fewer than there are parts: the others have one of them, too, unless they are dear.
	const isLeftOut = (part - first + parts) % parts >= count;
	return isLeftOut && seconds / count <= DEAR_SECONDS && at === part % count;
}

/** Files start with different parts, so that no part has the first test of each. */
function startOf(file: string): number {
	return [...file].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_003, 0);
}

/** What is chosen as a whole: tests, and groups of those that belong together. */
function unitsOf(task: Collected): Collected[][] {
	if (task.tasks === undefined) return [[task]];
	const units = task.tasks.flatMap(unitsOf);
	return task.tags?.includes(TOGETHER) ? [units.flat()] : units;
}

function skipEmpty(task: Collected): void {
	if (task.tasks === undefined || task.tasks.length === 0) return;
	task.tasks.forEach(skipEmpty);
	// What none of its tests needs is not prepared.
	if (task.mode === "run" && task.tasks.every(({ mode }) => mode !== "run")) task.mode = "skip";
}
