import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { errorAnnotations, issueAnnotations } from "../../tasks/cli/reports/annotations.ts";
import {
	type Annotation,
	annotationCommand,
	inert,
	inertJson,
	workflowCommand,
} from "../../tasks/cli/reports/github.ts";
import { githubView } from "../../tasks/cli/views/github-view.ts";
import { type Say, withNames } from "../../tasks/cli/words/say.ts";
import type { Activity } from "../../tasks/contract/activity.ts";
import type { IssuePlan } from "../../tasks/contract/issue.ts";
import { Failure } from "../../tasks/contract/problem.ts";
import { attemptRecord, LETTER } from "../support/documents.ts";
import { readLog } from "../support/github-runner.ts";
import { devOutcome, HOSTILE, mixedReport, plannedIssue } from "../support/reports.ts";

const say: Say = withNames(
	Object.assign((words: string) => `npx tsx orchfile.ts ${words}`, {
		git: (words: string) => `git ${words}`,
	}),
);

const PIECE = fc.constantFrom(
	"::",
	":",
	"##[",
	"#",
	"[",
	"]",
	"error",
	"add-mask",
	"::error::",
	" ",
	"\n",
	"\r",
	"%0A",
	"\u0085",
	"\u00a0",
	"\ufeff",
);
const TEXT = fc
	.array(fc.oneof(PIECE, fc.string({ unit: LETTER, maxLength: 4 })), { maxLength: 8 })
	.map((all) => all.join(""));

describe("a command to the runner", () => {
	test("is found in what commands look like, so that the next tests can fail", () => {
		const { commands } = readLog(
			"\u00a0 ::add-mask::x\nseen ##[set-output name=a]b\n::nonesuch::\n::error file=a%2Cb,line=3::c%25%0Ad",
		);
		expect(commands).toEqual([
			{ name: "add-mask", properties: {}, data: "x" },
			{ name: "set-output", properties: { name: "a" }, data: "b" },
			{ name: "error", properties: { file: "a,b", line: "3" }, data: "c%\nd" },
		]);
	});

	test("is nothing that anybody wrote, whatever it was, and a second time changes nothing", () => {
		fc.assert(
			fc.property(TEXT, (text) => {
				expect(readLog(inert(text)).commands).toEqual([]);
				expect(readLog(inert(`A-1  said\n  ${text}\n`)).commands).toEqual([]);
				expect(inert(inert(text))).toBe(inert(text));
			}),
			{ numRuns: 500 },
		);
		expect(inert("Usage: a::b\n - x ## [y]")).toBe("Usage: a::b\n - x ## [y]");
	});

	test("is nothing in JSON, which keeps its value", () => {
		fc.assert(
			fc.property(fc.dictionary(TEXT, TEXT), (value) => {
				const json = inertJson(JSON.stringify(value, undefined, "\t"));
				expect(readLog(json).commands).toEqual([]);
				expect(JSON.parse(json)).toEqual(value);
			}),
		);
	});

	test("of ours is read back as it was meant, and is one, whatever its words are", () => {
		fc.assert(
			fc.property(TEXT, TEXT, (title, data) => {
				const { commands } = readLog(workflowCommand("error", { title: `<${title}>`, line: "1" }, data));
				expect(commands).toEqual([{ name: "error", properties: { title: `<${title}>`, line: "1" }, data }]);
			}),
		);
	});
});

