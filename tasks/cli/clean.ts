import { relative } from "node:path";
import { createInterface } from "node:readline/promises";
import type { Backlog } from "../backlog/backlog.ts";
import { partsOf } from "../contract/identity.ts";
import { isSafe, isSavable, type Made, type MadeThing, type Proof } from "../contract/made.ts";
import { Failure } from "../contract/problem.ts";
import { unreachable } from "../engine/outcome.ts";
import type { RunRequest } from "./arguments.ts";
import type { Surroundings } from "./surroundings.ts";
import { targetWords } from "./target-words.ts";
import { canAsk } from "./views/terminal.ts";
import { inOneLine, listed, plural, shellWord } from "./words/format.ts";
import { holderWords } from "./words/say.ts";
import { table, type Width } from "./words/table-layout.ts";

/** Everything that was made and still stands, with what is provable about it. */
export function madeTable(made: readonly Made[], cwd: string, width?: Width): string {
	if (made.length === 0) return "There is nothing to clean: no worktree, branch, lock or log folder of an issue.";
	const rows = made.map(({ issue, thing, proof }) => [
		issue || "-",
		thing.kind === "integration" ? "branch" : thing.kind,
		isSafe(proof) ? "yes" : "no",
		inOneLine(proofWords(proof)),
		inOneLine(placeOf(thing, cwd)),
	]);
	return table([["ISSUE", "WHAT", "SAFE TO REMOVE", "WHY", "WHERE"], ...rows], width, {
		leaves: ["WHERE"],
		wraps: ["WHY"],
	});
}

/**
 * Removes what was listed, as far as it is safe and somebody says so: `--yes`, or an answer in a terminal. What is not
 * safe goes only when it is asked for by the issue's id and with `--discard`.
 * @returns the exit code.
 */
export async function removeListed(
	made: readonly Made[],
	backlog: Backlog,
	request: RunRequest,
	{ stderr, stdin, env, cwd, say }: Surroundings,
): Promise<number> {
	const { yes, discard, options } = request;
	for (const { issue, proof } of made)
		if (proof.kind === "not-fetched")
			stderr.write(`\nTo fetch what tells about ${issue}: ${say.git(proof.broughtBy.map(shellWord).join(" "))}\n`);
	const wantedId = partsOf(options.target ?? "").id;
	if (discard && made.some(({ issue }) => partsOf(issue).id !== wantedId))
		throw new Failure({ kind: "usage", message: '"clean --discard" takes the id of one issue, not a milestone' });
	const wanted = made.filter(({ proof }) => isSafe(proof) || (discard && isSavable(proof)));
	const target = targetWords(request);
	const rest = made.filter(({ proof }) => isSavable(proof) && !discard);
	const hint =
		rest[0] &&
		`To remove also what is not safe, with a patch of it in logs/: ${say(`clean ${rest[0].issue} --discard`)}`;
	if (wanted.length === 0) {
		if (hint) stderr.write(`\nNothing here is safe to remove. ${hint}\n`);
		return 0;
	}
	const what = `${plural(wanted.length, "thing")} (${summaryOf(wanted)})`;
	if (!yes) {
		if (!canAsk(stdin, stderr, env) || request.json) {
			stderr.write(`\nTo remove ${what}: ${say(`clean${target}${discard ? " --discard" : ""} --yes`)}\n`);
			return 0;
		}
		const reader = createInterface({ input: stdin, output: stderr });
		const answer = await reader.question(`\nRemove ${what}? [y/N] `).catch(() => "");
		reader.close();
		if (!/^y(?:es)?$/i.test(answer.trim())) return 0;
	}
	const signal = new AbortController().signal;
	const { removeMade } = await import("../remove.ts");
	const { removed, patches } = await removeMade(backlog, wanted, discard, { options, signal });
	stderr.write(`\nRemoved: ${removed.length === 0 ? "nothing" : summaryOf(removed)}.\n`);
	for (const patch of patches) stderr.write(`Saved first: ${relative(cwd, patch)}\n`);
	if (removed.length < wanted.length) stderr.write("The rest has changed since it was listed, and is kept.\n");
	else if (hint) stderr.write(`${hint}\n`);
	return 0;
}

function summaryOf(made: readonly Made[]): string {
	const kindOf = ({ thing: { kind } }: Made) => (kind === "integration" ? "branch" : kind);
	const kinds = [...new Set(made.map(kindOf))];
	return kinds
		.map((kind) => {
			const number = made.filter((each) => kindOf(each) === kind).length;
			if (kind === "logs") return plural(number, "log folder");
			return kind === "checks"
				? `${plural(number, "folder")} of checks`
				: `${number} ${kind}${number === 1 ? "" : kind === "branch" ? "es" : "s"}`;
		})
		.join(", ");
}

function placeOf(thing: MadeThing, cwd: string): string {
	switch (thing.kind) {
		case "worktree":
		case "checks":
			return thing.path;
		case "branch":
		case "integration":
			return thing.branch;
		case "lock":
			return thing.ref;
		case "logs":
			return `${relative(cwd, thing.path)} (${plural(thing.attempts, "attempt")})`;
		default:
			return unreachable(thing);
	}
}

function proofWords(proof: Proof): string {
	switch (proof.kind) {
		case "on-base":
			return `all of it is on ${proof.base}`;
		case "merged":
			return `${proof.base} has all of it in other commits, the last in ${proof.commit.slice(0, 10)}`;
		case "committed":
			return "everything in it is on its branch";
		case "folder-gone":
			return "its folder is gone";
		case "dead-run":
			return `that run is dead: ${holderWords(proof.holder)}`;
		case "not-begun":
			return "no agent has begun: they tell what was in the way";
		case "rehearsed":
			return "of a rehearsal";
		case "only-on-branch":
			return `${plural(proof.commits, "commit")} nowhere else`;
		case "put-together":
			return `${plural(proof.issues, "issue")} put together that the base does not have`;
		case "not-fetched":
			return `nobody can tell whether it is on ${proof.base}: the clone is partial`;
		case "uncommitted":
			return `not committed: ${listed(proof.files, 3)}`;
		case "ignored":
			return `hidden by ignore rules that came with the work: ${listed(proof.files, 3)}`;
		case "not-persisted":
			return "its last attempt is not persisted";
		case "history":
			return "the only record of what was done";
		case "live-run":
			return `being worked on: ${holderWords(proof.holder)}`;
		case "unknown-run":
			return proof.holder ? `nobody here can tell: ${holderWords(proof.holder)}` : "not written by this program";
		case "checked-out":
			return `checked out in ${proof.path}`;
		case "unclear":
			return `not as it was made: ${proof.detail}`;
		default:
			return unreachable(proof);
	}
}
