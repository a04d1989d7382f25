import { given } from "../contract/given.ts";
import type { Base, RepositoryPaths } from "../contract/issue.ts";
import { git } from "./git.ts";

/** What the base says of an issue that has passed. */
export interface PassedOnBase {
	readonly commit: string;
	/** Its document at that time; commits of earlier versions do not tell. */
	readonly document?: string;
}

/** Commits from the base's tip down, along first parents, that are looked through: what is older is taken for never done. */
const FAR_ENOUGH = 20_000;

let last: { readonly of: string; readonly passed: Promise<ReadonlyMap<string, PassedOnBase>> } | undefined;

/**
 * The issues of which the base says by the trailers of `commitMessage` that their last attempt has passed, each with the latest commit
 * that says so. The base is read once, however many issues are asked about; what failed is asked anew, as it may have been mended.
 */
export function passedOnBase({ root }: RepositoryPaths, { commit }: Base): Promise<ReadonlyMap<string, PassedOnBase>> {
	const of = `${commit} ${root}`;
	if (last?.of === of) return last.passed;
	const passed = readPassed(root, commit);
	last = { of, passed };
	passed.catch(() => {
		if (last?.passed === passed) last = undefined;
	});
	return passed;
}

async function readPassed(cwd: string, commit: string): Promise<ReadonlyMap<string, PassedOnBase>> {
	const flags = ["--fixed-strings", "--grep=Orch-Issue: ", "--no-show-signature", "--no-notes", "--format=%H%n%B%x00"];
	// The limit itself is not there in most repositories.
	const range = ["--ignore-missing", commit, `^${commit}~${FAR_ENOUGH}`];
	const { stdout } = await git(["log", ...flags, ...range], { cwd });
	const passed = new Map<string, PassedOnBase | undefined>();
	for (const each of stdout.split("\0")) {
		const [hash = "", ...lines] = each.trimStart().split("\n");
		for (const [issue, { hasPassed, document }] of attemptsIn(lines.join("\n")))
			if (!passed.has(issue)) passed.set(issue, hasPassed ? { commit: hash, ...given({ document }) } : undefined);
	}
	return new Map([...passed].flatMap(([issue, said]) => (said === undefined ? [] : [[issue, said] as const])));
}

interface Attempt {
	readonly issue: string;
	hasPassed: boolean;
	isRehearsal: boolean;
	document: string | undefined;
}

/** The issues that a message saves attempts of, and whether one of these has passed; those of rehearsals are none. */
function attemptsIn(message: string): Map<string, Pick<Attempt, "hasPassed" | "document">> {
	const attempts: Attempt[] = [];
	for (const [, name, value = ""] of message.matchAll(
		/^[ \t]*Orch-(Issue|Document|Status|Rehearsal): (.+?)[ \t]*$/gm,
	)) {
		const attempt = attempts.at(-1);
		if (name === "Issue") attempts.push({ issue: value, hasPassed: false, isRehearsal: false, document: undefined });
		else if (attempt && name === "Status") attempt.hasPassed = value === "pass";
		else if (attempt && name === "Document") attempt.document = value;
		else if (attempt) attempt.isRehearsal = true;
	}
	const found = new Map<string, Pick<Attempt, "hasPassed" | "document">>();
	for (const { issue, hasPassed, isRehearsal, document } of attempts)
		if (!isRehearsal) found.set(issue, { hasPassed: hasPassed || found.get(issue)?.hasPassed === true, document });
	return found;
}
