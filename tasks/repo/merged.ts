import { addressNameOf } from "../contract/identity.ts";
import { takenIn } from "../contract/integration-message.ts";
import type { Base, IssuePlan, RepositoryPaths } from "../contract/issue.ts";
import { type AttemptRecord, startedFrom } from "../contract/record.ts";
import { readingBetween, readingChanges } from "./commands/numstat-log.ts";
import {
	type LoggedPatch,
	parsePatchIds,
	parsePatchLog,
	patchBetween,
	patchIdInput,
	patchLog,
	pathsIn,
} from "./commands/patch-log.ts";
import { type GitOptions, git } from "./git.ts";
import { settledAnswers } from "./settled-answers.ts";

/** An issue's work. */
export interface Work {
	/** As the trailers call it. */
	readonly issue: string;
	readonly repository: RepositoryPaths;
	readonly base: Base;
	/** The commit that its branch ends with. */
	readonly head: string;
	/** The commits whose work is none of its own: what its branch started from. */
	readonly started: readonly string[];
	/** Of the agent that did it last, as far as that is known. */
	readonly thread: string | null;
}

/** The work on an issue that ends with `head`, of which the last attempt left this record. */
export function workOf(
	issue: Pick<IssuePlan, "id" | "address" | "repository" | "base">,
	head: string,
	record: AttemptRecord | undefined,
): Work {
	const { repository, base } = issue;
	const thread = record?.threadId ?? null;
	return { issue: addressNameOf(issue), repository, base, head, started: startedFrom(base.commit, record), thread };
}

/** What is asked, and whether it had all that it was asked about. */
interface Source {
	readonly root: string;
	isWhole: boolean;
}

const arrivals = settledAnswers<Arrival | undefined>();

/** How it is known that work has come to the base, and the last commit of the base that it came with. */
export interface Arrival {
	readonly by: "trailers" | "patches";
	readonly commit: string;
}

/**
 * Finds out whether work has come to the base in other commits than its own: squashed, rebased or picked, by a person or by a
 * forge. Each of its commits has to be there by the trailers of that which saved it, or by its patch (git-patch-id(1)), or
 * all of them together as one patch. Whether the base holds the very commits, the caller asks before.
 * @returns nothing when it can't be shown; where the base has not moved on since, nothing more than that is looked at.
 */
export function findMerge(work: Work): Promise<Arrival | undefined> {
	const { repository, base, head, started } = work;
	const find = async () => {
		const source = { root: repository.root, isWhole: true };
		return { answer: await findIn(source, work), isWhole: source.isWhole };
	};
	return arrivals(repository, [base.commit, head, ...started], find, `${work.issue} ${work.thread}`);
}

async function findIn(source: Source, work: Work): Promise<Arrival | undefined> {
	const { base, head, started } = work;
	const met = await ask(source, ["merge-base", base.commit, head]);
	if (met.trim() === base.commit) return undefined;
	const log = async (...args: string[]) =>
		parsePatchLog(await ask(source, patchLog(...args), { broughtBy: readingChanges(...args) }));
	const own = await log(head, "--not", base.commit, ...started);
	const since = met.trim() || started[0];
	const paths = pathsIn(own)?.map((path) => `:(literal)${path}`) ?? [];
	const range = since === undefined ? base.commit : `${since}..${base.commit}`;
	const there = await log(range, "--", ...paths);
	const whole = there.find(({ message }) =>
		takenIn(message).some(({ issue, tip }) => issue === work.issue && tip === head),
	);
	if (whole) return { by: "trailers", commit: whole.hash };
	const saved = savedWork(there);
	if (own.length === 0) {
		// Its commits are gone, or were never its own: what is left of them are the trailers.
		const commit = work.thread === null ? undefined : saved.get(keyOf(work.issue, work.thread))?.commit;
		return commit === undefined ? undefined : { by: "trailers", commit };
	}
	const changing = own.filter(({ patch }) => patch !== "");
	const last = there.find(({ message }) => keysIn(message).some((key) => keysIn(own[0]?.message ?? "").includes(key)));
	const told: Arrival = { by: "trailers", commit: last?.hash ?? base.commit };
	const keys = changing.flatMap(({ message }) => keysIn(message));
	// Where several have the same trailers, one that has come twice could pass for two.
	const isApart = new Set(keys).size === keys.length;
	if (isApart && changing.every(({ message }) => take(saved, message))) return told;
	const ends = { last: own[0]?.hash ?? "", first: own.at(-1)?.hash ?? "" };
	return findPatches(source, met.trim(), { ...ends, changing, told }, there);
}