describe("an annotation", () => {
	const shown = (annotation: Partial<Annotation>, root = "/w/repo", workspace = "/w/repo") =>
		readLog(annotationCommand({ level: "error", title: "T", message: "M", ...annotation }, root, workspace))
			.commands[0];

	test("names its file as the workspace has it", () => {
		const file = "docs/projects/p/issues/A-1.md";
		expect(shown({ file, line: 3 })?.properties).toEqual({ file, line: "3", title: "T" });
		expect(shown({ file }, "/w/repo/sub")?.properties.file).toBe(`sub/${file}`);
	});

	test("of a file outside of the workspace names none", () => {
		expect(shown({ file: "a.md", line: 3 }, "/elsewhere")?.properties).toEqual({ title: "T" });
	});

	test("is cut where nobody reads on", () => {
		const { properties, data } = shown({ title: "t".repeat(1e4), message: "m".repeat(1e5) }) ?? {};
		expect(properties?.title).toHaveLength(200);
		expect(data).toHaveLength(4000);
	});

	test("tells of every issue that is not done, at its document, what broke by itself first", () => {
		const found = issueAnnotations(mixedReport(), say);
		expect(found.map(({ level, file, line, title }) => [level, file, line, title])).toEqual([
			["error", "docs/projects/p/issues/A-2.md", 1, "A-2 failed: invalid-result"],
			["error", "docs/projects/p/issues/A-6.md", 1, "A-6 cancelled"],
			["error", "docs/projects/p/issues/A-4.md", 1, "A-4 deferred"],
			["error", "docs/projects/p/issues/A-3.md", 1, "A-3 blocked by A-2"],
		]);
		expect(found[0]?.message).toContain("npx tsx orchfile.ts dev A-2");
		expect(found[3]?.message).toContain("A-3 is blocked by A-2");
	});

	test("of a run that was refused stands at every file that it is about", () => {
		const error = new Failure([
			{ kind: "document-invalid", file: "a.md", line: 4, what: "title: missing", expected: "text" },
			{ kind: "duplicate-id", ids: ["A"], files: ["b.md", "c.md"] },
			{ kind: "no-identity" },
		]);
		const found = errorAnnotations(error, say).map(({ file, line, message }) => [file, line, message.split("\n")[0]]);
		expect(found).toEqual([
			["a.md", 4, "a.md:4: title: missing; expected text."],
			["b.md", 1, "The id A stands in 2 documents:"],
			["c.md", 1, "The id A stands in 2 documents:"],
			[undefined, undefined, "git does not know who makes the commits."],
		]);
	});
});

