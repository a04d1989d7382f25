import { tmpdir } from "node:os";
import { issueFolders } from "./backlog/layout-patterns.ts";
import type { Note } from "./contract/activity.ts";
import { given } from "./contract/given.ts";
import type { IssuePlan, RepositoryPaths } from "./contract/issue.ts";
import type { RunOptions } from "./contract/options.ts";
import type { Phase } from "./contract/phase.ts";
import { Failure } from "./contract/problem.ts";
import { verifyPrompt } from "./contract/prompt.ts";
import type { Ready } from "./contract/value.ts";
import type { RunContext } from "./engine/task.ts";
import { findLocalChanges, findUncommitted } from "./repo/documents.ts";
import { findRelativeFilters } from "./repo/filters.ts";
import { findActiveHooks } from "./repo/hooks.ts";
import { isPartial, verifyComplete } from "./repo/missing-objects.ts";
import { verifyIdentity } from "./repo/repository.ts";
import { readSettings } from "./repo/settings.ts";
import { findUnfilled } from "./repo/submodules/unfilled.ts";
import { tryFilters } from "./repo/try-filters.ts";
import { readPromptParts } from "./runner/prompt-files.ts";
import type { CheckRequest, Runner } from "./runner/runner.ts";
import { verifyFreeSpace } from "./system/disk-space.ts";
import { verifyPlaces } from "./system/places.ts";
import { verifyWritable } from "./system/writable.ts";

type Inputs = { readonly plan: readonly IssuePlan[] };
type Context = RunContext<RunOptions>;

/**
 * Checks what every issue of the run relies on, before the first side effect: there is room on the disks, the
 * documents are part of the base, and commits can be made without running what an agent wrote.
 * @throws Failure `disk-low`, `document-not-committed`, `no-identity`, `relative-filter`, `objects-missing`, `submodule-missing`,
 * `filter-failed`.
 */
export async function verifyReady({ plan }: Inputs, context: Context): Promise<Ready> {
	const [first] = plan;
	if (!first) return { kind: "ready" };
	const { repository, base, worktreePath, logDir } = first;
	await verifySpace(repository, worktreePath, logDir, context.options.minFree);
	// A rehearsal signs with a name of its own.
	if (!repository.rehearsal) await verifyIdentity(repository.root);
	const documents = plan.map((issue) => issue.docPath);
	const settings = await readSettings(repository);
	if (isPartial(settings)) await verifyComplete(repository, base, context.signal);
	const folder = issueFolders(context.options.layout);
	const uncommitted = await findUncommitted(repository, base, folder, documents);
	const filters = findRelativeFilters(repository, settings);
	const { empty, missing } = await findUnfilled(repository, base.commit, context.signal);
	const problems = [...filters, ...uncommitted, ...missing];
	if (problems.length > 0) throw new Failure(problems);
	const tried = await tryFilters(repository, base, settings, context.signal);
	if (tried.failed.length > 0) throw new Failure(tried.failed);
	const [changes, hooks] = await Promise.all([findLocalChanges(repository), findActiveHooks(repository, settings)]);
	if (changes.length > 0) context.report({ kind: "note-local-changes", files: changes });
	if (empty.length > 0) context.report({ kind: "note-submodules-empty", base: base.name, paths: empty });
	if (tried.undefined.length > 0)
		context.report({ kind: "note-filters-undefined", base: base.name, filters: tried.undefined });
	if (hooks.length > 0) context.report({ kind: "note-hooks-skipped", hooks });
	return { kind: "ready" };
}

/**
 * Checks that turns could run, before anything is made for one: the prompts, what agents could write to, the logs, and the
 * runner.
 * @throws Failure `prompt-missing`, `prompt-invalid`, `disk-low`, `place-writable`, `folder-unwritable`, `runner-unavailable`.
 */
export async function verifyRunner(
	runner: Runner,
	phases: readonly Phase[],
	{ plan }: Inputs,
	{ options, signal, report }: Context,
): Promise<Ready> {
	const [first] = plan;
	if (!first) return { kind: "ready" };
	const { root, commonDir } = first.repository;
	await verifyPrompts(phases, root, options);
	await verifyFreeSpace(await runnerHomes(runner, checkRequest(root, commonDir, options)), options.minFree);
	await verifyRunPlaces(runner, plan, options);
	// They may lie in another checkout than this one.
	await verifyWritable(plan.map((issue) => issue.logDir));
	const { problems, warnings, sockets } = await runner.examine(checkRequest(root, commonDir, options), signal);
	const missing = Object.values(problems).flat();
	if (missing.length > 0) throw new Failure(missing);
	for (const note of notesOf(options)) report(note);
	if (!sockets) report({ kind: "note-no-sockets" });
	if (warnings.length > 0) report({ kind: "note-runner-warns", warnings });
	return { kind: "ready" };
}

/**
 * Checks that the prompts of these phases can be put together.
 * @throws Failure `prompt-missing`, `prompt-invalid`.
 */
export async function verifyPrompts(
	phases: readonly Phase[],
	root: string,
	{ packageRoot }: Pick<RunOptions, "packageRoot">,
): Promise<void> {
	for (const phase of phases) verifyPrompt(phase, await readPromptParts(phase, root, packageRoot));
}

/**
 * Checks that there is room wherever a run writes itself. @param further where else.
 * @throws Failure `disk-low`.
 */
export async function verifySpace(
	{ commonDir }: RepositoryPaths,
	worktreePath: string,
	logDir: string,
	minFree: number,
	further: readonly string[] = [],
): Promise<void> {
	await verifyFreeSpace([commonDir, worktreePath, logDir, tmpdir(), ...further], minFree);
}

/** Where the runner writes: what it keeps of every turn grows there, and need not be on the disk of anything else. */
export async function runnerHomes(runner: Runner, request: CheckRequest): Promise<string[]> {
	return (await runner.places(request)).flatMap(({ what, path }) => (what === "runner-home" ? [path] : []));
}

/** What the runner is asked about. */
export function checkRequest(
	directory: string,
	gitFolder: string | undefined,
	{ codex }: Pick<RunOptions, "codex">,
): CheckRequest {
	return { directory, ...given({ gitFolder, program: codex }) };
}

/**
 * Checks that nothing which the agents of this run must not write to lies where they can.
 * @throws Failure `place-writable`.
 */
export async function verifyRunPlaces(runner: Runner, plan: readonly IssuePlan[], options: RunOptions): Promise<void> {
	const [first] = plan;
	if (!first) return;
	const { root, commonDir, home, logs } = first.repository;
	const gitFolder = { what: "git-folder", path: commonDir } as const;
	const worktrees = plan.map(({ worktreePath }) => ({ what: "worktree", path: worktreePath }) as const);
	verifyPlaces(
		[
			{ what: "repository", path: root },
			...(home !== undefined && logs === undefined ? [{ what: "repository", path: home } as const] : []),
			{ what: "logs", path: first.logDir },
			{ what: "temporary-folder", path: tmpdir() },
			...(await runner.places(checkRequest(root, commonDir, options))),
			...(options.gitAccess ? [] : [gitFolder]),
		],
		[...worktrees, ...(options.gitAccess ? [gitFolder] : [])],
	);
}

/** What a person should have read of the options that give the agents more. */
function notesOf({ network, env = [], gitAccess }: RunOptions): Note[] {
	return [
		...(network ? [{ kind: "note-opened", what: "network", names: [] } as const] : []),
		...(env.length > 0 ? [{ kind: "note-opened", what: "env", names: env } as const] : []),
		...(gitAccess ? [{ kind: "note-opened", what: "git-access", names: [] } as const] : []),
	];
}