/** An issue's own commits: the last and the first of them, and those that change something. */
interface Own {
	readonly last: string;
	readonly first: string;
	readonly changing: readonly LoggedPatch[];
	/** What is known where trailers tell of all of them. */
	readonly told: Arrival;
}

async function findPatches(
	source: Source,
	met: string,
	{ last, first, changing, told }: Own,
	there: readonly LoggedPatch[],
): Promise<Arrival | undefined> {
	if (there.length === 0) return undefined;
	const wholes = await Promise.all(
		[`${first}^`, met].map(async (from, at) => ({
			hash: String(at).padStart(40, "0"),
			patch: from === "" ? "" : await ask(source, patchBetween(from, last), { broughtBy: readingBetween(from, last) }),
		})),
	);
	const input = patchIdInput([...wholes, ...changing, ...there]);
	const ids = parsePatchIds(await ask(source, ["patch-id", "--verbatim"], { input }));
	const arrived = new Map(there.flatMap(({ hash }) => [[ids.get(hash), hash] as const]).reverse());
	const found = ({ hash }: { readonly hash: string }) => {
		const id = ids.get(hash);
		return id === undefined ? undefined : arrived.get(id);
	};
	const whole = wholes.map(found).find((each) => each !== undefined);
	if (whole !== undefined) return { by: "patches", commit: whole };
	// What has come by its patch has come with its trailers as well: these vouch for nothing else.
	const byPatch = new Set(changing.filter(found).map(({ hash }) => ids.get(hash)));
	const saved = savedWork(there.filter(({ hash }) => !byPatch.has(ids.get(hash))));
	if (!changing.every((each) => found(each) !== undefined || take(saved, each.message))) return undefined;
	const commit = changing.map(found).find((each) => each !== undefined);
	return commit === undefined ? told : { by: "patches", commit };
}

/**
 * What git says to a question that commits may be missing for, as in a shallow clone or after a branch was deleted.
 * @throws Failure `objects-unfetched` where only what is in the files is missing: nobody knows then.
 */
async function ask(
	source: Source,
	args: readonly string[],
	options: Pick<GitOptions, "input" | "broughtBy"> = {},
): Promise<string> {
	const answer = await git(args, { cwd: source.root, expect: [1, 128], ...options });
	if (answer.exitCode === 128) source.isWhole = false;
	return answer.exitCode === 0 ? answer.stdout : "";
}

interface Saved {
	left: number;
	readonly commit: string;
}

/** The work that commits say they save, by issue and thread: of a squashed commit, that of each of which it is made. */
function savedWork(there: readonly LoggedPatch[]): Map<string, Saved> {
	const saved = new Map<string, Saved>();
	for (const { hash, message } of there) {
		for (const key of keysIn(message)) {
			const known = saved.get(key);
			if (known) known.left++;
			else saved.set(key, { left: 1, commit: hash });
		}
	}
	return saved;
}

/** True when all that a commit saves is there, once for each time. */
function take(saved: ReadonlyMap<string, Saved>, message: string): boolean {
	const keys = keysIn(message);
	for (const key of keys) {
		const found = saved.get(key);
		if (!found || found.left === 0) return false;
		found.left--;
	}
	return keys.length > 0;
}

/** The trailers of `commitMessage`, wherever they stand: whoever squashes indents them, or writes something behind. */
export function keysIn(message: string): string[] {
	const trailers = [...message.matchAll(/^[ \t]*Orch-(Issue|Thread): (.+?)[ \t]*$/gm)];
	let issue = "";
	return trailers.flatMap(([, name, value = ""]) => {
		if (name === "Thread") return value === "none" ? [] : [keyOf(issue, value)];
		issue = value;
		return [];
	});
}

function keyOf(issue: string, thread: string): string {
	return `${issue} ${thread}`;
}
