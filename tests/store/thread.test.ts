import { expect, test } from "vitest";
import type { AttemptRecord } from "../../tasks/contract/record.ts";
import { findThread } from "../../tasks/standing/thread.ts";
import { attemptFiles } from "../../tasks/store/log-folder.ts";
import { writeRecord } from "../../tasks/store/records.ts";
import { attemptRecord, temporaryFolder } from "../support/documents.ts";

const at = (minute: number) => `2026-01-02T03:0${minute}:00.000Z`;
const DEV = attemptRecord({ startedAt: at(1), threadId: "of-dev", model: "one" });
const REVIEW = attemptRecord({ phase: "review", startedAt: at(2), threadId: "of-review", model: "one" });
const FIX = attemptRecord({ phase: "fix", startedAt: at(3), threadId: "of-dev", model: "one", resumed: "dev" });
const FRESH = attemptRecord({ phase: "fix", startedAt: at(4), threadId: "of-fix", model: "two" });
const KILLED = attemptRecord({ phase: "fix", startedAt: at(5), threadId: null, outcome: "running", model: null });

type Kept = readonly (readonly ["dev" | `review-${number}` | `fix-${number}`, AttemptRecord])[];

const ROWS: readonly (readonly [string, Kept, { runner?: string; model?: string }, unknown])[] = [
	["nothing where nobody has worked", [["review-1", REVIEW]], {}, undefined],
	[
		"that of dev, whatever was reviewed since",
		[
			["dev", DEV],
			["review-1", REVIEW],
		],
		{},
		{ threadId: "of-dev", turn: "dev" },
	],
	[
		"that of the fix before",
		[
			["dev", DEV],
			["fix-1", FIX],
		],
		{},
		{ threadId: "of-dev", turn: "fix-1" },
	],
	[
		"that of a fix which began one",
		[
			["dev", DEV],
			["fix-1", FRESH],
		],
		{},
		{ threadId: "of-fix", turn: "fix-1" },
	],
	[
		"the one before a turn that was killed before it had one",
		[
			["dev", DEV],
			["fix-1", KILLED],
		],
		{},
		{ threadId: "of-dev", turn: "dev" },
	],
	["the same for the model that is asked for", [["dev", DEV]], { model: "one" }, { threadId: "of-dev", turn: "dev" }],
	["none for another model", [["dev", DEV]], { model: "two" }, undefined],
	["none for another runner", [["dev", DEV]], { runner: "another" }, undefined],
];

test.each(ROWS)("the thread that a fix goes on in is %s", async (_, kept, { runner = "codex-sdk", model }, found) => {
	await using folder = await temporaryFolder();
	for (const [name, record] of kept) await writeRecord(attemptFiles(folder.path, name).record, record);
	expect(await findThread(folder.path, { runner, model })).toEqual(found);
});
