import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { findLeftovers } from "./clean.ts";
import { type CheckName, type Diagnosis, isDoubtful, type Sound } from "./contract/diagnosis.ts";
import { type Base, homeOf, type IssuePlan, logsOf, type RepositoryPaths } from "./contract/issue.ts";
import type { ActionOptions } from "./contract/options.ts";
import type { Phase } from "./contract/phase.ts";
import { Failure, type Problem } from "./contract/problem.ts";
import type { Examined } from "./contract/value.ts";
import { isAtLeast } from "./contract/version.ts";
import type { RunContext } from "./engine/task.ts";
import { lookAtBacklog } from "./look-at-backlog.ts";
import { checkRequest, runnerHomes, verifyPrompts, verifyRunPlaces, verifySpace } from "./preflight.ts";
import { branchFolder, worktreesFolder } from "./repo/addresses.ts";
import { findLocalChanges } from "./repo/documents.ts";
import { findRelativeFilters } from "./repo/filters.ts";
import { findActiveHooks } from "./repo/hooks.ts";
import { findFilling, isPartial, verifyComplete } from "./repo/missing-objects.ts";
import { explainRefusal } from "./repo/refusals.ts";
import { findBase, OLDEST_GIT, openRepository, verifyGitVersion, verifyIdentity } from "./repo/repository.ts";
import { readSettings } from "./repo/settings.ts";
import { sizeOfWorktree } from "./repo/size.ts";
import { findUnfilled } from "./repo/submodules/unfilled.ts";
import { tryFilters } from "./repo/try-filters.ts";
import { tryWorktree } from "./repo/worktree/try.ts";
import type { Runner } from "./runner/runner.ts";
import { logFolder } from "./store/log-folder.ts";
import { freeSpace } from "./system/disk-space.ts";
import { findProgram } from "./system/find-program.ts";
import { verifyWritable } from "./system/writable.ts";
import { confinable } from "./verification/confinable.ts";

type Context = RunContext<ActionOptions>;

/**
 * Looks at everything a run relies on, all of it side by side: it needs no other task, since it has to go on where one would
 * fail. It asks what the tasks of a run ask, and leaves nothing behind.
 */
