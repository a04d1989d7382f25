import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readDocument } from "../backlog/document.ts";
import { identify } from "../backlog/identify.ts";
import { issueFolders, issuesPattern } from "../backlog/layout-patterns.ts";
import { orderIssues } from "../backlog/order.ts";
import { given } from "../contract/given.ts";
import { ownIdOf, qualifiedId } from "../contract/identity.ts";
import type { Base, Issue, IssuePlan } from "../contract/issue.ts";
import type { Layout } from "../contract/layout.ts";
import { Failure } from "../contract/problem.ts";
import type { Withdrawn } from "../contract/standing.ts";
import { isClosed, whyHeld } from "../contract/state.ts";
import { BlockedError, SkippedError } from "../engine/outcome.ts";
import { branchTip } from "../repo/branch.ts";
import { findMoved, readCommitted } from "../repo/documents.ts";
import { resolveBase } from "../repo/repository.ts";

/**
 * Looks again at an issue's document and at what it waits for, right before anything is begun for it: a night is long, and the
 * base may have moved.
 * @returns the issue as it stands on the base now, to be begun from there; nothing where that changes nothing.
 * @throws SkippedError when it is not to be done any more, BlockedError when it has a new blocker, Failure when its document
 * is broken, or names a blocker that there is not.
 */
export async function lookAgain(issue: IssuePlan, layout: Layout): Promise<IssuePlan | undefined> {
	const { repository, docPath } = issue;
	const base = await findMovedBase(issue);
	if (!base) return undefined;
	const folders = issueFolders(layout);
	const pattern = issuesPattern(layout);
	const moved = (await findMoved(repository, issue.base, base, folders)).filter((file) => pattern.test(file));
	const asPlanned = async () => ((await lacksBlocker(issue)) ? { ...issue, base } : undefined);
	if (moved.length === 0) return asPlanned();
	const texts = await readCommitted(repository, base, folders, (file) => pattern.test(file));
	const readings = [...texts].map(([file, text]) => readDocument(file, Buffer.from(text), layout));
	const own = readings[[...texts.keys()].indexOf(docPath)];
	if (own?.kind === "broken") throw new Failure(own.problems);
	const read = readings.flatMap((each) => (each.kind === "issue" ? [each.issue] : []));
	const all = identify(read, layout.states).issues;
	const namesakes = all.filter((each) => ownIdOf(each) === ownIdOf(issue));
	const now =
		// One that stands twice since then is none of those that can be told apart.
		[...namesakes, ...read].find((each) => each.docPath === docPath && ownIdOf(each) === ownIdOf(issue)) ??
		namesakes.find(({ project }) => project === issue.project) ??
		(namesakes.length === 1 ? namesakes[0] : undefined);
	const withdrawn = whyWithdrawn(issue, now, base, layout);
	if (withdrawn || !now) throw new SkippedError(withdrawn);
	const blocker = findNewBlocker(issue, now, all, layout) ?? (await findHeldBlocker(issue, all, layout));
	if (blocker) {
		const isOwn = now.blockedBy.includes(blocker.id) && moved.includes(now.docPath);
		const file = isOwn ? now.docPath : blocker.docPath;
		const problem = new Failure({ kind: "newly-blocked", issue: issue.id, by: blocker.id, file, base: base.name });
		throw new BlockedError({ issue: blocker.id }, problem);
	}
	if (!moved.includes(now.docPath)) return asPlanned();
	const { id, ownId, address } = issue;
	const { ownId: _, address: __, ...written } = now;
	return { ...issue, ...written, id, ...given({ ownId, address }), base };
}

/**
 * The first issue that has to be done before this one, and was not when it was planned.
 * @throws Failure when its document names one that there is not.
 */
function findNewBlocker(planned: IssuePlan, now: Issue, all: readonly Issue[], layout: Layout): Issue | undefined {
	const { ordered, problems } = orderIssues([now], all, layout);
	if (problems.length > 0) throw new Failure(problems);
	// What it is called by may be more than its id since then, or no more than that.
	const isPlanned = (each: Issue) =>
		[each.id, ownIdOf(each), qualifiedId(each.project, ownIdOf(each))].some((id) => planned.blockers.includes(id));
	const blockers = new Set(ordered.flatMap((each) => each.blockers));
	return all.find((each) => blockers.has(each.id) && !isPlanned(each) && !isClosed(each, layout.states));
}

/** A blocker that was held back during the run, so that nothing was done for it: what waits for it has nothing to build on. */
async function findHeldBlocker(planned: IssuePlan, all: readonly Issue[], layout: Layout): Promise<Issue | undefined> {
	const before = new Set(planned.outside.filter(({ held }) => held).map(({ id }) => id));
	for (const { issue, branch } of planned.stack) {
		const now = before.has(issue) ? undefined : all.find(({ id }) => id === issue);
		if (now && whyHeld(now, layout.states) && !(await branchTip(planned.repository, branch))) return now;
	}
	return undefined;
}

function whyWithdrawn(issue: Issue, now: Issue | undefined, { name }: Base, { states }: Layout): Withdrawn | undefined {
	const about = { issue: issue.id, base: name };
	if (!now) return { kind: "document-removed", ...about, file: issue.docPath };
	if (isClosed(now, states)) return { kind: "closed", ...about, state: now.state };
	if (whyHeld(now, states)) return { kind: "held-back", ...about, state: now.state };
	if (now.milestone !== issue.milestone || now.project !== issue.project)
		return { kind: "moved", ...about, to: [now.project, now.milestone ?? "no milestone"].join(", ") };
	return undefined;
}

/** The base, where it has moved since the issue was planned. Of a branch, git's file says that it has not, as a rule. */
async function findMovedBase({ repository, base }: IssuePlan): Promise<Base | undefined> {
	const ref = await readFile(join(repository.commonDir, "refs/heads", base.name), "utf8").catch(() => "");
	if (ref.trim() === base.commit) return undefined;
	const now = await resolveBase(repository, base.name).catch(() => undefined);
	return now && now.commit !== base.commit ? now : undefined;
}

/** True when a blocker has no branch: it was closed during the run, and what was done for it is on the base. */
async function lacksBlocker({ repository, stack }: IssuePlan): Promise<boolean> {
	const tips = await Promise.all(stack.map(({ branch }) => branchTip(repository, branch)));
	return tips.includes(undefined);
}
