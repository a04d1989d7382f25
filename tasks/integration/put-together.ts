import { addressNameOf } from "../contract/identity.ts";
import type { IntegrationRecord, IntegrationStep, LeftOut } from "../contract/integration.ts";
import type { IssuePlan } from "../contract/issue.ts";
import type { CheckCounts } from "../contract/verify-record.ts";
import { areThere, commitTogether, mergeTree, type Together } from "../repo/integration.ts";
import type { Candidate } from "./candidates.ts";
import { conflictOf } from "./conflict.ts";

/** What the checks say of a merge. */
export type Judgement = { readonly counts: CheckCounts | null } | { readonly why: LeftOut };

/** How merges are made and judged. */
export interface Ways {
	readonly isSquashed: boolean;
	/** The message of an issue's commit; nothing where it is only tried. */
	readonly messageOf: (issue: IssuePlan, tip: string) => string | undefined;
	/** Of the checks by which a merge is judged, with those of the issues that are there already; `null` where there are none. */
	readonly keyOf: (issue: IssuePlan, there: readonly IssuePlan[]) => string | null;
	readonly judge: (issue: IssuePlan, there: readonly IssuePlan[], before: string, commit: string) => Promise<Judgement>;
	/** Told after each step. */
	readonly keep: (steps: readonly IntegrationStep[]) => Promise<void>;
	/** Told before a branch is merged. */
	readonly begin: (issue: IssuePlan) => Promise<void>;
	readonly signal: AbortSignal;
}

/** Issues that were put together. */
export interface PutTogether {
	readonly steps: readonly IntegrationStep[];
	/** The last commit; that of the base where nothing was merged. */
	readonly tip: string;
	/** Issues that were merged or tried anew, and not taken over from before. */
	readonly anew: readonly string[];
}

/**
 * Puts issues together, each on top of those before it. What can't be merged, or breaks what passed before it, is left out with what builds
 * on it, and the others are gone on with.
 * @param before what was done the last time: as long as an issue and all that comes before it are the same, it stands.
 * @param outside ids of blockers of which the base has the work.
 * @throws Failure as merges and checks do; the signal's reason when that was aborted.
 */
export async function putTogether(
	candidates: readonly Candidate[],
	{ base, before, outside }: { base: string; before: IntegrationRecord | undefined; outside: readonly string[] },
	ways: Ways,
): Promise<PutTogether> {
	const steps: IntegrationStep[] = [];
	const anew: string[] = [];
	const good = new Set(outside);
	const there: IssuePlan[] = [];
	let together: Together = { commit: base, merge: base };
	for (const candidate of candidates) {
		ways.signal.throwIfAborted();
		const { issue } = candidate;
		const about = { issue: issue.id, address: addressNameOf(issue) };
		const blocker = issue.blockers.find((id) => !good.has(id));
		if (candidate.kind === "there") steps.push({ ...about, kind: "there" });
		else if (candidate.kind === "left") steps.push({ ...about, ...NOT_TRIED, why: candidate.why });
		else if (blocker !== undefined) steps.push({ ...about, ...NOT_TRIED, why: { kind: "blocker", issue: blocker } });
		else {
			const known = await findKnown(before, candidate, together, ways.keyOf(issue, there));
			if (!known) anew.push(issue.id);
			steps.push(known ?? (await takeStep(candidate, together, { there, steps }, ways)));
		}
		const step = steps.at(-1);
		if (step?.kind === "merged") together = { commit: step.commit, merge: step.merge };
		if (step?.kind === "merged") there.push(issue);
		if (step && step.kind !== "left") good.add(issue.id);
		if (anew.at(-1) === issue.id) await ways.keep(steps);
	}
	return { steps, tip: together.commit, anew };
}

const NOT_TRIED = { kind: "left", tip: null, before: null, key: null } as const;

type AcceptedCandidate = Extract<Candidate, { kind: "accepted" }>;

/** What the last time says of an issue: nothing where something is otherwise, or where it had no answer. */
async function findKnown(
	before: IntegrationRecord | undefined,
	{ issue, tip }: AcceptedCandidate,
	{ commit }: Together,
	key: string | null,
): Promise<IntegrationStep | undefined> {
	const known = before?.steps.find((each) => each.issue === issue.id);
	if (!known || known.kind === "there" || known.tip !== tip || known.before !== commit || known.key !== key)
		return undefined;
	if (known.kind === "left") return known.why.kind === "not-run" ? undefined : known;
	return (await areThere(issue.repository, [known.commit, known.merge])) ? known : undefined;
}

async function takeStep(
	{ issue, tip }: AcceptedCandidate,
	together: Together,
	{ there, steps }: { readonly there: readonly IssuePlan[]; readonly steps: readonly IntegrationStep[] },
	ways: Ways,
): Promise<IntegrationStep> {
	const { repository } = issue;
	const { signal, isSquashed } = ways;
	const about = { issue: issue.id, address: addressNameOf(issue) };
	const before = together.commit;
	const key = ways.keyOf(issue, there);
	const tried = { ...about, tip, before, key };
	await ways.begin(issue);
	const merge = await mergeTree(repository, together, tip, signal);
	if (merge.kind === "there") return { ...about, kind: "there" };
	if (merge.kind === "conflict")
		return { ...tried, kind: "left", why: await conflictOf(issue, tip, merge.files, together, steps, signal) };
	const message = ways.messageOf(issue, tip);
	const made = await commitTogether(repository, together, { tip, tree: merge.tree }, { message, isSquashed }, signal);
	const judgement = await ways.judge(issue, there, before, made.commit);
	if ("why" in judgement) return { ...tried, kind: "left", why: judgement.why };
	return { ...tried, kind: "merged", ...made, checks: judgement.counts };
}
