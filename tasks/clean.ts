import { join } from "node:path";
import type { Backlog } from "./backlog/backlog.ts";
import { findNamed } from "./backlog/identify.ts";
import { selectIssues } from "./backlog/target.ts";
import type { Sound } from "./contract/diagnosis.ts";
import { addressNameOf, partsOf } from "./contract/identity.ts";
import { type Base, homeOf, logsOf, type RepositoryPaths } from "./contract/issue.ts";
import type { Layout } from "./contract/layout.ts";
import { isSafe, type Made, type Proof } from "./contract/made.ts";
import type { RunOptions } from "./contract/options.ts";
import { type Problem, problemOf } from "./contract/problem.ts";
import { isRehearsed } from "./contract/scenario.ts";
import type { MadeThings } from "./contract/value.ts";
import type { RunContext } from "./engine/task.ts";
import { branchFolder, branchOf, checksFolder, issueOfBranch, issueOfWorktree, worktreeOf } from "./repo/addresses.ts";
import { branchTips, contains, countAhead } from "./repo/branch.ts";
import type { Listed } from "./repo/commands/worktree-list.ts";
import { type Lock, listLocks, lockRef, proofOf } from "./repo/lock.ts";
import { isAllOfRehearsals } from "./repo/rehearsal-identity.ts";
import { findBase, resolveBase } from "./repo/repository.ts";
import { findAdministration } from "./repo/worktree/administration.ts";
import { findWorktree } from "./repo/worktree/find.ts";
import { listWorktrees } from "./repo/worktree/list.ts";
import { verifyNothingLost } from "./repo/worktree/nothing-lost.ts";
import { type DeadRun, findDeadRuns } from "./repo/worktree/run-folder.ts";
import type { Address } from "./repo/worktree/worktree.ts";
import { logFolder } from "./store/log-folder.ts";
import { type LogFolder, listLogFolders } from "./store/log-folders.ts";
import { readMergeRecord } from "./store/merge-record.ts";
import { readLastWork } from "./store/turns.ts";
import { exists } from "./system/paths.ts";
import { livenessOf } from "./system/this-run.ts";

/** Everything there is to know of a repository before something is judged. */
export interface Evidence {
	readonly backlog: Backlog;
	readonly layout: Layout;
	readonly base: Base;
	readonly worktrees: readonly Listed[];
	readonly tips: ReadonlyMap<string, string>;
	readonly locks: ReadonlyMap<string, Lock>;
	readonly logs: ReadonlyMap<string, LogFolder>;
}

/** Lists every worktree, branch, lock and log folder that this program made and that still stands. Changes nothing. */
export async function findMade(
	{ backlog }: { readonly backlog: Backlog },
	{ options, signal }: RunContext<RunOptions>,
): Promise<MadeThings> {
	const evidence = await gather(backlog, options, signal);
	const found: Made[] = [];
	const names = wantedNames(evidence, options);
	for (const name of names) found.push(...(await findMadeFor(name, evidence, signal)));
	const { findIntegrations } = await import("./integration/made.ts");
	const around = { ...evidence, repository: backlog.repository };
	const isAll = options.target === undefined && options.project === undefined;
	found.push(...(await findIntegrations(around, (name) => isAll || names.includes(name))));
	if (options.target === undefined) {
		const dead = await findDeadRuns(checksFolder(options.layout, homeOf(backlog.repository)));
		const made = ({ folder, holder }: DeadRun): Made => ({
			issue: "",
			thing: { kind: "checks", path: folder },
			proof: { kind: "dead-run", holder },
		});
		found.push(...dead.map(made));
	}
	return { kind: "made", made: found };
}

/** What runs that are dead have left of issues: their locks, and worktrees whose folder is gone. Changes nothing. */
export async function findLeftovers(
	repository: RepositoryPaths,
	layout: Layout,
	signal: AbortSignal,
): Promise<Omit<Extract<Sound, { kind: "leftovers" }>, "kind">> {
	const [locks, worktrees] = await Promise.all([listLocks(repository), listWorktrees(repository, signal)]);
	return {
		locks: locks.flatMap(({ issue, holder }) => (holder && livenessOf(holder) === "dead" ? [{ issue, holder }] : [])),
		worktrees: worktrees.flatMap(({ path, prunable }) =>
			prunable && issueOfWorktree(layout, homeOf(repository), path) !== undefined ? [path] : [],
		),
	};
}

