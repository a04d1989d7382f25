import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { IssuePlan } from "../../tasks/contract/issue.ts";
import { phaseOf, type TurnName } from "../../tasks/contract/phase.ts";
import type { AttemptRecord } from "../../tasks/contract/record.ts";
import { readDelivery } from "../../tasks/standing/delivery.ts";
import { attemptFiles } from "../../tasks/store/log-folder.ts";
import { writeJson, writeRecord } from "../../tasks/store/records.ts";
import { writeAcceptRecord } from "../../tasks/store/verdicts.ts";
import { acceptRecord, attemptRecord, temporaryFolder, verifyRecord } from "../support/documents.ts";
import { plannedIssue } from "../support/reports.ts";

/** What has happened to an issue, one thing after the other. Commits are letters. */
type Happening =
	/** A turn that began at a commit, how it ended, and the commit it was saved as; none where it was not saved yet. */
	| readonly [turn: TurnName, from: string, outcome: AttemptRecord["outcome"], saved?: string]
	| readonly ["verify", slot: number, commit: string]
	| readonly ["accept", outcome: "accepted" | "not-accepted", commit: string];

const HASH = (letter: string) => letter.repeat(40);

/** How far the work has come, in letters. */
async function deliveryAfter(tip: string, happened: readonly Happening[]) {
	await using folder = await temporaryFolder();
	const commonDir = join(folder.path, ".git");
	const logDir = join(folder.path, "logs/orch/M1/A-1");
	await mkdir(join(commonDir, "refs/heads/issue"), { recursive: true });
	await writeFile(join(commonDir, "refs/heads/issue/A-1"), `${HASH(tip)}\n`);
	for (const [at, each] of happened.entries()) {
		const startedAt = new Date(Date.UTC(2026, 0, 2, 3, at)).toISOString();
		const endedAt = new Date(Date.UTC(2026, 0, 2, 3, at, 30)).toISOString();
		if (each[0] === "verify") {
			const [, slot, commit] = each;
			const file = join(logDir, `${slot === 1 ? "verify" : `verify-${slot}`}-run.json`);
			await writeJson(file, verifyRecord({ startedAt, endedAt, commit: HASH(commit) }));
		} else if (each[0] === "accept") {
			const [, outcome, commit] = each;
			await writeAcceptRecord(logDir, acceptRecord({ at: endedAt, outcome, commit: HASH(commit) }));
		} else {
			const [turn, from, outcome, saved] = each;
			const base = { ...attemptRecord().base, tip: HASH(from) };
			const kept = { at: endedAt, head: HASH(saved ?? ""), commit: null, commits: 1 };
			const changes = { filesChanged: 1, insertions: 1, deletions: 0 };
			await writeRecord(
				attemptFiles(logDir, turn).record,
				attemptRecord({
					phase: phaseOf(turn),
					startedAt,
					endedAt,
					outcome,
					base,
					saved: saved === undefined ? null : { ...kept, ...changes },
				}),
			);
		}
	}
	const repository = { root: folder.path, commonDir };
	const issue: IssuePlan = plannedIssue("A-1", { repository, branch: "issue/A-1", logDir });
	const found = await readDelivery(issue);
	return {
		subject: found.subject?.[0] ?? null,
		cycle: found.cycle,
		open: found.openFix?.name ?? null,
		review: found.review?.name ?? null,
		verified: found.verified.map(({ commit }) => commit[0]).join(""),
	};
}

const DEV: Happening = ["dev", "a", "pass", "b"];
const CHANGES: Happening = ["review-1", "b", "changes_required"];

test.each<[what: string, tip: string, happened: readonly Happening[], expected: object]>([
	["nothing has happened", "a", [], { subject: "a" }],
	["dev has passed", "b", [DEV], { subject: "b" }],
	["and was verified", "b", [DEV, ["verify", 1, "b"]], { subject: "b", verified: "b" }],
	["and reviewed", "b", [DEV, ["verify", 1, "b"], CHANGES], { subject: "b", verified: "b", review: "review-1" }],
	["a review that was cut off is none", "b", [DEV, ["review-1", "b", "cancelled"]], { subject: "b" }],
	["a review of what is not the tip is none", "c", [DEV, CHANGES], { subject: "c" }],
	["a fix has passed", "c", [DEV, CHANGES, ["fix-1", "b", "pass", "c"]], { subject: "c", cycle: 1 }],
	[
		"and was reviewed in turn",
		"c",
		[DEV, CHANGES, ["fix-1", "b", "pass", "c"], ["verify", 2, "c"], ["review-2", "c", "pass"]],
		{ subject: "c", cycle: 1, review: "review-2", verified: "c" },
	],
	[
		"a fix that changed nothing: the review before it is not about it",
		"b",
		[DEV, ["verify", 1, "b"], CHANGES, ["fix-1", "b", "pass", "b"]],
		{ subject: "b", cycle: 1, verified: "b" },
	],
	["a fix has passed and is not saved", "b", [DEV, CHANGES, ["fix-1", "b", "pass"]], { subject: null, cycle: 1 }],
	[
		"a fix was cut off before anything was saved: it goes on with what it was begun for",
		"b",
		[DEV, ["verify", 1, "b"], CHANGES, ["fix-1", "b", "running"]],
		{ subject: "b", open: "fix-1", review: "review-1", verified: "b" },
	],
	[
		"and after some of it was",
		"c",
		[DEV, ["verify", 1, "b"], CHANGES, ["fix-1", "b", "cancelled", "c"]],
		{ subject: "b", open: "fix-1", review: "review-1", verified: "b" },
	],
	[
		"a second fix was cut off",
		"d",
		[DEV, CHANGES, ["fix-1", "b", "pass", "c"], ["review-2", "c", "changes_required"], ["fix-2", "c", "failed", "d"]],
		{ subject: "c", cycle: 1, open: "fix-2", review: "review-2" },
	],
	[
		"a person has gone on after a fix: all is judged anew",
		"e",
		[DEV, CHANGES, ["fix-1", "b", "pass", "c"], ["review-2", "c", "pass"]],
		{ subject: "e" },
	],
	["or after one that was cut off", "e", [DEV, CHANGES, ["fix-1", "b", "cancelled", "c"]], { subject: "e" }],
	[
		"not accepted: what was found stands, and is fixed once more",
		"c",
		[
			DEV,
			CHANGES,
			["fix-1", "b", "pass", "c"],
			["verify", 2, "c"],
			["review-2", "c", "changes_required"],
			["accept", "not-accepted", "c"],
		],
		{ subject: "c", review: "review-2", verified: "c" },
	],
	[
		"and was",
		"d",
		[
			DEV,
			["verify", 1, "b"],
			["fix-1", "b", "pass", "c"],
			["verify", 2, "c"],
			["accept", "not-accepted", "c"],
			["fix-1", "c", "pass", "d"],
		],
		{ subject: "d", cycle: 1 },
	],
	[
		"dev has been taken once more since",
		"c",
		[DEV, CHANGES, ["fix-1", "b", "pass", "c"], ["review-2", "c", "pass"], ["dev", "c", "pass", "c"]],
		{ subject: "c" },
	],
])("%s", async (_, tip, happened, expected) => {
	const nothing = { subject: null, cycle: 0, open: null, review: null, verified: "" };
	expect(await deliveryAfter(tip, happened)).toEqual({ ...nothing, ...expected });
});
