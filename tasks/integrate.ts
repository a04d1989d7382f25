import { keyOf } from "./checks/key.ts";
import type { Check, VerifySettings } from "./contract/check.ts";
import type { Integrated, IntegrationRecord, IntegrationStep } from "./contract/integration.ts";
import { integrationMessage } from "./contract/integration-message.ts";
import { type IssuePlan, logsOf } from "./contract/issue.ts";
import type { ActionOptions } from "./contract/options.ts";
import type { NothingToIntegrate } from "./contract/value.ts";
import type { RunContext } from "./engine/task.ts";
import { type Candidate, findCandidates, findOutsideThere, type Verdicts } from "./integration/candidates.ts";
import { checksOfMerge } from "./integration/judge-merge.ts";
import { judgeMerge } from "./integration/judge-merge-trials.ts";
import { withIntegrationLock } from "./integration/lock.ts";
import { integrationName } from "./integration/name.ts";
import { moveBranch, verifyNotCheckedOut, verifyOwnBranch } from "./integration/own-branch.ts";
import { type PutTogether, putTogether } from "./integration/put-together.ts";
import { integrationBranch } from "./repo/addresses.ts";
import { branchTip, contains } from "./repo/branch.ts";
import { rememberMerge } from "./standing/merged-work.ts";
import { integrationFolder, readIntegration, writeIntegration } from "./store/integration-record.ts";
import { closeChecksPlaces } from "./verification/places.ts";

/** The checks that merges are judged by. */
export interface Checking {
	readonly checks: readonly Check[];
	readonly settings: VerifySettings;
}

/** What the task is given: the issues in order, and how the verdicts on them went. */
export interface IntegrateInputs {
	readonly plan: readonly IssuePlan[];
	readonly accepted: Verdicts;
}

type Context = RunContext<ActionOptions>;

/** Where an integration takes place, and what it begins with. */
interface Place {
	readonly issue: IssuePlan;
	readonly folder: string;
	readonly branch: string;
	readonly name: string;
	/** The last one. */
	readonly last: IntegrationRecord | undefined;
	/** The branch's tip. */
	readonly tip: string | undefined;
}

/**
 * Puts accepted issues together on a branch of their own, in the order in which they depend on each other, and judges each merge by what it
 * breaks. Nobody's checkout is touched; the branch moves last, in one step, to what all of it has come to.
 * @throws Failure `not-to-integrate`, `integration-branch-taken`, `integration-checked-out`, `integration-locked`,
 * `confinement-unavailable`, …; the signal's reason when that was aborted.
 */
export async function integrate(
	checking: Checking,
	{ plan, accepted }: IntegrateInputs,
	context: Context,
): Promise<Integrated | NothingToIntegrate> {
	const { options, signal } = context;
	const [issue] = plan;
	if (!issue) return { kind: "nothing-to-integrate" };
	const { repository, base } = issue;
	const candidates = await findCandidates(plan, accepted, options);
	const outside = await findOutsideThere(plan, options);
	const name = integrationName(plan, options);
	const branch = integrationBranch(options.layout, name);
	const folder = integrationFolder(logsOf(repository), options.layout.logs, name);
	const act = async (): Promise<Integrated> => {
		const last = await readIntegration(folder);
		const tip = await verifyOwnBranch(repository, branch, last);
		const place: Place = { issue, folder, branch, name, last, tip };
		const isSquashed = options.squash === true;
		const stands = last?.base.commit === base.commit && last.isSquashed === isSquashed && !options.force;
		const known = { base: base.commit, before: stands ? last : undefined, outside };
		const begun = new Date();
		if (!options.foresee) await rememberMerged(candidates);
		try {
			const done = await putTogether(candidates, known, {
				isSquashed,
				signal,
				messageOf: (each, of) =>
					options.foresee ? undefined : integrationMessage(each, of, isSquashed, options.rehearse),
				keyOf: (each, there) => keyOf(checksOfMerge(checking.checks, each, there), checking.settings, each, options),
				begin: async (each) => {
					if (tip !== undefined && !options.foresee) await verifyNotCheckedOut(repository, branch, base, signal);
					context.report({ kind: "merging", branch: each.branch });
				},
				judge: options.foresee ? async () => ({ counts: null }) : judgeMerge(checking, folder, context),
				keep: async (steps) => {
					if (!options.foresee) await writeIntegration(folder, recordOf(place, begun, steps, context));
				},
			});
			return options.foresee ? foreseen(place, begun, done, context) : await conclude(place, begun, done, context);
		} finally {
			await closeChecksPlaces();
		}
	};
	return options.foresee ? act() : withIntegrationLock(repository, { name, branch }, context, act);
}

/** What the last record tells of issues that have come to the base together, the next one does not: it stays known of each. */
async function rememberMerged(candidates: readonly Candidate[]): Promise<void> {
	for (const { issue, ...rest } of candidates)
		if (rest.kind === "there") await rememberMerge(issue, await branchTip(issue.repository, issue.branch), rest.commit);
}

/** Moves the branch to what was put together, and keeps how it went; the record first, by which the branch is known as ours. */
async function conclude(place: Place, begun: Date, { steps, tip }: PutTogether, context: Context): Promise<Integrated> {
	const { issue, branch, folder, tip: before } = place;
	const { repository, base } = issue;
	const to = await targetOf(place, steps, tip);
	const isNew = to !== undefined && to !== before;
	if (isNew && before !== undefined) await verifyNotCheckedOut(repository, branch, base, context.signal);
	context.signal.throwIfAborted();
	const record = {
		...recordOf(place, begun, steps, context),
		steps: [...steps],
		endedAt: new Date().toISOString(),
		tip: to ?? null,
	};
	await writeIntegration(folder, record);
	if (isNew) await moveBranch(repository, branch, to, before);
	return { kind: "integrated", record, isNew };
}

/** What the branch is to point to. Without anything to merge there is none, or it has nothing beyond the base. */
async function targetOf(
	{ issue: { repository, base }, tip: before }: Place,
	steps: readonly IntegrationStep[],
	tip: string,
): Promise<string | undefined> {
	if (steps.some(({ kind }) => kind === "merged")) return tip;
	// What was merged by a person is for `clean` to remove.
	return before === undefined || (await contains(repository, base.commit, before)) ? before : base.commit;
}

function foreseen(place: Place, begun: Date, { steps, tip, anew }: PutTogether, context: Context): Integrated {
	const record = { ...recordOf(place, begun, steps, context), steps: [...steps], tip };
	return { kind: "integrated", record, isNew: tip !== place.tip, foreseen: { open: anew } };
}

/** How far it has come; what was known of issues whose turn has not come yet stays known. */
function recordOf(
	{ issue: { base }, branch, name, last, tip }: Place,
	begun: Date,
	steps: readonly IntegrationStep[],
	{ options }: Context,
): IntegrationRecord {
	const isSquashed = options.squash === true;
	const stands = last?.base.commit === base.commit && last.isSquashed === isSquashed;
	const taken = new Set(steps.map(({ issue }) => issue));
	return {
		version: 1,
		name,
		branch,
		base: { name: base.name, commit: base.commit },
		isSquashed,
		startedAt: begun.toISOString(),
		endedAt: null,
		steps: [...steps, ...(stands ? last.steps.filter(({ issue }) => !taken.has(issue)) : [])],
		before: tip ?? null,
		tip: null,
	};
}