export async function examine(
	runner: Runner,
	phases: readonly Phase[],
	given: unknown,
	context: Context,
): Promise<Examined> {
	const { options, signal } = context;
	const node = look("node", {}, () => lookAtNode(options.packageRoot));
	const git = look("git", {}, () => lookAtGit(options.packageRoot));
	const repository = look("repository", { git }, async () => {
		const found = await openRepository(options.directory);
		return [{ kind: "repository", root: found.root }, found];
	});
	const base = look("base", { repository }, async (values) => {
		const found = await findBase(values.repository, options);
		return [{ kind: "base", ...found }, found];
	});
	const identity = look("identity", { git }, async () => {
		const author = await verifyIdentity((await repository).value?.root ?? options.packageRoot);
		return [{ kind: "identity", author }];
	});
	const codex = look("codex", {}, async () => {
		const { root, commonDir } = (await repository).value ?? {};
		const health = await runner.examine(checkRequest(root ?? options.packageRoot, commonDir, options), signal);
		failOn(health.problems.program);
		const { version, program, warnings } = health;
		return [{ kind: "codex", version, tested: runner.version, program, warnings }, health];
	});
	const credentials = look("credentials", { codex }, async (values) => {
		failOn(values.codex.problems.credentials);
		return [{ kind: "credentials", ...values.codex.words.credentials }];
	});
	const provider = look("provider", { codex, credentials }, async (values) => {
		failOn(values.codex.problems.provider);
		return [{ kind: "provider", ...values.codex.words.provider }];
	});
	const sandbox = look("sandbox", { codex }, async (values) => {
		failOn(values.codex.problems.sandbox);
		return [{ kind: "sandbox", denied: values.codex.denied, sockets: values.codex.sockets }];
	});
	const confinement = look("confinement", {}, async () => {
		const found = await confinable(options);
		const { kind } = found;
		if (kind === "confined") return [{ kind: "confinement", bubblewrap: found.bubblewrap }];
		return [{ kind: "confinement", bubblewrap: null, problem: { ...found, kind: "confinement-unavailable" } }];
	});
	const settings = look("settings", { repository }, async (values) => {
		const found = await readSettings(values.repository);
		failOn(findRelativeFilters(values.repository, found));
		return [{ kind: "settings", hooks: await findActiveHooks(values.repository, found) }];
	});
	const checkout = look("checkout", { repository }, async (values) => [
		{ kind: "checkout", changes: await findLocalChanges(values.repository) },
	]);
	const backlog = look("backlog", { repository }, async () => lookAtBacklog((await base).value, given, context));
	const plan = async () => (await backlog).value ?? [];
	const prompts = look("prompts", { repository }, async (values) => {
		await verifyPrompts(phases, values.repository.root, options);
		return [{ kind: "prompts" }];
	});
	const places = look("places", { codex, backlog }, async (values) => {
		await verifyRunPlaces(runner, values.backlog, options);
		return [{ kind: "places" }];
	});
	const worktrees = look("worktrees", { repository }, async (values) =>
		lookAtWorktrees(values.repository, (await base).value, context),
	);
	const filters = look("filters", { repository, settings }, async (values) =>
		lookAtFilters(values.repository, (await base).value, signal),
	);
	const logs = look("logs", { repository }, async (values) => {
		const folder = logFolder(logsOf(values.repository), options.layout.logs, null, "");
		await verifyWritable([folder, ...(await plan()).map((issue) => issue.logDir)]);
		return [{ kind: "logs", folder: join(folder, "..") }];
	});
	const disk = look("disk", { repository }, async (values) => {
		const { root, commonDir } = values.repository;
		// Without its program the runner knows no place, which another check tells.
		const homes = await runnerHomes(runner, checkRequest(root, commonDir, options)).catch(() => []);
		return lookAtDisk(values.repository, (await base).value, await plan(), homes, context);
	});
	const leftovers = look("leftovers", { repository }, async (values) => [
		{ kind: "leftovers", ...(await findLeftovers(values.repository, options.layout, signal)) },
	]);
	const ofMachine = [node, git, identity, codex, credentials, provider, sandbox, confinement];
	const ofRepository = [repository, settings, base, checkout, backlog, prompts, places];
	const all = await Promise.all([...ofMachine, ...ofRepository, worktrees, filters, logs, disk, leftovers]);
	signal.throwIfAborted();
	return { kind: "examined", diagnoses: all.map(({ diagnosis }) => diagnosis) };
}

/** What one check came to, and what others need of it: absent when it is not good. */
interface Looked<T> {
	readonly diagnosis: Diagnosis;
	readonly value?: T;
}

type Needs = Readonly<Partial<Record<CheckName, Promise<Looked<unknown>>>>>;
type Values<N> = { readonly [K in keyof N]: N[K] extends Promise<Looked<infer T>> ? T : never };

/** Looks at one thing once what it rests on is found to be good. Never rejects: what is wrong is the answer. */
async function look<N extends Needs, T = undefined>(
	check: CheckName,
	needs: N,
	action: (values: Values<N>) => Promise<readonly [Sound, T?]>,
): Promise<Looked<T>> {
	const values: Record<string, unknown> = {};
	for (const [name, need] of Object.entries(needs)) {
		const { diagnosis, value } = await need;
		if (!("found" in diagnosis)) return { diagnosis: { check, status: "skipped", needs: name as CheckName } };
		values[name] = value;
	}
	try {
		const [found, value] = await action(values as Values<N>);
		const diagnosis = { check, status: isDoubtful(found) ? "warning" : "good", found } as const;
		return value === undefined ? { diagnosis } : { diagnosis, value };
	} catch (thrown) {
		const error = await explainRefusal(thrown);
		const message = error instanceof Error ? error.message : String(error);
		const problems: readonly Problem[] = error instanceof Failure ? error.problems : [{ kind: "unexpected", message }];
		return { diagnosis: { check, status: "bad", problems } };
	}
}

