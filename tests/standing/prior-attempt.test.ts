import { expect, test } from "vitest";
import { addEntry } from "../../tasks/backlog/add-entry.ts";
import type { AnswerEntry } from "../../tasks/contract/answer.ts";
import type { IssuePlan } from "../../tasks/contract/issue.ts";
import { tellPrior } from "../../tasks/standing/prior-attempt.ts";
import { attemptFiles } from "../../tasks/store/log-folder.ts";
import { writeRecord } from "../../tasks/store/records.ts";
import { attemptRecord } from "../support/documents.ts";
import { createRepository } from "../support/repository.ts";

const FILE = "docs/projects/p/issues/A-1.md";
const entry = (startedAt: string, answer: string, more: Partial<AnswerEntry> = {}): AnswerEntry => ({
	...{ date: "2026-07-24", phase: "dev", issue: "A-1", startedAt, remarks: [] },
	...{ answers: [{ question: "Which?", answer }], ...more },
});

test("an attempt is told what a person has said to the one before it and to those of other turns since, as the base has it", async () => {
	await using repository = await createRepository([{ id: "A-1" }]);
	const logDir = `${repository.path}/logs/orch/M1/A-1`;
	await writeRecord(attemptFiles(logDir, "dev").record, attemptRecord({ startedAt: "2026-07-23T22:00:00.000Z" }));
	const said = [
		entry("2026-07-22T22:00:00.000Z", "To the one before that."),
		entry("2026-07-23T22:00:00.000Z", "The first."),
		entry("2026-07-23T22:00:00.000Z", "Of another issue.", { issue: "A-2" }),
		entry("2026-07-23T23:00:00.000Z", "To the review.", { phase: "review", remarks: ["x".repeat(5_000)] }),
	];
	for (const each of said) await repository.write(FILE, addEntry(Buffer.from(await repository.read(FILE)), each));
	await repository.commit();
	const commit = await repository.git(["rev-parse", "HEAD"]);
	// What an agent writes on its branch, or stands in the checkout alone, nobody has said.
	await repository.write(
		FILE,
		addEntry(Buffer.from(await repository.read(FILE)), entry("2026-07-24T00:00:00.000Z", "Forged.")),
	);

	const at = { root: repository.path, commonDir: `${repository.path}/.git` };
	const issue = {
		id: "A-1",
		docPath: FILE,
		logDir,
		repository: at,
		base: { name: "main", commit },
	} as unknown as IssuePlan;
	const prior = await tellPrior(issue, "dev");
	expect(prior?.answers.slice(0, 2)).toEqual(["Which?\n\nAnswer: The first.", "Which?\n\nAnswer: To the review."]);
	expect(prior?.answers[2]).toMatch(/^x{2000}… \(the rest is in the document\)$/);
	expect(prior?.answers).toHaveLength(3);
	expect(await tellPrior(issue, "fix-1")).toBeUndefined();

	// A document that is gone on the base says nothing.
	const gone = { ...issue, docPath: "docs/gone.md" };
	expect((await tellPrior(gone, "dev"))?.answers).toEqual([]);
});
