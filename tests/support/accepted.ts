import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { GivenCheck } from "../../tasks/checks/given-checks.ts";
import { checksFrom } from "../../tasks/checks/given-checks.ts";
import { checksOf, keyOf } from "../../tasks/checks/key.ts";
import type { AcceptRecord } from "../../tasks/contract/accept-record.ts";
import { commitMessage } from "../../tasks/contract/commit-message.ts";
import type { Issue } from "../../tasks/contract/issue.ts";
import { hashPrompt } from "../../tasks/contract/prompt.ts";
import { readPromptParts } from "../../tasks/runner/prompt-files.ts";
import { ROOT } from "../bench/processes.ts";
import { acceptRecord, attemptRecord, issue } from "./documents.ts";
import type { World } from "./world.ts";

/** Work on an issue, and what came of it. */
export interface Work {
	/** Lines for a shell, in a worktree of the issue's branch. */
	readonly script: string;
	/** What the branch starts from; `main` when absent. */
	readonly from?: string;
	/** The verdict, where it is another than accepted. */
	readonly verdict?: Partial<AcceptRecord> | "none";
	/** Its own checks, as its document has them. */
	readonly issue?: Partial<Issue>;
}

/** Makes the branches of issues and the records of their verdicts, as a run of `deliver` leaves them, without an agent or a check. */
export async function acceptAll(
	{ repository }: World,
	works: Readonly<Record<string, Work>>,
	given: readonly GivenCheck[] = [],
): Promise<void> {
	const { git, path, folder } = repository;
	const maker = join(folder, "maker");
	const promptHash = hashPrompt("dev", await readPromptParts("dev", path, ROOT));
	await git(["worktree", "add", "-q", "--detach", maker]);
	for (const [id, { script, from = "main", verdict = {}, issue: changes = {} }] of Object.entries(works)) {
		const of = issue(id, changes);
		await git(["switch", "-q", "-C", `issue/${id}`, from], maker);
		await promisify(execFile)("sh", ["-ec", script], { cwd: maker });
		await git(["add", "-A"], maker);
		const message = commitMessage(of, attemptRecord({ threadId: `thread-${id}` }), `Did ${id}.`);
		await git(["commit", "-q", "--allow-empty", "-m", message], maker);
		const [head, base, commits] = await Promise.all([
			git(["rev-parse", "HEAD"], maker),
			git(["rev-parse", from], maker),
			git(["rev-list", "--count", `main..HEAD`], maker),
		]);
		const logDir = join(path, "logs/orch/M1", id);
		await mkdir(logDir, { recursive: true });
		await writeFile(join(path, "logs/orch/.gitignore"), "*\n");
		const saved = {
			at: "2026-01-02T03:05:04.678Z",
			head,
			commit: head,
			commits: Number(commits),
			filesChanged: 1,
			insertions: 1,
			deletions: 0,
		};
		const record = attemptRecord({
			issueId: id,
			issueDocPath: of.docPath,
			project: "p",
			saved,
			branch: `issue/${id}`,
			threadId: `thread-${id}`,
			promptHash,
			base: { name: "main", commit: base, stack: [], tip: base },
		});
		await writeFile(join(logDir, "dev-run.json"), JSON.stringify(record));
		const key = keyOf(checksOf(checksFrom(given), of), {}, of, {});
		const accepted = acceptRecord({ issueId: id, commit: head, base, key, ...(verdict === "none" ? {} : verdict) });
		if (verdict !== "none") await writeFile(join(logDir, "accept-run.json"), JSON.stringify(accepted));
	}
	await git(["worktree", "remove", "--force", maker]);
}
