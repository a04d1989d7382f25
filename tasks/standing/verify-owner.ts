import { readFileSync } from "node:fs";
import { join } from "node:path";
import { addressNameOf } from "../contract/identity.ts";
import type { IssuePlan } from "../contract/issue.ts";
import type { Layout } from "../contract/layout.ts";
import { Failure } from "../contract/problem.ts";
import { exists } from "../system/paths.ts";

/**
 * Checks that what stands at an issue's addresses was made for its document: an orchfile that names other documents, or a clone of
 * before, can have work on another one there.
 * @throws Failure `made-for-another`.
 */
export async function verifyOwner(issue: IssuePlan, layout: Layout): Promise<void> {
	const { id, branch, docPath, logDir, repository } = issue;
	const hasLogs = await exists(logDir);
	// Most issues are new.
	if (!hasLogs && !(await mayBeThere(issue))) return;
	const owner = (hasLogs ? await ownerByRecord(logDir) : undefined) ?? (await ownerByBranch(issue));
	const { findOtherOwner } = await import("./owner.ts");
	const other = owner && findOtherOwner(owner, issue, repository.root, layout);
	if (other === undefined) return;
	throw new Failure({ kind: "made-for-another", issue: id, branch, logDir, file: docPath, other });
}

async function ownerByRecord(logDir: string) {
	const { readLastTurn } = await import("../store/turns.ts");
	// One that can't be read is told by whatever needs it.
	const record = await readLastTurn(logDir).catch(() => undefined);
	return record?.issueDocPath === undefined ? undefined : record;
}

async function ownerByBranch(issue: IssuePlan) {
	if (!(await mayBeThere(issue))) return undefined;
	const { documentOfBranch } = await import("../repo/branch-documents.ts");
	const { repository, branch, base } = issue;
	const file = await documentOfBranch(repository, branch, addressNameOf(issue), base.commit);
	return file === undefined ? undefined : { issueDocPath: file };
}

/** False where git's own files say that there is no such branch (gitrepository-layout(5)): that is asked of every issue that is begun. */
async function mayBeThere({ repository: { commonDir }, branch }: IssuePlan): Promise<boolean> {
	if (await exists(join(commonDir, "refs/heads", branch))) return true;
	if (await exists(join(commonDir, "reftable"))) return true;
	try {
		return readFileSync(join(commonDir, "packed-refs"), "utf8").includes(` refs/heads/${branch}\n`);
	} catch {
		return false;
	}
}
