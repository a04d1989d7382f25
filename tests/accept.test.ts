import { join } from "node:path";
import { expect, test } from "vitest";
import { accept } from "../tasks/accept.ts";
import type { IssuePlan } from "../tasks/contract/issue.ts";
import { reviewed } from "./support/judged.ts";
import { plannedIssue } from "./support/reports.ts";
import { createRepository } from "./support/repository.ts";

test("a verdict is noted on the work's own commit, and not on the base's where nothing was changed", async () => {
	await using repository = await createRepository([{ id: "A-1" }]);
	const { git, path } = repository;
	const start = await git(["rev-parse", "HEAD"]);
	const work = await git(["commit-tree", "-p", start, "-m", "work", "HEAD^{tree}"]);
	const issue: IssuePlan = plannedIssue("A-1", {
		repository: { root: path, commonDir: join(path, ".git") },
		branch: "issue/A-1",
		base: { name: "main", commit: start },
		logDir: join(path, "logs/orch/M1/A-1"),
	});
	const noted = async (tip: string) => {
		await git(["update-ref", "refs/heads/issue/A-1", tip]);
		const { record } = reviewed("pass");
		const review = { kind: "turn", record: { ...record, base: { ...record.base, commit: start, tip } } } as const;
		const tested = { kind: "verified", commit: tip, record: null } as const;
		const { record: verdict } = await accept({ tested, review }, { issue, report: () => {} } as never);
		expect(verdict).toMatchObject({ outcome: "accepted", commit: tip, base: start });
		return (await git(["for-each-ref", "refs/notes/orch"])) === ""
			? []
			: (await git(["notes", "--ref=orch", "list"])).split(/\s+/);
	};
	expect(await noted(start)).toEqual([]);
	expect((await noted(work)).slice(1)).toEqual([work]);
});
