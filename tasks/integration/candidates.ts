import { findNamed, nearestIssues } from "../backlog/identify.ts";
import type { LeftOut } from "../contract/integration.ts";
import type { IssuePlan } from "../contract/issue.ts";
import type { RunOptions } from "../contract/options.ts";
import { Failure, type Problem, problemOf } from "../contract/problem.ts";
import type { Accepted, PassedElsewhere } from "../contract/value.ts";
import { isGood, type Outcome } from "../engine/outcome.ts";
import { branchTip } from "../repo/branch.ts";
import { findAccepted } from "../standing/accepted.ts";
import { findMergeCommit } from "../standing/merged-work.ts";
import { readLastWork } from "../store/turns.ts";

/** How the verdicts on issues went, by their ids. */
export type Verdicts = ReadonlyMap<string, Outcome<Accepted | PassedElsewhere>>;

/** An issue, and what there is of it to be put together. */
export type Candidate = { readonly issue: IssuePlan } & (
	| { readonly kind: "accepted"; readonly tip: string }
	/** The base has its work, which came there with this commit. */
	| { readonly kind: "there"; readonly commit: string }
	| { readonly kind: "left"; readonly why: LeftOut }
);

type Options = Pick<RunOptions, "packageRoot" | "layout" | "only" | "except" | "target">;

/**
 * What there is of each issue to be put together: what was accepted at the very tip of its branch, and is asked for.
 * @throws Failure `not-to-integrate` where something else is asked for.
 */
export async function findCandidates(
	plan: readonly IssuePlan[],
	verdicts: Verdicts,
	options: Options,
): Promise<Candidate[]> {
	const isExcluded = excluding(plan, options);
	return Promise.all(plan.map((issue) => candidateOf(issue, verdicts.get(issue.id), isExcluded(issue))));
}

async function candidateOf(
	issue: IssuePlan,
	verdict: Outcome<Accepted | PassedElsewhere> | undefined,
	isExcluded: boolean,
): Promise<Candidate> {
	const left = (why: LeftOut): Candidate => ({ issue, kind: "left", why });
	const value = verdict && isGood(verdict) ? verdict.value : undefined;
	if (value?.kind === "passed-elsewhere") return { issue, kind: "there", commit: value.commit };
	const accepted = value?.kind === "accepted" ? value.record.commit : undefined;
	const tip = accepted === undefined ? undefined : await branchTip(issue.repository, issue.branch);
	const commit = accepted !== undefined && tip === accepted ? await findOnBase(issue, tip) : undefined;
	if (commit !== undefined) return { issue, kind: "there", commit };
	if (isExcluded) return left({ kind: "excluded" });
	if (accepted === undefined) return left({ kind: "not-accepted", reasons: reasonsOf(verdict) });
	if (tip === undefined) return left({ kind: "branch-gone", accepted });
	return tip === accepted ? { issue, kind: "accepted", tip } : left({ kind: "gone-on", accepted });
}

/** The commit with which the base has what was accepted: that stands as long as its branch does, whatever anybody has merged. */
async function findOnBase(issue: IssuePlan, tip: string): Promise<string | undefined> {
	const record = (await readLastWork(issue.logDir))?.record;
	// Most are asked before anything has happened on the base.
	return record?.base.commit === issue.base.commit ? undefined : findMergeCommit(issue, record, tip);
}

function reasonsOf(verdict: Outcome<unknown> | undefined) {
	const problem = verdict?.status === "failed" ? problemOf(verdict.error) : undefined;
	return problem?.kind === "not-accepted" ? [...problem.record.reasons] : [];
}

/** The blockers of these issues that are no part of them, and of which the base has the work. */
export async function findOutsideThere(plan: readonly IssuePlan[], options: Options): Promise<string[]> {
	const outside = new Map(plan.flatMap((issue) => issue.outside.map((each) => [each.id, each] as const)));
	const found = await Promise.all(
		[...outside.values()].map(async (issue) => {
			const { upToDate, ...rest } = await findAccepted(issue, options, null);
			const value = upToDate && "value" in rest ? rest.value : undefined;
			if (value?.kind === "accepted")
				return (await findOnBase(issue, value.record.commit)) === undefined ? [] : [issue.id];
			return value ? [issue.id] : [];
		}),
	);
	return found.flat();
}

/** What `--only` and `--except` leave out. */
function excluding(plan: readonly IssuePlan[], { only, except, target = "" }: Options): (issue: IssuePlan) => boolean {
	const problems: Problem[] = [];
	const read = (option: "only" | "except", names: readonly string[]) =>
		names.map((name) => {
			const [found, another] = plan.filter(({ id }) => id === name).concat(findNamed(name, plan) as IssuePlan[]);
			if (found && (!another || another.id === found.id)) return found.id;
			problems.push({ kind: "not-to-integrate", option, name, target, nearest: nearestIssues(name, plan) });
			return name;
		});
	const [wanted, unwanted] = [only && read("only", only), read("except", except ?? [])];
	if (problems.length > 0) throw new Failure(problems);
	return ({ id }) => unwanted.includes(id) || (wanted !== undefined && !wanted.includes(id));
}