/** Looks at everything there is. */
export async function gather(backlog: Backlog, options: RunOptions, signal: AbortSignal): Promise<Evidence> {
	const { repository } = backlog;
	const [base, worktrees, tips, locks, logs] = await Promise.all([
		findBase(repository, options, (name) => backlog.issues.some((issue) => addressNameOf(issue) === name)).catch(
			(error) => {
				// On a detached HEAD, what is checked out is what counts.
				if (problemOf(error)?.kind !== "detached-head") throw error;
				return resolveBase(repository, "HEAD");
			},
		),
		listWorktrees(repository, signal),
		branchTips(repository, branchFolder(options.layout)),
		listLocks(repository),
		listLogFolders(logsOf(repository), options.layout.logs),
	]);
	return {
		backlog,
		layout: options.layout,
		base,
		worktrees,
		tips,
		locks: new Map(locks.map((lock) => [lock.issue, lock])),
		logs: new Map(logs.map((folder) => [folder.issue, folder])),
	};
}

/** What the addresses of those are named after that the target means. */
function wantedNames({ backlog, layout, worktrees, tips, locks, logs }: Evidence, options: RunOptions): string[] {
	const home = homeOf(backlog.repository);
	const made = new Set([
		...worktrees.flatMap(({ path }) => issueOfWorktree(layout, home, path) ?? []),
		...[...tips.keys()].flatMap((branch) => issueOfBranch(layout, branch) ?? []),
		...locks.keys(),
		...logs.keys(),
	]);
	// What bears the name of no issue, of today's backlog or of an earlier one, is somebody else's.
	const ours = new Set([...backlog.issues.map(addressNameOf), ...logs.keys(), ...locks.keys()]);
	const names = [...made].filter((name) => ours.has(name)).sort(new Intl.Collator("en", { numeric: true }).compare);
	const { target, project } = options;
	if (target === undefined && project === undefined) return names;
	// What was made for an issue of before has its name alone.
	if (target !== undefined && names.includes(target) && findNamed(target, backlog.issues).length === 0) return [target];
	const selected = new Set(selectIssues(backlog, options).map(addressNameOf));
	return names.filter((name) => selected.has(name));
}

/** What was made for one issue, judged by the evidence. @param name what its addresses are named after. */
export async function findMadeFor(name: string, evidence: Evidence, signal: AbortSignal): Promise<Made[]> {
	const { worktrees, tips, locks, logs } = evidence;
	const address = addressOf(name, evidence);
	const { repository, id } = address;
	const whose = id === name ? { issue: id } : { issue: id, address: name };
	const lock = locks.get(name);
	const held = lock && proofOf(lock);
	const live = held && held.kind !== "dead-run" ? held : undefined;
	const made: Made[] = [];
	const listed = worktrees.find(({ path }) => path === address.worktreePath);
	if (listed) {
		const proof =
			live ?? (listed.prunable ? await judgeGone(address, signal) : await judgeWorktree(address, evidence, signal));
		made.push({ ...whose, thing: { kind: "worktree", path: listed.path }, proof });
	}
	const tip = tips.get(address.branch);
	if (tip !== undefined) {
		const proof = live ?? (await judgeBranch(address, tip, made[0]?.proof, evidence));
		made.push({ ...whose, thing: { kind: "branch", branch: address.branch, tip }, proof });
	}
	if (lock && held)
		made.push({ ...whose, thing: { kind: "lock", ref: lockRef(repository, name), blob: lock.blob }, proof: held });
	const folder = logs.get(name);
	if (folder) {
		const thing = { kind: "logs", path: folder.path, attempts: folder.attempts } as const;
		made.push({ ...whose, thing, proof: live ?? judgeLogs(folder, repository) });
	}
	return made;
}

/** Where the worktree and branch of an issue are, whether its document still stands or not. */
export function addressOf(name: string, { backlog, layout, base }: Evidence): Address {
	const { repository } = backlog;
	return {
		id: backlog.issues.find((issue) => addressNameOf(issue) === name)?.id ?? name,
		address: name,
		repository,
		base,
		branch: branchOf(layout, name),
		worktreePath: worktreeOf(layout, homeOf(repository), name),
	};
}

