import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { IssuePlan } from "../../tasks/contract/issue.ts";
import type { AttemptRecord } from "../../tasks/contract/record.ts";
import type { IssueSurvey } from "../../tasks/contract/standing.ts";
import { gather } from "../../tasks/night/gather.ts";
import { attemptRecord, verifyRecord } from "../support/documents.ts";
import { plannedIssue } from "../support/reports.ts";
import { createRepository, type TestRepository } from "../support/repository.ts";

const never = new AbortController().signal;

/** Plans an issue, with a record of its dev phase that started from `base` and saved `head`. */
async function issueOf(repository: TestRepository, id: string, changes: Partial<AttemptRecord> = {}) {
	const { git, folder, path } = repository;
	const base = { name: "main", commit: await git(["rev-parse", "main"]) };
	const logDir = join(folder, "logs", id);
	await mkdir(logDir, { recursive: true });
	const record = attemptRecord({ issueId: id, ...changes });
	await writeFile(join(logDir, "dev-run.json"), JSON.stringify(record));
	const issue = plannedIssue(id, { base, logDir, repository: { root: path, commonDir: join(path, ".git") } });
	return { issue, record };
}

async function commit(repository: TestRepository, file: string): Promise<string> {
	await repository.write(file, `${file}\n`);
	await repository.commit(`add ${file}`);
	return repository.git(["rev-parse", "HEAD"]);
}

function surveyOf({ id }: IssuePlan, tip: string | null, changes: Partial<IssueSurvey> = {}): IssueSurvey {
	return { issue: id, record: null, holder: null, tip, ahead: 1, isMerged: false, hasWorktree: false, ...changes };
}

const savedAt = (head: string) => ({
	saved: { at: "", head, commit: head, commits: 1, filesChanged: 1, insertions: 1, deletions: 0 },
});

test("an issue's own commits and changes: without its blockers', without what came to the base since or was merged from it", async () => {
	await using repository = await createRepository();
	const { git } = repository;
	const main = await git(["rev-parse", "main"]);
	const base = { name: "main", commit: main, stack: [] };
	await git(["switch", "-q", "-c", "issue/A-1"]);
	const a = await commit(repository, "a.txt");
	await git(["switch", "-q", "-c", "issue/B-1"]);
	const b = await commit(repository, "b.txt");
	await git(["switch", "-q", "main"]);
	await commit(repository, "of-main.txt");
	await git(["switch", "-q", "-c", "issue/C-1", main]);
	const c = await commit(repository, "c.txt");
	await git(["merge", "-q", "-m", "the base", "main"]);
	const c2 = await commit(repository, "c2.txt");

	const one = await issueOf(repository, "A-1", { base, ...savedAt(a) });
	const two = await issueOf(repository, "B-1", {
		base: { ...base, stack: [{ issue: "A-1", branch: "issue/A-1", commit: a }], start: a },
		...savedAt(b),
	});
	const three = await issueOf(repository, "C-1", { base, ...savedAt(c) });
	const untouched = await issueOf(repository, "D-1", { base, saved: null });
	const plan = [one, two, three, untouched].map(({ issue }) => issue);
	const surveys = plan.map((issue, at) => surveyOf(issue, [a, b, c2, null][at] ?? null));
	const { issues } = await gather(plan, surveys, never);

	expect(issues.map(({ commits }) => commits.map(({ subject }) => subject))).toEqual([
		["add a.txt"],
		["add b.txt"],
		["add c.txt", "the base", "add c2.txt"],
		[],
	]);
	expect(issues.map(({ diff }) => diff?.files.map(({ path }) => path))).toEqual([
		["a.txt"],
		["b.txt"],
		["c.txt", "c2.txt"],
		undefined,
	]);
	expect(issues[1]?.diff).toMatchObject({ from: a, to: b });
});

test("what was merged and its branch removed is told from the commits that were recorded, as long as git has them", async () => {
	await using repository = await createRepository();
	const { git } = repository;
	const base = { name: "main", commit: await git(["rev-parse", "main"]), stack: [] };
	await git(["switch", "-q", "-c", "issue/A-1"]);
	const head = await commit(repository, "a.txt");
	await git(["switch", "-q", "main"]);
	await git(["merge", "-q", "--no-ff", "-m", "take it", "issue/A-1"]);
	await git(["branch", "-q", "-D", "issue/A-1"]);
	const merged = await issueOf(repository, "A-1", { base, ...savedAt(head) });
	const gone = await issueOf(repository, "B-1", { base, ...savedAt("9".repeat(40)) });
	const { issues } = await gather(
		[merged.issue, gone.issue],
		[surveyOf(merged.issue, null, { isMerged: true }), surveyOf(gone.issue, null)],
		never,
	);
	expect(issues[0]).toMatchObject({ commits: [{ commit: head }], diff: { files: [{ path: "a.txt" }], to: head } });
	expect(issues[1]).toMatchObject({ commits: [], diff: null });
});

test("a branch that is as its base changes nothing, and work is compared with what its checks compared it with", async () => {
	await using repository = await createRepository();
	const { git } = repository;
	const base = { name: "main", commit: await git(["rev-parse", "main"]), stack: [] };
	await git(["switch", "-q", "-c", "issue/A-1"]);
	const first = await commit(repository, "a.txt");
	const tip = await commit(repository, "b.txt");
	const same = await issueOf(repository, "A-1", { base });
	const checked = await issueOf(repository, "B-1", { base, ...savedAt(tip) });
	const checks = verifyRecord({ commit: tip, base: first });
	const { issues } = await gather(
		[same.issue, checked.issue],
		[surveyOf(same.issue, base.commit), surveyOf(checked.issue, tip, { judged: { checks } })],
		never,
	);
	expect(issues[0]?.diff).toMatchObject({ files: [], insertions: 0 });
	expect(issues[1]?.diff).toMatchObject({ from: first, files: [{ path: "b.txt" }] });
	expect(issues[1]?.commits).toHaveLength(2);
});
