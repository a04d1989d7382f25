import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ZodType } from "zod";
import type { RepositoryPaths } from "../contract/issue.ts";
import type { Proof } from "../contract/made.ts";
import { z } from "../contract/zod.ts";
import { askedOnce } from "../system/once.ts";
import { livenessOf, type RunIdentity, THIS_RUN } from "../system/this-run.ts";
import { blobRefs, parseBlobRefs } from "./commands/refs.ts";
import { git } from "./git.ts";

const HOLDER = z.strictObject({
	pid: z.number().int().positive(),
	startTicks: z.string().nullable(),
	host: z.string(),
	pidNamespace: z.string().nullable(),
	nonce: z.string().min(1),
	since: z.iso.datetime(),
}) satisfies ZodType<RunIdentity>;

/** An issue's lock, as it stands. */
export interface Lock {
	readonly issue: string;
	/** The blob that the ref points to; `git update-ref -d <ref> <blob>` takes exactly this lock away. */
	readonly blob: string;
	/** Nothing when the blob is none of ours. */
	readonly holder: RunIdentity | undefined;
}

/** What asking for a lock came to. */
export type LockAnswer =
	| { readonly kind: "taken"; readonly takenOver: RunIdentity | undefined }
	| { readonly kind: "held"; readonly lock: Lock };

/** "There must be no such ref": git-update-ref(1) takes an empty old value for it, whatever the length of its hashes. */
const NONE = "";
/** Milliseconds after which a file that git left of a lock's update is nobody's any more; an update takes a few. */
const STALE_FILE = 2_000;
/** Milliseconds for the file that git takes whenever it deletes a ref, whoever's: to write all refs anew takes it a second. */
const STALE_PACKED = 5_000;
/** Attempts at a lock that changes hands while it is looked at. */
const MOST_LOOKS = 100;

function prefixOf({ rehearsal }: Pick<RepositoryPaths, "rehearsal">): string {
	return rehearsal ? "refs/orch/rehearsal/" : "refs/orch/lock/";
}

/** Name of the ref that is an issue's lock. */
export function lockRef(repository: Pick<RepositoryPaths, "rehearsal">, issue: string): string {
	return `${prefixOf(repository)}${issue}`;
}

/**
 * Takes an issue's lock for this run, by compare-and-swap on a ref (git-update-ref(1)): git's own refusal to check a
 * branch out twice is no lock. A lock of a run that is dead is taken over.
 * @throws Failure `git-failed`.
 */
export async function takeLock(repository: RepositoryPaths, issue: string, run = THIS_RUN): Promise<LockAnswer> {
	const own = await blobOf(repository, run);
	const taken = (takenOver: RunIdentity | undefined): LockAnswer => {
		holds.set(`${repository.commonDir} ${issue}`, Number.POSITIVE_INFINITY);
		return { kind: "taken", takenOver };
	};
	for (let look = 1; ; look++) {
		if (await swap(repository, issue, own, NONE)) return taken(undefined);
		const lock = await readLock(repository, issue);
		if (lock?.blob === own) return taken(undefined);
		if (lock && (!lock.holder || livenessOf(lock.holder) !== "dead")) return { kind: "held", lock };
		if (lock && (await swap(repository, issue, own, lock.blob))) return taken(lock.holder);
		// `git gc --prune=now` drops it while no lock of this run points to it.
		if (!lock) await writeBlob(repository, run);
		// Somebody else was quicker, or git was killed while it wrote the ref.
		await dropStaleFile(join(repository.commonDir, `${lockRef(repository, issue)}.lock`), STALE_FILE);
		if (look === MOST_LOOKS) await git(["update-ref", lockRef(repository, issue), own, NONE], { cwd: repository.root });
		await delay(20);
	}
}

/** When this run let go of what it held, by repository and issue: in milliseconds of its process, `Infinity` where it has not. */
const holds = new Map<string, number>();

/** The issues that this run has held at any time since then, in milliseconds of its process. */
export function heldSince({ commonDir }: RepositoryPaths, since: number): string[] {
	const prefix = `${commonDir} `;
	return [...holds].flatMap(([key, until]) =>
		key.startsWith(prefix) && until >= since ? key.slice(prefix.length) : [],
	);
}

/** Gives an issue's lock back. One that cannot be given back is taken over once this run has ended. */
export async function releaseLock(repository: RepositoryPaths, issue: string, run = THIS_RUN): Promise<void> {
	holds.set(`${repository.commonDir} ${issue}`, performance.now());
	const own = await blobOf(repository, run);
	const deadline = performance.now() + 2 * STALE_PACKED;
	while (performance.now() < deadline) {
		const given = await git(["update-ref", "-d", lockRef(repository, issue), own], { cwd: repository.root }).catch(
			() => undefined,
		);
		if (given || (await readLock(repository, issue).catch(() => undefined))?.blob !== own) return;
		await dropStaleFile(join(repository.commonDir, "packed-refs.lock"), STALE_PACKED);
		await delay(100);
	}
}

/** Every lock of a repository. */
export async function listLocks(repository: RepositoryPaths): Promise<Lock[]> {
	return locksBelow(repository, prefixOf(repository));
}

async function readLock(repository: RepositoryPaths, issue: string): Promise<Lock | undefined> {
	return (await locksBelow(repository, lockRef(repository, issue))).find((lock) => lock.issue === issue);
}

async function locksBelow(repository: RepositoryPaths, pattern: string): Promise<Lock[]> {
	const { stdout } = await git(blobRefs(pattern), { cwd: repository.root });
	const { length } = prefixOf(repository);
	return parseBlobRefs(stdout).map(({ ref, blob, text }) => ({
		issue: ref.slice(length),
		blob,
		holder: parseHolder(text),
	}));
}

async function swap(repository: RepositoryPaths, issue: string, to: string, from: string): Promise<boolean> {
	const answer = await git(["update-ref", lockRef(repository, issue), to, from], {
		cwd: repository.root,
		expect: [1, 128],
	});
	return answer.exitCode === 0;
}

/** The blobs that name runs; one stands for all locks of its run. */
const onceARun = askedOnce<string>();

function blobOf(repository: RepositoryPaths, run: RunIdentity): Promise<string> {
	return onceARun(`${repository.commonDir} ${run.nonce}`, () => writeBlob(repository, run));
}

async function writeBlob({ root }: RepositoryPaths, run: RunIdentity): Promise<string> {
	const { stdout } = await git(["hash-object", "-w", "--stdin"], { cwd: root, input: JSON.stringify(run) });
	return stdout.trim();
}

function parseHolder(text: string): RunIdentity | undefined {
	try {
		return HOLDER.parse(JSON.parse(text));
	} catch {
		return undefined;
	}
}

/** git guards what it writes with a file, and leaves that behind when it is killed. */
async function dropStaleFile(path: string, age: number): Promise<void> {
	const written = (await stat(path).catch(() => undefined))?.mtimeMs;
	if (written !== undefined && Date.now() - written > age) await rm(path, { force: true });
}

/** What is known of the run that has a lock. */
export function proofOf({ holder }: Lock): Proof {
	if (!holder) return { kind: "unknown-run", holder: null };
	switch (livenessOf(holder)) {
		case "dead":
			return { kind: "dead-run", holder };
		case "alive":
			return { kind: "live-run", holder };
		case "unknown":
			return { kind: "unknown-run", holder };
	}
}