describe("the log of a run", () => {
	test("has the lines of an issue in a group, also when those of several come at once", () => {
		const log = startLog(2, ["A-1", "A-2"]);
		log.start("A-1");
		log.start("A-2");
		log.does("A-1", "one");
		log.does("A-2", "two");
		log.does("A-1", "three");
		log.settle("A-2", { outcome: "failed", reason: "timed-out" });
		log.settle("A-1", {});
		const { groups, lines } = readLog(log.text());
		expect(groups).toEqual([
			{ title: "A-2 Title of A-2", lines: ["A-2  phase:dev  $ two"] },
			{ title: "A-1 Title of A-1", lines: ["A-1  phase:dev  $ one", "A-1  phase:dev  $ three"] },
		]);
		expect(lines).toEqual([
			"A-1  started  Title of A-1",
			"A-2  started  Title of A-2",
			"▸ A-2 Title of A-2",
			"A-2  failed: timed-out  1m00s  240 tokens",
			"▸ A-1 Title of A-1",
			"A-1  pass  1m00s  240 tokens",
		]);
	});

	test("shows the lines of issues one by one as they come", () => {
		const log = startLog(1, ["A-1"]);
		log.start("A-1");
		log.does("A-1", "one");
		expect(readLog(log.text()).groups).toEqual([{ title: "A-1 Title of A-1", lines: ["A-1  phase:dev  $ one"] }]);
		log.settle("A-1", {});
		expect(readLog(log.text()).lines.at(-1)).toBe("A-1  pass  1m00s  240 tokens");
	});

	test("has a sign of life of issues that work in silence, and none of those that are through", () => {
		vi.useFakeTimers();
		try {
			const log = startLog(2, ["A-1", "A-2"]);
			log.start("A-1");
			log.start("A-2");
			log.does("A-2", "two");
			log.settle("A-1", {});
			const before = log.text();
			vi.advanceTimersByTime(130_000);
			expect(log.text().slice(before.length)).toBe("A-2  2m00s  phase:dev $ two\n");
			log.view.close();
			const after = log.text();
			vi.advanceTimersByTime(1_000_000);
			expect(log.text()).toBe(after);
		} finally {
			vi.useRealTimers();
		}
	});

	test("keeps the last lines of an issue that says a million things, and tells where the others are", () => {
		const log = startLog(2, ["A-1"]);
		log.start("A-1");
		for (let at = 0; at < 5_000; at++) log.does("A-1", `number ${at}`);
		log.settle("A-1", {});
		const [{ lines = [] } = {}] = readLog(log.text()).groups;
		expect(lines).toHaveLength(1001);
		expect(lines[0]).toBe("A-1  4000 earlier lines are only in /repo/logs/orch/M1/A-1");
		expect(lines[1]).toBe("A-1  phase:dev  $ number 4000");
		expect(lines.at(-1)).toBe("A-1  phase:dev  $ number 4999");
	});

	test("says of an issue that was never started that it was not, without a group", () => {
		const log = startLog(2, ["A-1"]);
		log.view.onEvent({
			kind: "task-settled",
			task: "phase:dev",
			issue: "A-1",
			outcome: { status: "blocked", by: { issue: "A-0" } },
		});
		log.view.onEvent({
			kind: "issue-settled",
			issue: "A-1",
			outcomes: new Map([["phase:dev", { status: "blocked", by: { issue: "A-0" } }]]),
		});
		expect(log.text()).toBe("A-1  blocked by A-0\n");
	});

	test.each([1, 2])("has no group for what is up to date (-j %d)", (jobs) => {
		const log = startLog(jobs, ["A-1"]);
		const outcome = { status: "up-to-date", value: attemptRecord() } as const;
		log.view.onEvent({ kind: "issue-started", issue: "A-1" });
		log.view.onEvent({ kind: "task-settled", task: "phase:dev", issue: "A-1", outcome });
		log.view.onEvent({ kind: "issue-settled", issue: "A-1", outcomes: new Map([["phase:dev", outcome]]) });
		expect(log.text()).toBe("A-1  up to date\n");
	});

	test("shows what an issue did that never settled, and leaves no group open", () => {
		const log = startLog(2, ["A-1"]);
		log.start("A-1");
		log.does("A-1", "one");
		log.view.close();
		log.view.say("after");
		const { groups, lines } = readLog(log.text());
		expect(groups[0]?.lines).toEqual(["A-1  phase:dev  $ one"]);
		expect(lines.at(-1)).toBe("after");
	});

	test("is commanded by no title and no command of an agent", () => {
		const log = startLog(2, [{ ...plannedIssue("A-1"), title: HOSTILE }]);
		log.start("A-1");
		log.does("A-1", HOSTILE);
		log.settle("A-1", { outcome: "failed", details: [HOSTILE] });
		expect(readLog(log.text()).commands.map(({ name }) => name)).toEqual(["group", "endgroup"]);
	});
});

/** A view with these issues, and what it has written. */
function startLog(jobs: number, issues: readonly (string | IssuePlan)[]) {
	let text = "";
	const write = (words: string) => {
		text += inert(words);
	};
	const github = {
		command: (line: string) => {
			text += `${line}\n`;
		},
		workspace: "/repo",
		summaryFile: undefined,
	};
	const view = githubView(write, github, say, { verbose: false, oneByOne: jobs === 1 });
	view.onEvent({
		kind: "issues-known",
		issues: issues.map((each) => (typeof each === "string" ? plannedIssue(each) : each)),
	});
	return {
		view,
		text: () => text,
		start(issue: string) {
			view.onEvent({ kind: "issue-started", issue });
			view.onEvent({ kind: "task-started", task: "worktree:create", issue });
		},
		does(issue: string, command: string) {
			const activity: Activity = { kind: "command", command };
			view.onEvent({ kind: "task-activity", task: "phase:dev", issue, activity });
		},
		settle(issue: string, changes: Parameters<typeof devOutcome>[1]) {
			view.onEvent({ kind: "issue-settled", issue, outcomes: new Map([["phase:dev", devOutcome(issue, changes)]]) });
		},
	};
}
