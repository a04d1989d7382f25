import { posix } from "node:path";
import type { Check, VerifySettings } from "../contract/check.ts";

/** A check as an orchfile names it: a command alone is judged by its exit code. */
export type GivenCheck = string | { readonly name: string; readonly run: string; readonly junit?: string };

const EXAMPLE = `such as "npm test", or { name: "tests", run: "npx vitest run --reporter=junit --outputFile=$ORCH_REPORTS/tests.xml", junit: "tests.xml" }`;

/** The checks that an orchfile names. @throws TypeError for what is none, and for two of one name. */
export function checksFrom(given: readonly GivenCheck[]): Check[] {
	if (!Array.isArray(given)) throw new TypeError(`verify takes a list of checks, and was given ${shown(given)}`);
	const checks = given.map(checkFrom);
	const twice = checks.find(({ name }, at) => checks.findIndex((each) => each.name === name) !== at);
	if (twice) throw new TypeError(`verify was given two checks that are called ${shown(twice.name)}`);
	return checks;
}

function checkFrom(given: unknown): Check {
	if (typeof given === "string") {
		if (given.trim() === "") throw new TypeError(`a check of verify has no command: ${EXAMPLE}`);
		return { name: given.trim(), run: given.trim() };
	}
	if (given === null || typeof given !== "object" || Array.isArray(given))
		throw new TypeError(
			`a check of verify is a command, or has a name and one, ${EXAMPLE}; it was given ${shown(given)}`,
		);
	const { name, run, junit, ...rest } = given as Readonly<Record<string, unknown>>;
	verifyKeys(rest, "a check of verify has", "name, run and junit");
	if (typeof name !== "string" || name.trim() === "")
		throw new TypeError(`a check of verify needs a name, ${EXAMPLE}; it was given ${shown(given)}`);
	if (typeof run !== "string" || run.trim() === "")
		throw new TypeError(`the check ${shown(name)} of verify needs a command as \`run\`, and was given ${shown(run)}`);
	if (junit === undefined) return { name: name.trim(), run: run.trim() };
	if (typeof junit !== "string" || !isBelow(junit))
		throw new TypeError(
			`\`junit\` of the check ${shown(name)} of verify is the path of a report below $ORCH_REPORTS, and was given ${shown(junit)}`,
		);
	return { name: name.trim(), run: run.trim(), junit };
}

/** The settings that an orchfile gives. @throws TypeError for what is none. */
export function settingsFrom(given: VerifySettings): VerifySettings {
	if (given === null || typeof given !== "object" || Array.isArray(given))
		throw new TypeError(`verify takes its settings as an object, and was given ${shown(given)}`);
	const { tests, protect, requireProof, ...rest } = given;
	verifyKeys(rest, "verify has", "tests, protect and requireProof");
	for (const [key, globs] of Object.entries({ tests, protect })) {
		if (globs === undefined) continue;
		if (!Array.isArray(globs) || !globs.every((each) => typeof each === "string" && each !== ""))
			throw new TypeError(`\`${key}\` of verify is a list of globs, and was given ${shown(globs)}`);
	}
	if (requireProof !== undefined && typeof requireProof !== "boolean")
		throw new TypeError(`\`requireProof\` of verify is true or false, and was given ${shown(requireProof)}`);
	return given;
}

function verifyKeys(rest: object, what: string, known: string): void {
	const [unknown] = Object.keys(rest);
	if (unknown !== undefined) throw new TypeError(`${what} no ${shown(unknown)}: there are ${known}`);
}

/** A path that leads to something in the folder, whatever is there. */
function isBelow(path: string): boolean {
	const normal = posix.normalize(path);
	return path !== "" && !posix.isAbsolute(path) && normal !== "." && normal !== ".." && !normal.startsWith("../");
}

function shown(given: unknown): string {
	return (JSON.stringify(given) ?? String(given)).slice(0, 200);
}
