import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readDocument } from "./backlog/document.ts";
import { type Base, type Issue, type IssuePlan, isClosed } from "./contract/issue.ts";
import type { Layout } from "./contract/layout.ts";
import { Failure } from "./contract/problem.ts";
import type { Withdrawn } from "./contract/standing.ts";
import { BlockedError, SkippedError } from "./engine/outcome.ts";
import { branchTip } from "./repo/branch.ts";
import { readCommitted } from "./repo/documents.ts";
import { resolveBase } from "./repo/repository.ts";

/**
 * Looks again at an issue's document, right before anything is begun for it: a night is long, and the base may have moved.
 * @returns the issue as it stands on the base now, to be begun from there; nothing where that changes nothing.
 * @throws SkippedError when it is not to be done any more, BlockedError when it has a new blocker, Failure when its document
 * is broken.
 */
export async function lookAgain(issue: IssuePlan, layout: Layout): Promise<IssuePlan | undefined> {
	const { repository, docPath } = issue;
	const base = await findMoved(issue);
	if (!base) return undefined;
	const text = await readCommitted(repository, issue.base, base, docPath);
	if (text === "same") return (await lacksBlocker(issue)) ? { ...issue, base } : undefined;
	const reading = text === undefined ? undefined : readDocument(docPath, Buffer.from(text), layout);
	if (reading?.kind === "broken") throw new Failure(reading.problems);
	const now = reading?.kind === "issue" ? reading.issue : undefined;
	const withdrawn = whyWithdrawn(issue, now, base);
	if (withdrawn || !now) throw new SkippedError(withdrawn);
	const by = now.blockedBy.find((id) => !issue.blockedBy.includes(id));
	if (by !== undefined) {
		const problem = new Failure({ kind: "newly-blocked", issue: issue.id, by, base: base.name });
		throw new BlockedError({ issue: by }, problem);
	}
	return { ...issue, ...now, base };
}

function whyWithdrawn(issue: Issue, now: Issue | undefined, { name }: Base): Withdrawn | undefined {
	const about = { issue: issue.id, base: name };
	if (!now || now.id !== issue.id) return { kind: "document-removed", ...about, file: issue.docPath };
	if (isClosed(now)) return { kind: "closed", ...about, state: now.state };
	if (now.milestone !== issue.milestone || now.project !== issue.project)
		return { kind: "moved", ...about, to: [now.project, now.milestone ?? "no milestone"].join(", ") };
	return undefined;
}

/** The base, where it has moved since the issue was planned. Of a branch, git's file says that it has not, as a rule. */
async function findMoved({ repository, base }: IssuePlan): Promise<Base | undefined> {
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