/** A worktree whose folder is gone holds nothing any more, but for what was committed in its submodules. */
async function judgeGone({ repository, worktreePath }: Address, signal: AbortSignal): Promise<Proof> {
	const gitDir = await findAdministration(repository, worktreePath);
	if (gitDir === undefined || !(await exists(join(gitDir, "modules")))) return { kind: "folder-gone" };
	const { findOrphanedCommits } = await import("./repo/submodules/inspect.ts");
	const orphans = await findOrphanedCommits(repository, gitDir, signal);
	return orphans.length > 0 ? { kind: "unclear", detail: "submodule-commits" } : { kind: "folder-gone" };
}

async function judgeWorktree(address: Address, evidence: Evidence, signal: AbortSignal): Promise<Proof> {
	try {
		const worktree = await findWorktree(address);
		if (!worktree) return judgeGone(address, signal);
		const work = await readLastWork(logDirOf(addressNameOf(address), evidence));
		await verifyNothingLost(address, worktree, work?.record, signal);
		return { kind: "committed" };
	} catch (error) {
		const problem = problemOf(error);
		if (!problem) throw error;
		if (isOnlyRehearsed(address, problem)) return { kind: "rehearsed" };
		if (problem.kind === "work-ignored") return { kind: "ignored", files: problem.files };
		if (problem.kind !== "work-not-persisted") return { kind: "unclear", detail: problem.kind };
		return problem.files.length > 0 ? { kind: "uncommitted", files: problem.files } : { kind: "not-persisted" };
	}
}

/** The log folder of an issue, where it is or would be. */
export function logDirOf(name: string, { backlog, layout, logs }: Evidence): string {
	const milestone = backlog.issues.find((issue) => addressNameOf(issue) === name)?.milestone ?? null;
	return logs.get(name)?.path ?? logFolder(logsOf(backlog.repository), layout.logs, milestone, name);
}

/** True when a person has added nothing to what the agent of a rehearsal was about to write. */
function isOnlyRehearsed({ id, repository }: Address, problem: Problem): boolean {
	if (!repository.rehearsal || problem.kind !== "work-not-persisted") return false;
	return problem.files.every((file) => isRehearsed(partsOf(id).id, file));
}

/** Logs of a rehearsal are no record of any work, unless what was discarded has been saved with them. */
function judgeLogs({ attempts, isJudged, patches }: LogFolder, { rehearsal }: RepositoryPaths): Proof {
	if (attempts === 0 && patches === 0 && !isJudged) return { kind: "not-begun" };
	return { kind: rehearsal && patches === 0 ? "rehearsed" : "history" };
}

async function judgeBranch(
	address: Address,
	tip: string,
	worktree: Proof | undefined,
	evidence: Evidence,
): Promise<Proof> {
	const { repository, branch, worktreePath } = address;
	const { base, worktrees } = evidence;
	const elsewhere = worktrees.find((each) => each.branch === `refs/heads/${branch}` && each.path !== worktreePath);
	if (elsewhere) return { kind: "checked-out", path: elsewhere.path };
	if (worktree && !isSafe(worktree)) return worktree;
	if (await contains(repository, base.commit, tip)) return { kind: "on-base", base: base.name };
	if (await isAllOfRehearsals(repository, tip, base.commit)) return { kind: "rehearsed" };
	const { findMerge, workOf } = await import("./repo/merged.ts");
	const work = await readLastWork(logDirOf(addressNameOf(address), evidence)).catch(() => undefined);
	const merge = await findMerge(workOf(address, tip, work?.record)).catch((error): Proof => {
		const problem = problemOf(error);
		if (problem?.kind !== "objects-unfetched") throw error;
		return { kind: "not-fetched", base: base.name, broughtBy: problem.broughtBy ?? [] };
	});
	if (merge && "kind" in merge) return merge;
	if (merge) return { kind: "merged", base: base.name, commit: merge.commit };
	const { findTogether } = await import("./standing/put-together.ts");
	const logDir = logDirOf(addressNameOf(address), evidence);
	const arrived = await findTogether({ ...address, logDir }, tip);
	if (arrived !== undefined) return { kind: "merged", base: base.name, commit: arrived };
	const known = await readMergeRecord(logDir).catch(() => undefined);
	if (known?.tip === tip && (await contains(repository, base.commit, known.commit)))
		return { kind: "merged", base: base.name, commit: known.commit };
	return { kind: "only-on-branch", commits: await countAhead(repository, tip, base.commit) };
}