function failOn(problems: readonly Problem[]): void {
	if (problems.length > 0) throw new Failure(problems);
}

async function lookAtNode(packageRoot: string): Promise<[Sound]> {
	const { engines } = JSON.parse(await readFile(join(packageRoot, "package.json"), "utf8"));
	const [, needed = ""] = /^>=(\d+(?:\.\d+)*)$/.exec(engines.node) ?? [];
	if (needed === "") throw new Error(`"engines" in package.json asks for Node ${engines.node}, not for >= a version`);
	const version = process.versions.node;
	if (!isAtLeast(version, needed)) throw new Failure({ kind: "node-too-old", found: version, needed });
	return [{ kind: "node", version, needed }];
}

async function lookAtGit(cwd: string): Promise<[Sound]> {
	const version = await verifyGitVersion(cwd);
	return [{ kind: "git", version, needed: OLDEST_GIT, program: findProgram("git") }];
}

async function lookAtWorktrees(
	repository: RepositoryPaths,
	base: Base | undefined,
	context: Context,
): Promise<[Sound]> {
	const { layout } = context.options;
	const folder = worktreesFolder(layout, homeOf(repository));
	// Where worktrees, branches and commits are written down; what is not there yet is made by git.
	await verifyWritable(
		["", "worktrees", join("refs/heads", branchFolder(layout)), "objects"].map((path) =>
			join(repository.commonDir, path),
		),
	);
	await tryWorktree(folder, context.signal);
	if (base && isPartial(await readSettings(repository))) await verifyComplete(repository, base, context.signal);
	const { empty, missing } = await findUnfilled(repository, base?.commit ?? "HEAD", context.signal);
	failOn(missing);
	return [{ kind: "worktrees", folder, empty }];
}

/** Has the filters of the base's files try one each: none that would run a file of the repository. */
async function lookAtFilters(
	repository: RepositoryPaths,
	base: Base | undefined,
	signal: AbortSignal,
): Promise<[Sound]> {
	const from = base ?? { name: "HEAD", commit: "HEAD" };
	const tried = await tryFilters(repository, from, await readSettings(repository), signal);
	failOn(tried.failed);
	return [{ kind: "filters", used: tried.good.map(({ name }) => name), undefined: tried.undefined }];
}

/** Room for what a run begins with, and for the worktrees that stand at once. */
async function lookAtDisk(
	repository: RepositoryPaths,
	base: Base | undefined,
	plan: readonly IssuePlan[],
	homes: readonly string[],
	{ options: { minFree, jobs, layout }, signal }: Context,
): Promise<[Sound]> {
	const path = worktreesFolder(layout, homeOf(repository));
	await verifySpace(repository, path, logFolder(logsOf(repository), layout.logs, null, ""), minFree, homes);
	const [free, worktree] = await Promise.all([
		freeSpace(path),
		sizeOfFilling(repository, base?.commit ?? "HEAD", signal),
	]);
	// More issues at once than there are need no room.
	const room = { path, free, worktree, jobs: Math.min(jobs, Math.max(plan.length, 1)), minFree };
	if (free < minFree + room.jobs * worktree) throw new Failure({ kind: "worktrees-too-large", ...room });
	return [{ kind: "disk", ...room }];
}

/** Of a partial clone, what it has. */
async function sizeOfFilling(repository: RepositoryPaths, commit: string, signal: AbortSignal): Promise<number> {
	if (!isPartial(await readSettings(repository))) return sizeOfWorktree(repository, commit, signal);
	return (await findFilling(repository, commit, signal)).size;
}
