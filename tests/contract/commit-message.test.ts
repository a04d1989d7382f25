import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commitMessage } from "../../tasks/contract/commit-message.ts";
import { keysIn } from "../../tasks/repo/merged.ts";
import { attemptRecord, issue, LETTER } from "../support/documents.ts";
import { createRepository } from "../support/repository.ts";

const ISSUE = issue("A-1", { title: "Count the words" });
const RECORD = attemptRecord();
const TRAILERS = {
	"Orch-Issue": "A-1",
	"Orch-Document": "docs/projects/p/issues/A-1.md",
	"Orch-Milestone": "M1",
	"Orch-Phase": "dev",
	"Orch-Status": "pass",
	"Orch-Thread": "thread-1",
};

test("a subject, the agent's summary, and what tools can read", () => {
	expect(commitMessage(ISSUE, RECORD, "Wrote it.\n\nAll checks pass.")).toBe(
		[
			"A-1: Count the words",
			"",
			"Wrote it.",
			"",
			"All checks pass.",
			"",
			"Orch-Issue: A-1",
			"Orch-Document: docs/projects/p/issues/A-1.md",
			"Orch-Milestone: M1",
			"Orch-Phase: dev",
			"Orch-Status: pass",
			"Orch-Thread: thread-1",
			"",
		].join("\n"),
	);
});

test("git commits it and finds its parts again", async () => {
	await using repository = await createRepository();
	const message = commitMessage(ISSUE, RECORD, "Wrote it.\n\n# not a comment\n\nIt works.");
	await repository.write("message", message);
	await repository.git(["commit", "-q", "--allow-empty", "--cleanup=verbatim", "-F", "message"]);
	const shown = (format: string) => repository.git(["log", "-1", `--format=${format}`]);
	expect(await shown("%s")).toBe("A-1: Count the words");
	expect(await shown("%b")).toContain("Wrote it.\n\n# not a comment\n\nIt works.\n\nOrch-Issue: A-1\n");
	expect(await shown("%(trailers:key=Orch-Status,valueonly)")).toBe("pass");
	expect(await repository.git(["log", "-1", "--format=%(trailers:only)"])).toBe(lines(TRAILERS));
});

test("an issue without a milestone, an attempt without a thread", () => {
	const message = commitMessage({ ...ISSUE, milestone: null }, attemptRecord({ threadId: null }), "Done.");
	expect(trailersIn(message)).toEqual({ ...TRAILERS, "Orch-Milestone": "none", "Orch-Thread": "none" });
});

test("an attempt without a result says why there is none", () => {
	const details = ["testsRun.0.status: invalid", "confidence: missing"];
	const record = attemptRecord({ outcome: "failed", reason: "invalid-result", details });
	const message = commitMessage(ISSUE, record, undefined);
	const [subject, body, ...rest] = message.split("\n\n");
	expect(subject).toBe("A-1: Count the words");
	expect(body).toContain("failed: invalid-result");
	expect(body).toContain(details.join("\n"));
	expect(rest).toHaveLength(1);
	expect(trailersIn(message)).toEqual({ ...TRAILERS, "Orch-Status": "failed" });
});

test.each(["", " \n\t"])("a summary that says nothing (%j) leaves no gap", (summary) => {
	expect(commitMessage(ISSUE, RECORD, summary)).toBe(`A-1: Count the words\n\n${lines(TRAILERS)}\n`);
});

test.each([
	["several lines", "Count\nthe\r\n\r\nwords"],
	["tabs and blanks", "  Count \t the   words "],
	["control characters", "Count\0 the\u001b \u0007words\u007f"],
	["breaks of lines that only Unicode knows", "Count\u2028the\u2029words"],
	["what looks like a trailer", "Count the words\n\nOrch-Status: pass"],
])("a title of %s is one line", (_, title) => {
	const [subject, gap] = commitMessage({ ...ISSUE, title }, RECORD, "Done.").split("\n");
	expect(subject).toMatch(/^A-1: Count the words/);
	expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029]| {2}| $/u);
	expect(gap).toBe("");
});

describe("a summary with", () => {
	test.each([
		["CRLF", "One.\r\nTwo.\r\n", "One.\nTwo."],
		["the line ends of an old Mac", "One.\rTwo.", "One.\nTwo."],
		["NUL", "One.\0Two.", "One.Two."],
		["escapes of a terminal", "\u001b[31mOne.\u001b[0m\u0007\u009b2J", "[31mOne.[0m2J"],
		["tabs", "One.\n\tTwo.", "One.\n\tTwo."],
		["blank lines around it", "\n\n One.\n\n", "One."],
	])("%s is cleaned, and nothing else", (_, summary, body) => {
		expect(commitMessage(ISSUE, RECORD, summary)).toBe(`A-1: Count the words\n\n${body}\n\n${lines(TRAILERS)}\n`);
	});

	test.each([
		["trailers of its own at its end", "Done.\n\nOrch-Issue: B-2\nOrch-Status: failed\nOrch-Thread: other"],
		["nothing but trailers", "Orch-Status: failed"],
		["trailers with blanks after them", "Done.\n\nOrch-Status: failed\n \n\t\n"],
		["a sign-off and a note of a cherry-pick", "Signed-off-by: A <a@b>\n(cherry picked from commit 123)"],
		["a line that goes on", "Done.\n\nOrch-Status: failed\n  and more"],
		["conflicts", "Conflicts:\n\ta.ts\n\nOrch-Status: failed"],
		["comments", "# Orch-Status: failed\n#"],
	])("%s: the trailers are ours", (_, summary) => {
		expect(trailersIn(commitMessage(ISSUE, RECORD, summary))).toEqual(TRAILERS);
	});

	// git takes what follows such lines for a patch, or for what an editor was shown.
	test.each([
		["a rule of three dashes", "One.\n\n---\n\nTwo."],
		["a rule right after what looks like a trailer", "Orch-Status: failed\n---\nMore."],
		["the head of a patch", "--- a/file\n+++ b/file"],
		["the scissors of git", "One.\n# ------------------------ >8 ------------------------\nTwo."],
	])("%s: the trailers are ours all the same", (_, summary) => {
		expect(trailersIn(commitMessage(ISSUE, RECORD, summary))).toEqual(TRAILERS);
	});
});

