import { createHash } from "node:crypto";
import type { Check, VerifySettings } from "../contract/check.ts";
import type { Issue } from "../contract/issue.ts";
import type { RunOptions } from "../contract/options.ts";
import { withOwnNames } from "./further-trials.ts";

/** Counted up when the same checks come to another answer by how they are judged. */
const VERSION = 1;

/** The checks that an issue is judged by: the repository's, and its own. */
export function checksOf(checks: readonly Check[], { checks: own = [] }: Pick<Issue, "checks">): Check[] {
	return withOwnNames([...checks, ...own.map((check): Check => ({ ...check, isOwn: true }))]);
}

/**
 * Hash of everything that what is said of a commit depends on, beside that commit and the one that it is compared with.
 * @returns `null` where there are no checks.
 */
export function keyOf(
	checks: readonly Check[],
	settings: VerifySettings,
	issue: Pick<Issue, "removesTests">,
	options: Pick<RunOptions, "network" | "env">,
): string | null {
	if (checks.length === 0) return null;
	// Of variables the names: a token that is another every night is no reason to judge work once more.
	const surroundings = [options.network === true, Object.keys(handedOn(options)).sort()];
	return hashOf([VERSION, checks.map(partsOf), settings, issue.removesTests === true, surroundings]);
}

/** Hash of everything that a trial of one check on a commit depends on. */
export function baseKeyOf(
	check: Check,
	commit: string,
	setUp: string | undefined,
	options: Pick<RunOptions, "network" | "env">,
): string {
	return hashOf([VERSION, partsOf(check), commit, setUp ?? null, surroundingsOf(options)]).slice(0, 32);
}

/** The variables that checks are handed by name. */
export function handedOn({ env = [] }: Pick<RunOptions, "env">): Record<string, string> {
	return Object.fromEntries(
		env.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
	);
}

function surroundingsOf(options: Pick<RunOptions, "network" | "env">) {
	return [options.network === true, Object.entries(handedOn(options)).sort()];
}

function partsOf({ name, run, junit, isOwn }: Check) {
	return [name, run, junit ?? null, ...(isOwn ? ["own"] : [])];
}

function hashOf(parts: unknown): string {
	return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
