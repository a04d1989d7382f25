import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readDocument } from "../backlog/document.ts";
import { isSameName, ownIdOf } from "../contract/identity.ts";
import type { Issue } from "../contract/issue.ts";
import type { Layout } from "../contract/layout.ts";
import type { AttemptRecord } from "../contract/record.ts";

/** The document that something was made for, as far as what was made tells. */
export interface Owner {
	readonly issueDocPath?: string | undefined;
	readonly project?: string | undefined;
	readonly title?: string | undefined;
}

/**
 * The document that something was made for, where that is not this issue's: it still stands, as another with the same id; or it is gone, and
 * neither project nor title say that it is the same one in another place.
 */
export function findOtherOwner(owner: Owner, issue: Issue, root: string, layout: Layout): string | undefined {
	const { issueDocPath: file, project, title } = owner;
	if (file === undefined || file === issue.docPath) return undefined;
	if (stands(file, issue, root, layout)) return file;
	const isSame = project === undefined || isSameName(project, issue.project) || title === issue.title;
	return isSame ? undefined : file;
}

/** The one of several issues with one id that a record is about; nothing where it may be more than one of them, or none. */
export function findOwner(record: AttemptRecord, issues: readonly Issue[]): Issue | undefined {
	const { issueDocPath: file, project } = record;
	if (file !== undefined) {
		const own = issues.find(({ docPath }) => docPath === file);
		return own ?? issues.find((issue) => project !== undefined && isSameName(issue.project, project));
	}
	const milestone = record.milestoneId;
	const like = issues.filter(
		(issue) =>
			(issue.milestone ?? "") === milestone && (issue.docHash === record.issueDocHash || issue.title === record.title),
	);
	return like.length === 1 ? like[0] : undefined;
}

function stands(file: string, issue: Issue, root: string, layout: Layout): boolean {
	try {
		const reading = readDocument(file, readFileSync(join(root, file)), layout);
		return reading.kind === "issue" && isSameName(reading.issue.id, ownIdOf(issue));
	} catch {
		return false;
	}
}