/** Summaries, and titles, that would hide our trailers from git, or have others taken for ours. */
const HOSTILE: Readonly<Record<string, string>> = {
	"trailers at its end": "Done.\n\nOrch-Issue: B-2\nOrch-Thread: other",
	"trailers in its middle": "Done.\n\nOrch-Issue: B-2\nOrch-Thread: other\n\nMore.",
	"trailers that are indented, as of a squash": "Done.\n\n    Orch-Issue: B-2\n\tOrch-Thread: other",
	"trailers in other letters": "orch-issue: B-2\nORCH-THREAD: other",
	"trailers behind the line ends of an old Mac": "Done.\r\rOrch-Issue: B-2\rOrch-Thread: other\r",
	"trailers behind CRLF": "Done.\r\n\r\nOrch-Issue: B-2\r\nOrch-Thread: other\r\n",
	"a NUL in a trailer": "Orch-\0Issue: B-2\nOrch-Th\0read: other",
	"a rule": "---\nOrch-Issue: B-2\nOrch-Thread: other",
	scissors: "One.\n# ------------------------ >8 ------------------------\n# Do not modify this line.\nTwo.",
	"scissors with another sign of a comment": "; ------------------------ >8 ------------------------\nTwo.",
	"scissors of a mail": "One.\n-- 8< --\nTwo.\n-- >8 --",
	comments: "# one\n#\n#Orch-Issue: B-2",
	"a patch": "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+b",
	"a mail": "From 1 Mon Sep 17 00:00:00 2001\nSubject: x\n\nOrch-Status: failed\n-- \n2.39",
	"nothing but blanks": " \n\t\n \u00a0",
	"half of a letter": "One \ud800 two",
	"a million letters, in one line and in many": `${"x".repeat(500_000)}\n${"y\n".repeat(250_000)}`,
};

test("whatever a summary holds, git and we read our trailers and no others, also where comments begin otherwise", async () => {
	await using repository = await createRepository();
	for (const [what, summary] of Object.entries(HOSTILE)) {
		const message = commitMessage({ ...ISSUE, title: summary.slice(0, 200) }, RECORD, summary, "{title}{id}");
		await repository.write("message", message);
		await repository.git(["commit", "-q", "--allow-empty", "--cleanup=verbatim", "-F", "message"]);
		for (const sign of ["#", ";", "auto"]) {
			const read = ["-c", `core.commentChar=${sign}`, "log", "-1", "--format=%(trailers:only,unfold)"];
			expect(await repository.git(read), `${what} ${sign}`).toBe(lines(TRAILERS));
		}
		expect(keysIn(message), what).toEqual(["A-1 thread-1"]);
		const squashed = message.replace(/^/gm, "    ");
		expect(keysIn(squashed), what).toEqual(["A-1 thread-1"]);
	}
});

test("a thread's name can't add a trailer", () => {
	const record = attemptRecord({ threadId: "x\nOrch-Status: pass", outcome: "failed" });
	expect(trailersIn(commitMessage(ISSUE, record, "Done."))).toEqual({
		...TRAILERS,
		"Orch-Status": "failed",
		"Orch-Thread": "x Orch-Status: pass",
	});
});

test("whatever title and summary are, the trailers are ours, the subject is one line, and no control character is left", () => {
	const words = fc.constantFrom("Orch-Status: failed", "\n", "\n\n", "\r\n", "\t", "a: b", "# x", "x", "\0", " ", "=");
	const text = fc.oneof(
		fc.string({ unit: LETTER }),
		fc.array(words, { maxLength: 12 }).map((each) => each.join("")),
	);
	fc.assert(
		fc.property(text, text, (title, summary) => {
			const message = commitMessage({ ...ISSUE, title }, RECORD, summary);
			expect(message.replaceAll(/[\n\t]/g, "")).not.toMatch(/\p{Cc}/u);
			const [subject, gap] = message.split("\n");
			expect(subject).toMatch(/^A-1:/);
			expect(gap).toBe("");
			expect(trailersIn(message)).toEqual(TRAILERS);
		}),
		{ numRuns: 60 },
	);
});

function trailersIn(message: string): Record<string, string> {
	const output = execFileSync("git", ["interpret-trailers", "--parse"], { input: message, encoding: "utf8" });
	return Object.fromEntries(
		output
			.split("\n")
			.filter(Boolean)
			.map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]),
	);
}

function lines(trailers: Readonly<Record<string, string>>): string {
	return Object.entries(trailers)
		.map(([key, value]) => `${key}: ${value}`)
		.join("\n");
}
