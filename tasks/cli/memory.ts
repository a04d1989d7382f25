import { existsSync } from "node:fs";
import { given } from "../contract/given.ts";
import type { IssuePlan } from "../contract/issue.ts";
import { Failure, type Problem } from "../contract/problem.ts";
import type { TaskRecord } from "../contract/record.ts";
import type { Memory, Remembered } from "../engine/memory.ts";
import type { Outcome } from "../engine/outcome.ts";
import { loadOnce } from "../system/once.ts";

// Loaded when an issue has logs: what reads records takes longer to load than most looks take to begin.
const loadRecords = loadOnce(() => import("../store/task-records.ts"));

/** Keeps, in the logs of an issue, how its tasks ended that leave no record of their own. */
export const LOG_MEMORY: Memory<IssuePlan> = {
	async recall(task, { logDir }) {
		if (!existsSync(logDir)) return undefined;
		const record = await (await loadRecords()).readTaskRecord(logDir, task);
		return record && asRemembered(record);
	},
	async remember({ name }, { id, logDir, repository }, outcome) {
		// What is written where a repository was that has been moved meanwhile makes folders that nobody looks into.
		if (!existsSync(repository.commonDir)) return;
		const { dropTaskRecord, writeTaskRecord } = await loadRecords();
		try {
			const record = asRecord(name, id, outcome);
			if (record) await writeTaskRecord(logDir, record);
		} catch {
			// A value that can't be written down.
			await dropTaskRecord(logDir, name);
		}
	},
};

function asRemembered({ outcome, at, value, blockedBy, problems }: TaskRecord): Remembered {
	const error = new Failure(problems as unknown as readonly Problem[]);
	switch (outcome) {
		case "done":
			return { at, outcome: { status: "done", value } };
		case "failed":
			return { at, outcome: { status: "failed", error } };
		case "blocked":
			return { at, outcome: { status: "blocked", by: given({ issue: blockedBy }), error } };
	}
}

function asRecord(task: string, issueId: string, outcome: Outcome<unknown>): TaskRecord | undefined {
	const at = new Date().toISOString();
	const common = { version: 1 as const, task, issueId, at, problems: [] };
	switch (outcome.status) {
		case "done":
			return { ...common, outcome: "done", ...given({ value: asJson(outcome.value) }) };
		case "failed":
			return { ...common, outcome: "failed", problems: problemsIn(outcome.error) };
		case "blocked": {
			const by = given({ blockedBy: outcome.by.issue });
			return { ...common, outcome: "blocked", ...by, problems: outcome.error ? problemsIn(outcome.error) : [] };
		}
		default:
			return undefined;
	}
}

/** A value as it can be written down; a task is to return nothing else. */
function asJson(value: unknown): TaskRecord["value"] {
	const text = JSON.stringify(value);
	return text === undefined ? undefined : JSON.parse(text);
}

function problemsIn(error: Error): TaskRecord["problems"] {
	const problems: readonly Problem[] =
		error instanceof Failure ? error.problems : [{ kind: "defect", message: error.message }];
	return asJson(problems) as TaskRecord["problems"];
}
