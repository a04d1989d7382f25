import { join } from "node:path";
import type { Backlog } from "./backlog/backlog.ts";
import { addressOf, type Evidence, findMadeFor, gather, logDirOf } from "./clean.ts";
import { given } from "./contract/given.ts";
import { addressNameOf } from "./contract/identity.ts";
import { homeOf } from "./contract/issue.ts";
import { isSafe, isSavable, type Made } from "./contract/made.ts";
import type { RunOptions } from "./contract/options.ts";
import { unreachable } from "./engine/outcome.ts";
import type { RunContext } from "./engine/task.ts";
import { settleDeadRun } from "./lock.ts";
import { checksFolder } from "./repo/addresses.ts";
import { deleteBranch } from "./repo/branch.ts";
import { findLinkedCheckouts } from "./repo/checkouts.ts";
import { releaseLock, takeLock } from "./repo/lock.ts";
import { saveBranch, saveChanges } from "./repo/patch.ts";
import { findWorktree } from "./repo/worktree/find.ts";
import { discardWorktree, removeWorktree } from "./repo/worktree/remove.ts";
import { sweepRunFolders } from "./repo/worktree/run-folder.ts";
import { rememberMerge } from "./standing/merged-work.ts";
import { createLogFolder } from "./store/log-folder.ts";
import { unlinkLogs } from "./store/log-links.ts";
import { removeLogFolder } from "./store/remove-log-folder.ts";

/** What a removal came to. */
export interface Removal {
	readonly removed: readonly Made[];
	/** What was not safe to remove was saved in these files first. */
	readonly patches: readonly string[];
}

/**
 * Removes what is safe to remove of the things that were found, and with `discard` also the rest, of which a patch is
 * saved first. What has changed since it was found is judged anew.
 */
export async function removeMade(
	backlog: Backlog,
	made: readonly Made[],
	discard: boolean,
	{ options, signal }: Pick<RunContext<RunOptions>, "options" | "signal">,
): Promise<Removal> {
	const removed: Made[] = [];
	const patches: string[] = [];
	const mayGo = ({ proof }: Made) => isSafe(proof) || (discard && isSavable(proof));
	const ofRuns = made.filter(({ thing }) => thing.kind === "checks");
	if (ofRuns.length > 0) {
		const { repository } = backlog;
		await sweepRunFolders(repository, checksFolder(options.layout, homeOf(repository)));
		removed.push(...ofRuns);
	}
	const together = made.filter(({ thing }) => thing.kind === "integration");
	if (together.length > 0) {
		const { removeIntegrations } = await import("./integration/made.ts");
		const around = { ...(await gather(backlog, options, signal)), repository: backlog.repository };
		removed.push(...(await removeIntegrations(together.filter(mayGo), around)));
	}
	for (const name of new Set(
		made.filter((each) => mayGo(each) && !ofRuns.includes(each) && !together.includes(each)).map(nameOf),
	)) {
		const answer = await takeLock(backlog.repository, name);
		// Somebody has begun to work on it since it was looked at.
		if (answer.kind === "held") continue;
		removed.push(...made.filter((each) => nameOf(each) === name && each.thing.kind === "lock" && isSafe(each.proof)));
		try {
			if (answer.takenOver) await settleDeadRun(answer.takenOver);
			const wanted = new Set(made.filter((each) => nameOf(each) === name).map(({ thing }) => thing.kind));
			for (;;) {
				const evidence = await gather(backlog, options, signal);
				const now = await findMadeFor(name, { ...evidence, locks: new Map() }, signal);
				const next = now.find((each) => wanted.has(each.thing.kind) && mayGo(each));
				if (!next) break;
				patches.push(...(await removeOne(next, evidence, signal)));
				removed.push(next);
			}
		} finally {
			await releaseLock(backlog.repository, name);
		}
	}
	return { removed, patches };
}

/** What the addresses are named after at which something was made. */
function nameOf({ issue, address }: Made): string {
	return addressNameOf({ id: issue, ...given({ address }) });
}

async function removeOne(made: Made, evidence: Evidence, signal: AbortSignal): Promise<string[]> {
	const { issue, thing, proof } = made;
	const name = nameOf(made);
	const { base } = evidence;
	const { repository } = evidence.backlog;
	const address = addressOf(name, evidence);
	const saved: string[] = [];
	const patchFor = async (what: string): Promise<string> => {
		const folder = logDirOf(name, evidence);
		await createLogFolder(folder);
		const path = join(folder, `discarded-${what}-${new Date().toISOString().replaceAll(":", "-")}.patch`);
		saved.push(path);
		return path;
	};
	switch (thing.kind) {
		case "worktree": {
			const standing = isSafe(proof) ? undefined : await findWorktree(address);
			if (standing) await saveChanges(repository, standing, await patchFor("worktree"), signal);
			if (standing || proof.kind === "rehearsed") await discardWorktree(address, signal);
			else await removeWorktree(address, signal);
			return saved;
		}
		case "branch":
			if (!isSafe(proof)) await saveBranch(repository, base.commit, thing.tip, await patchFor("branch"), signal);
			if (proof.kind === "merged")
				await rememberMerge({ id: issue, logDir: logDirOf(name, evidence) }, thing.tip, proof.commit);
			await deleteBranch(repository, thing.branch, thing.tip);
			return saved;
		case "logs":
			await removeLogFolder(thing.path);
			for (const checkout of findLinkedCheckouts(repository, evidence.layout)) await unlinkLogs(checkout, thing.path);
			return saved;
		case "lock":
		case "checks":
		case "integration":
			return saved;
		default:
			return unreachable(thing);
	}
}
