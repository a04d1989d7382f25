import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { LOG_MEMORY } from "../../tasks/cli/memory.ts";
import { Failure, problemOf } from "../../tasks/contract/problem.ts";
import { forEach, type Task, task } from "../../tasks/engine/task.ts";
import { taskRecordFile } from "../../tasks/store/task-records.ts";
import { temporaryFolder } from "../support/documents.ts";
import { plannedIssue } from "../support/reports.ts";

const node = (name: string, more: { readonly intermediate?: true } = {}): Task =>
	forEach(task("plan", { summary: "", run: async () => [plannedIssue("A-1")] }))(name, {
		summary: "",
		run: async () => 1,
		...more,
	});

/** An issue of a repository that is there. */
const issueIn = (folder: string) =>
	plannedIssue("A-1", {
		logDir: join(folder, "logs/orch/M1/A-1"),
		repository: { root: folder, commonDir: folder },
	});

test("how a task ended is kept as it was, whatever the task is called", async () => {
	await using folder = await temporaryFolder();
	const issue = issueIn(folder.path);
	const value = { kind: "note", text: "ä\n", list: [1, null], left: undefined };
	for (const name of ["verify", "publish:pr", "../../../evil", "a/b", "ünïcode ✓"]) {
		await LOG_MEMORY.remember(node(name), issue, { status: "done", value });
		const kept = await LOG_MEMORY.recall(name, issue);
		expect(kept?.outcome).toEqual({ status: "done", value: { kind: "note", text: "ä\n", list: [1, null] } });
		expect(Date.parse(kept?.at ?? "")).toBeLessThanOrEqual(Date.now());
		expect(dirname(taskRecordFile(issue.logDir, name))).toBe(join(issue.logDir, "tasks"));
	}
	expect(await readdir(folder.path)).toEqual(["logs"]);

	const failure = new Failure([
		{ kind: "refused", message: "no", remedy: "yes" },
		{ kind: "disk-full", path: "/x" },
	]);
	await LOG_MEMORY.remember(node("verify"), issue, { status: "failed", error: failure });
	const failed = await LOG_MEMORY.recall("verify", issue);
	expect(failed?.outcome).toMatchObject({ status: "failed", error: { problems: failure.problems } });
	await LOG_MEMORY.remember(node("verify"), issue, { status: "failed", error: new TypeError("x is not a function") });
	const defect = (await LOG_MEMORY.recall("verify", issue))?.outcome;
	expect(defect?.status === "failed" && problemOf(defect.error)).toEqual({
		kind: "defect",
		message: "x is not a function",
	});
	await LOG_MEMORY.remember(node("verify"), issue, { status: "blocked", by: { issue: "A-0" }, error: failure });
	expect((await LOG_MEMORY.recall("verify", issue))?.outcome).toMatchObject({
		status: "blocked",
		by: { issue: "A-0" },
	});
	await LOG_MEMORY.remember(node("verify"), issue, { status: "done", value: undefined });
	expect((await LOG_MEMORY.recall("verify", issue))?.outcome).toEqual({ status: "done", value: undefined });
});

test("that a worktree could not be made is known also of an issue that nothing was made for", async () => {
	await using folder = await temporaryFolder();
	const issue = issueIn(folder.path);
	const error = new Failure({ kind: "refused", message: "no" });
	await LOG_MEMORY.remember(node("worktree:create", { intermediate: true }), issue, { status: "failed", error });
	expect((await LOG_MEMORY.recall("worktree:create", issue))?.outcome.status).toBe("failed");
});

test("what can't be kept is not told either, and what is no record says so", async () => {
	await using folder = await temporaryFolder();
	const issue = issueIn(folder.path);
	await LOG_MEMORY.remember(node("verify"), issue, { status: "done", value: 1 });
	const file = taskRecordFile(issue.logDir, "verify");
	expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({
		version: 1,
		task: "verify",
		issueId: "A-1",
		value: 1,
	});
	const circular: { self?: unknown } = {};
	circular.self = circular;
	await expect(
		LOG_MEMORY.remember(node("verify"), issue, { status: "done", value: circular }),
	).resolves.toBeUndefined();
	expect(await LOG_MEMORY.recall("verify", issue)).toBeUndefined();

	await mkdir(dirname(file), { recursive: true });
	await writeFile(file, '{"version":1,"task":"verify"}');
	await expect(LOG_MEMORY.recall("verify", issue)).rejects.toMatchObject({
		problems: [{ kind: "record-invalid", path: file }],
	});
});
