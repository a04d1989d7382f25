import { rehearsedFile } from "../contract/scenario.ts";
import { run, shellQuoted } from "./answers.ts";
import { LONGEST_READ, type Saying } from "./rehearsed-turn.ts";

/** Files that are looked at in a repository, whatever its size. */
const MOST_FILES = 200;

const TEST_FILES =
	"[._](test|spec)[.][a-z]+$|(^|/)test_[^/]*[.]py$|(^|/)(tests?|__tests__)/[^/]*[.]([cm]?[jt]sx?|py|rs|rb)$";
const SOURCE_FILES = "[.]([cm]?[jt]sx?|py|go|rs|rb|java|kt|php|swift|c|cc|cpp|cs)$";

/** What a script knows of a repository after it has looked around, as an agent does. */
export interface Found {
	/** The file of tests to write another one beside, with its content; absent where there are none. */
	readonly test?: { readonly path: string; readonly text: string };
	/** Where there are no tests: a source of the kind that there are most of. */
	readonly source?: string;
	/** How the repository is checked, as far as its files say so. */
	readonly told: string;
}

/** Looks at what a repository's tests are like. */
export async function* lookAround(): Saying<Found> {
	const told = yield run(`cat orchfile.* package.json 2>/dev/null | head -c ${LONGEST_READ}`);
	const tests = yield* list(TEST_FILES);
	const path =
		tests.find((each) => isTold(told, each)) ??
		tests.find((each) => /[._-](test|spec)[._]|test_/.test(each)) ??
		tests[0];
	if (path === undefined) {
		const sources = yield* list(SOURCE_FILES);
		const often = (each: string) => sources.filter((other) => ending(other) === ending(each)).length;
		const [source] = sources.toSorted((a, b) => often(b) - often(a));
		return { told, ...(source !== undefined && { source }) };
	}
	const text = yield run(`head -c 4000 -- ${shellQuoted(path)}`);
	return { told, test: { path, text } };
}

/** Files of the repository's whose paths a pattern matches, the first of them. */
export async function* list(pattern: string): Saying<string[]> {
	const output = yield run(
		`git -c core.quotePath=false ls-files | grep -E ${shellQuoted(pattern)} | head -n ${MOST_FILES}`,
	);
	const isMatch = new RegExp(pattern);
	// Around what a command printed, Codex says how it went.
	return output.split("\n").filter((line) => isMatch.test(line));
}

/** Path of a new file beside another one, called as that is. */
export function beside(issueId: string, path: string): string {
	const slash = path.lastIndexOf("/") + 1;
	const name = path.slice(slash);
	const before = name.startsWith("test_") ? "test_" : "";
	const after = /[._](?:test|spec)[.][a-z]+$/.exec(name)?.[0] ?? ending(name);
	return path.slice(0, slash) + rehearsedFile(issueId, { before, after });
}

/** Whether what checks the repository names a file, or the folder that it lies in. */
function isTold(told: string, path: string): boolean {
	const folder = path.slice(0, path.lastIndexOf("/"));
	return [path, folder].some((each) => each.includes("/") && told.split(/[\s"'`,]+/).includes(each));
}

function ending(name: string): string {
	return /[.][^./]+$/.exec(name)?.[0] ?? "";
}
