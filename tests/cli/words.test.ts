import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { activityLine, isNote, noteOf } from "../../tasks/cli/words/activity-words.ts";
import { count, duration, listed, oneLine, plural, printable, shellWord } from "../../tasks/cli/words/format.ts";
import { messageOf, paragraphOf } from "../../tasks/cli/words/problem-words.ts";
import { table } from "../../tasks/cli/words/table-layout.ts";
import type { Activity, Note } from "../../tasks/contract/activity.ts";
import type { Problem } from "../../tasks/contract/problem.ts";
import { ODD_NAME, suggestedIn, verifyCommands } from "../support/commands.ts";
import {
	acceptRecord,
	answer,
	attemptRecord,
	issue,
	LETTER,
	problemsIn,
	read,
	withFrontMatter,
} from "../support/documents.ts";
import { foundEverything } from "../support/judged.ts";
import { testSay } from "../support/say.ts";

const say = testSay();
const REASONS = [
	"missing",
	"architecture",
	"namespaces",
	"too-few",
	"container",
	"apparmor",
	"proc",
	"leaks",
	"other",
] as const;
const EVERY_TURN = ["credentials", "quota", "refused", "model", "configuration", "unreachable"] as const;

type OfEachKind<U extends { readonly kind: string }> = {
	readonly [K in U["kind"]]: Extract<U, { readonly kind: K }>;
};

/** One of each kind, with this text wherever one can stand. A kind that is missing here does not compile. */
function problems(text: string): OfEachKind<Problem> {
	const file = `docs/projects/p/issues/${text}.md`;
	const path = `/repo.worktrees/${text}`;
	const texts = [text, `${text}2`];
	const refused = { issue: "A-1", worktree: path, next: "save" } as const;
	return {
		"nothing-to-answer": { kind: "nothing-to-answer", issue: text },
		"answered-while-run": {
			kind: "answered-while-run",
			issue: text,
			holder: { pid: 7, host: text, since: "2026-01-02T03:04:05.678Z" },
		},
		"attempt-since": { kind: "attempt-since", issue: text },
		"nobody-to-ask": { kind: "nobody-to-ask", issue: text, questions: texts },
		"no-editor": { kind: "no-editor", issue: text, editor: text },
		"editor-failed": { kind: "editor-failed", editor: text, exitCode: 1 },
		"answers-unreadable": { kind: "answers-unreadable", path, message: text },
		"answers-too-long": { kind: "answers-too-long", file, size: 300_000, most: 262_144 },
		"document-shared": { kind: "document-shared", file, issue: text, others: texts },
		"document-no-file": { kind: "document-no-file", file, issue: text },
		"document-moved-on": { kind: "document-moved-on", file, issue: text },
		"base-not-checked-out": { kind: "base-not-checked-out", file, base: text, branch: text },
		"document-changed-too": { kind: "document-changed-too", file, how: "untracked" },
		"checkout-under-way": { kind: "checkout-under-way", underWay: { what: "merge" } },
		"answers-not-committed": { kind: "answers-not-committed", file, issue: text, message: text },
		usage: { kind: "usage", message: text, nearest: [text] },
		"unknown-task": { kind: "unknown-task", name: text, nearest: texts },
		"unknown-target": { kind: "unknown-target", name: text, nearest: texts },
		"unknown-issue": { kind: "unknown-issue", name: text, milestone: text, nearest: [] },
		"unknown-project": { kind: "unknown-project", name: text, nearest: [] },
		"several-projects": { kind: "several-projects", milestone: text, projects: texts },
		"several-issues": { kind: "several-issues", name: text, ids: texts },
		"several-milestones": { kind: "several-milestones", name: text, milestones: texts },
		"no-orchfile": { kind: "no-orchfile", folder: path, nearest: ["init"] },
		"orchfile-broken": { kind: "orchfile-broken", path, message: text, needsPackage: true },
		"commit-invalid": { kind: "commit-invalid", key: "subject", value: text, expected: text },
		"orchfile-threw": { kind: "orchfile-threw", path, message: text, nearest: [text], file: path, line: 3 },
		"main-twice": { kind: "main-twice", path, line: 3 },
		"graph-invalid": { kind: "graph-invalid", what: text, expected: text, nearest: [text], file: path, line: 3 },
		"default-invalid": { kind: "default-invalid", option: text, message: text, nearest: [text], file: path },
		"task-threw": {
			kind: "task-threw",
			task: "phase:dev",
			issue: text,
			part: "run",
			message: text,
			hasStack: true,
			line: 3,
		},
		"task-answer": { kind: "task-answer", task: text, issue: text, part: "upToDate", value: text, expected: text },
		"orchfile-no-module": { kind: "orchfile-no-module", path: text, file: text, line: 1 },
		"orchfile-idle": { kind: "orchfile-idle", path },
		"folder-missing": { kind: "folder-missing", path },
		"program-missing": { kind: "program-missing", name: text },
		"confinement-unavailable": { kind: "confinement-unavailable", reason: "apparmor", message: text },
		"not-to-integrate": { kind: "not-to-integrate", option: "only", name: text, target: text, nearest: [] },
		"integration-branch-taken": {
			kind: "integration-branch-taken",
			branch: text,
			tip: "4".repeat(40),
			was: "5".repeat(40),
		},
		"integration-checked-out": { kind: "integration-checked-out", branch: text, path, base: text },
		"integration-locked": {
			kind: "integration-locked",
			branch: text,
			holder: null,
			isUncertain: true,
			ref: `refs/orch/lock/${text}`,
			blob: "4".repeat(40),
		},
		"git-too-old": { kind: "git-too-old", found: text, needed: "2.30" },
		"node-too-old": { kind: "node-too-old", found: text, needed: "20.19" },
		"worktrees-too-large": { kind: "worktrees-too-large", path, free: 5e9, worktree: 1e9, jobs: 9, minFree: 1e9 },
		"worktrees-unsupported": { kind: "worktrees-unsupported", folder: path, detail: text },
		"folder-unwritable": { kind: "folder-unwritable", path, message: text },
		unexpected: { kind: "unexpected", message: text },
		refused: { kind: "refused", message: text, remedy: text },
		"not-a-repository": { kind: "not-a-repository", path, detail: text },
		"bare-repository": { kind: "bare-repository", path, worktrees: [] },
		"main-checkout-unknown": { kind: "main-checkout-unknown", path, gitFolder: path },
		"no-commits": { kind: "no-commits", path },
		"detached-head": { kind: "detached-head", commit: "1".repeat(40) },
		"unknown-base": { kind: "unknown-base", name: text, nearest: texts },
		"base-of-issue": { kind: "base-of-issue", isPutTogether: true, branch: text, start: text },
		"no-identity": { kind: "no-identity" },
		"no-documents": {
			...{ kind: "no-documents", folder: path, pattern: text, setting: "layout.issues" },
			elsewhere: [{ folder: text, files: 7 }],
		},
		"no-items": { kind: "no-items", item: text, files: [file, file] },
		"no-issues": { kind: "no-issues", folder: path, pattern: text, files: [file, file] },
		"layout-invalid": { kind: "layout-invalid", key: "branch", value: JSON.stringify(text), expected: text },
		"document-invalid": { kind: "document-invalid", file, line: 3, what: text, expected: text },
		"duplicate-id": { kind: "duplicate-id", ids: ["A-1"], files: [file, `${file}2`] },
		"unknown-blocker": { kind: "unknown-blocker", file, key: "blocked_by", id: "A-2", nearest: ["A-1"] },
		"newly-blocked": { kind: "newly-blocked", issue: "A-1", by: "A-2", file: text, base: text },
		"blocker-cycle": { kind: "blocker-cycle", ids: ["A-1", "A-1"], files: [file, file] },
		"document-not-committed": {
			kind: "document-not-committed",
			file,
			base: text,
			state: "different",
		},
		"document-gone": { kind: "document-gone", file, branch: text },
		"runner-unavailable": {
			kind: "runner-unavailable",
			check: "sandbox",
			summary: text,
			remedy: text,
			program: [`/${text}/codex`],
		},
		"place-writable": { kind: "place-writable", what: "runner-home", path, folder: path },
		"repository-gone": { kind: "repository-gone", path, issue: "A-1", next: "save", worktree: path },
		"repository-tampered": { kind: "repository-tampered", files: [`${path}/config`, text] },
		"prompt-invalid": { kind: "prompt-invalid", file, expected: text },
		"copied-not-ignored": { kind: "copied-not-ignored", issue: "A-1", path: text, files: [text] },
		"set-up-failed": {
			kind: "set-up-failed",
			issue: "A-1",
			command: text,
			exitCode: 1,
			signal: null,
			lines: [text, text],
			log: text,
		},
		"set-up-not-ignored": { kind: "set-up-not-ignored", issue: "A-1", command: text, files: [text] },
		"submodule-missing": { kind: "submodule-missing", submodule: text, commit: "1".repeat(40), checkout: path },
		"submodule-work": {
			kind: "submodule-work",
			issue: "A-1",
			path,
			branch: "issue/A-1",
			submodules: [
				{ path: text, changed: texts, hidden: texts, tips: [], source: path },
				{ path: text, changed: [], hidden: [], tips: [{ ref: "refs/heads/other", commit: "1".repeat(40) }] },
				{ path: text, changed: [], hidden: [], tips: [], pointer: "1".repeat(40) },
			],
		},
		"submodule-commits": {
			kind: "submodule-commits",
			issue: "A-1",
			path,
			branch: "issue/A-1",
			orphans: [
				{ gitDir: path, tips: [{ ref: "HEAD", commit: "1".repeat(40) }], source: path },
				{ gitDir: path, tips: [{ ref: "HEAD", commit: "1".repeat(40) }] },
			],
		},
		"worktree-locked": { kind: "worktree-locked", path, reason: text },
		"prompt-missing": { kind: "prompt-missing", file },
		"branch-not-on-base": { kind: "branch-not-on-base", branch: "issue/A-1", base: text },
		"base-conflicts": { kind: "base-conflicts", branch: "issue/A-1", base: text, files: texts, commits: texts },
		"stack-conflicts": {
			kind: "stack-conflicts",
			branch: "issue/A-1",
			blocker: "issue/A-2",
			other: "issue/A-3",
			files: texts,
			commits: texts,
		},
		"branch-checked-out": { kind: "branch-checked-out", branch: "issue/A-1", path, base: text },
		"made-for-another": { kind: "made-for-another", issue: text, branch: text, logDir: text, file: text, other: text },
		"branch-moved": {
			kind: "branch-moved",
			issue: "A-1",
			path,
			branch: "issue/A-1",
			was: "1".repeat(40),
			now: "2".repeat(40),
		},
		"branch-gone": { kind: "branch-gone", issue: "A-1", branch: "issue/A-1", was: "1".repeat(40) },
		"branch-in-the-way": { kind: "branch-in-the-way", branch: "issue/A-1", existing: text },
		"issue-locked": {
			kind: "issue-locked",
			issue: "A-1",
			holder: { pid: 7, host: text, since: "2026-01-02T03:04:05.678Z" },
			isUncertain: true,
			ref: "refs/orch/lock/A-1",
			blob: "1".repeat(40),
		},
		"worktree-in-the-way": { kind: "worktree-in-the-way", path },
		"worktree-elsewhere": { kind: "worktree-elsewhere", issue: "A-1", path, expected: path },
		"worktree-tampered": {
			kind: "worktree-tampered",
			issue: "A-1",
			branch: "issue/A-1",
			path,
			detail: text,
			wrong: "head",
			gitDir: `/repo/.git/worktrees/${text}`,
		},
		"nested-repository": { kind: "nested-repository", path, nested: texts, submodules: texts, issue: "A-1" },
		"work-unreadable": { kind: "work-unreadable", issue: "A-1", path, files: texts },
		"work-ignored": { kind: "work-ignored", issue: "A-1", path, files: texts },
		"objects-missing": { kind: "objects-missing", base: text, count: 2, broughtBy: ["diff", "1".repeat(40)] },
		"history-cut": { kind: "history-cut", branch: "issue/A-1", base: text },
		"relative-filter": { kind: "relative-filter", key: "filter.x.clean", command: text, scope: "local" },
		"worktree-not-removed": { kind: "worktree-not-removed", path, detail: text },
		"work-not-persisted": { kind: "work-not-persisted", issue: "A-1", path, files: texts },
		"work-under-way": { kind: "work-under-way", issue: "A-1", path, underWay: { what: "rebase" }, files: texts },
		"work-gone": { kind: "work-gone", issue: "A-1", branch: "issue/A-1", path, isTaken: true },
		"work-moved": {
			kind: "work-moved",
			issue: "A-1",
			branch: "issue/A-1",
			path,
			isTaken: true,
			found: `${path}-moved`,
			way: "forgotten",
		},
		"work-set-aside": {
			kind: "work-set-aside",
			issue: "A-1",
			path,
			stashed: ["1".repeat(40)],
			commits: ["2".repeat(40)],
		},
		"nothing-recorded": { kind: "nothing-recorded", issue: "A-1", path },
		"changed-in-review": { kind: "changed-in-review", issue: "A-1", path, files: [path], more: 2 },
		"repository-not-yours": { kind: "repository-not-yours", path, safe: path },
		"repository-too-new": { kind: "repository-too-new", path, detail: text },
		"repository-broken": { kind: "repository-broken", path, wrong: "head", detail: text },
		"bare-by-setting": { kind: "bare-by-setting", path },
		"lock-file": { kind: "lock-file", path, ...refused },
		"not-signed": { kind: "not-signed", path, detail: text, ...refused },
		"ref-blocked": {
			kind: "ref-blocked",
			ref: `refs/heads/${text}`,
			path: `/repo/.git/refs/heads/${text}`,
			...refused,
		},
		"git-unwritable": { kind: "git-unwritable", path, isOwn: true, detail: text, ...refused },
		"file-refused": { kind: "file-refused", path, file: text, part: text, detail: text, ...refused },
		"filter-failed": {
			kind: "filter-failed",
			path,
			filter: text,
			file: text,
			program: text,
			detail: text,
			...refused,
		},
		"path-too-long": { kind: "path-too-long", path, folder: text, ...refused },
		"index-broken": { kind: "index-broken", path, index: `/repo/${text}`, ...refused },
		"object-damaged": { kind: "object-damaged", path, detail: text, file: path, remote: text, ...refused },
		"objects-unfetched": { kind: "objects-unfetched", path: "/tmp", broughtBy: ["diff", "1".repeat(40)], issue: "A-1" },
		"config-broken": { kind: "config-broken", file: path, line: 3, key: text, ...refused },
		"identity-lost": { kind: "identity-lost", path, ...refused },
		"git-failed": { kind: "git-failed", command: text, exitCode: 128, stderr: text, path, ...refused },
		"disk-full": { kind: "disk-full", path },
		"disk-low": { kind: "disk-low", path, free: 1 << 20, needed: 1 << 30 },
		defect: { kind: "defect", message: text },
		"file-unreadable": { kind: "file-unreadable", path, message: text },
		"file-unwritable": { kind: "file-unwritable", path, message: text },
		"output-unwritable": { kind: "output-unwritable", stream: "standard output", message: "ENOSPC" },
		"report-unwritable": { kind: "report-unwritable", path, message: text },
		"page-unwritable": { kind: "page-unwritable", path, message: text, target: "M1" },
		"record-invalid": { kind: "record-invalid", path, message: text },
		attempt: {
			kind: "attempt",
			record: attemptRecord({ outcome: "failed", reason: "runner-error", details: texts }),
			logDir: path,
		},
		"not-accepted": {
			kind: "not-accepted",
			record: acceptRecord({ outcome: "not-accepted", reasons: ["new-failures", "changes-required"] }),
			checks: foundEverything(text),
			review: answer("review", { issues: [], requiredActions: texts }),
			logDir: path,
		},
	};
}

/** Where the sentence of a kind depends on more than its kind: the other cases. */
function furtherProblems(text: string): Problem[] {
	const of = problems(text);
	const failed = attemptRecord({ outcome: "failed", reason: "timed-out", details: [text] });
	const logDir = `/repo/${text}`;
	return [
		{ kind: "usage", message: text, task: "dev" },
		{ kind: "usage", message: text },
		{ kind: "unknown-task", name: text, nearest: [] },
		{ kind: "unknown-target", name: text, nearest: [] },
		{ kind: "unknown-target", name: text, project: text, nearest: [] },
		{ kind: "unknown-issue", name: text, nearest: [] },
		{ kind: "unknown-base", name: text, nearest: [] },
		{ ...of["document-not-committed"], elsewhere: text },
		{ ...of["document-not-committed"], isIgnored: true },
		...(["auth.credentials", "sandbox", "other"] as const).map((check) => ({
			...of["runner-unavailable"],
			check,
			remedy: null,
		})),
		...REASONS.map((reason) => ({ ...of["confinement-unavailable"], reason })),
		{ ...of["confinement-unavailable"], message: "" },
		{ ...of.attempt, record: attemptRecord({ outcome: "failed", reason: "branch-moved", details: [text] }) },
		{ ...of["issue-locked"], isUncertain: false },
		...(["pointer-missing", "pointer-replaced", "administration", "head"] as const).map((wrong) => ({
			...of["worktree-tampered"],
			wrong,
		})),
		{ ...of["work-not-persisted"], files: [] },
		...(["am", "merge", "cherry-pick", "revert", "bisect"] as const).flatMap((what): Problem[] => [
			{ ...of["work-under-way"], underWay: { what, branch: text } },
			{ kind: "detached-head", commit: "1".repeat(40), underWay: { what, branch: text } },
		]),
		{ kind: "work-under-way", issue: "A-1", path: `/${text}`, files: [text] },
		...[[text], [text, text]].map((worktrees) => ({ ...of["bare-repository"], worktrees })),
		...EVERY_TURN.map((everyTurn) => ({ ...of.attempt, everyTurn })),
		...(["rate-limit", "provider-trouble", "too-long", "content"] as const).map((thisTurn) => ({
			...of.attempt,
			thisTurn,
		})),
		{ kind: "repository-broken", path: `/${text}`, wrong: "pointer", detail: text },
		{ kind: "git-unwritable", path: `/${text}`, isOwn: false, detail: text, issue: "A-1", next: "goal" },
		{ kind: "object-damaged", path: `/${text}`, detail: text },
		{ kind: "config-broken", file: `/${text}`, line: 3 },
		{ kind: "config-broken", key: text },
		{ kind: "git-failed", command: text, exitCode: null, stderr: text, path: `/${text}` },
		{ kind: "attempt", record: attemptRecord({ outcome: "deferred", details: [text] }), logDir },
		...(["timeout", "stall", "max-tokens"] as const).map(
			(name): Problem => ({ kind: "attempt", record: failed, logDir, limit: { name, value: 90_000 } }),
		),
	];
}

function notes(text: string): OfEachKind<Note> {
	return {
		"note-logs-moved": { kind: "note-logs-moved", from: text, to: text, issues: ["A-1", "A-2"] },
		"note-logs-not-moved": { kind: "note-logs-not-moved", from: text, to: text, messages: [text, text] },
		"note-broken-elsewhere": { kind: "note-broken-elsewhere", problems: [problems(text)["document-invalid"]] },
		"note-documents-skipped": { kind: "note-documents-skipped", files: [text] },
		"note-documents-lost": { kind: "note-documents-lost", problems: [problems(text)["document-invalid"]] },
		"note-withdrawn": {
			kind: "note-withdrawn",
			withdrawn: { kind: "closed", issue: "A-1", base: text, state: text },
		},
		"note-base": { kind: "note-base", base: { name: text, commit: "1".repeat(40) } },
		"note-issues-closed": { kind: "note-issues-closed", ids: ["A-1", "A-2"] },
		"note-issues-held": {
			kind: "note-issues-held",
			issues: (["held", "unknown"] as const).map((held) => ({ ...issue("A-1", { state: text }), held })),
		},
		"note-local-changes": { kind: "note-local-changes", files: [text, text] },
		"note-runner-warns": { kind: "note-runner-warns", warnings: [text] },
		"note-no-sockets": { kind: "note-no-sockets" },
		"note-no-confinement": {
			kind: "note-no-confinement",
			problem: { kind: "confinement-unavailable", reason: "missing", message: "" },
		},
		"note-hooks-skipped": { kind: "note-hooks-skipped", hooks: [text] },
		"note-lock-taken-over": {
			kind: "note-lock-taken-over",
			issue: "A-1",
			holder: { pid: 7, host: text, since: "2026-01-02T03:04:05.678Z" },
			processes: 2,
		},
		"note-leftovers-repaired": { kind: "note-leftovers-repaired", issue: "A-1", paths: [text, text] },
		"note-submodules-empty": { kind: "note-submodules-empty", base: text, paths: [text] },
		"note-filters-undefined": { kind: "note-filters-undefined", base: text, filters: [{ name: text, file: text }] },
		"note-not-copied": { kind: "note-not-copied", issue: "A-1", base: text, notIgnored: [text], leadsOut: [text] },
		"note-work-ignored": {
			kind: "note-work-ignored",
			problem: { kind: "work-ignored", issue: "A-1", path: text, files: [text] },
		},
		"note-opened": { kind: "note-opened", what: "env", names: [text] },
	};
}

function activities(text: string): OfEachKind<Exclude<Activity, Note>> {
	const usage = { inputTokens: 11_000, cachedInputTokens: 0, outputTokens: 1_000, reasoningOutputTokens: 0 };
	return {
		command: { kind: "command", command: text },
		output: { kind: "output", lines: [text], isCut: true, exitCode: 1 },
		message: { kind: "message", text },
		files: { kind: "files", paths: [text] },
		tool: { kind: "tool", name: text },
		warning: { kind: "warning", text },
		waiting: { kind: "waiting", until: "2026-11-28T02:00:00Z" },
		merging: { kind: "merging", branch: text },
		usage: { kind: "usage", usage },
	};
}

/** What a terminal would obey: colours, a title, a beep, a cleared screen, in seven bits and in eight. */
const HOSTILE = "a\u001b[31mb\u001b]0;title\u0007c\u0007\u009b2J\u0008\rd";
const CONTROL = /[^\P{Cc}\n\t]/u;

describe("a problem", () => {
	test.each(Object.values(problems("some-text")).map((problem) => [problem.kind, problem] as const))(
		"%s is said in words",
		(_, problem) => {
			const { what, remedy } = messageOf(problem, say);
			for (const text of [what, remedy ?? "x"]) {
				expect(text).toMatch(/\S/);
				expect(text).not.toMatch(CONTROL);
				expect(text).not.toMatch(/undefined|null|NaN|\[object|\$\{/);
			}
			const paragraph = paragraphOf(problem, say);
			expect(paragraph.startsWith(what)).toBe(true);
			for (const line of remedy?.split("\n") ?? []) expect(paragraph).toContain(`\n  ${line}`);
		},
	);

	test("names the repository in every command of git that does not name another place", () => {
		const there = testSay(undefined, "git -C repo");
		const remedies = Object.values(problems("some-text")).map((problem) => messageOf(problem, there).remedy ?? "");
		const commands = remedies.flatMap((remedy) => [
			...remedy.matchAll(/(?<![.\w])git (?!-C |--git-dir=|config --global ).*/g),
		]);
		expect(commands.map(([command]) => command)).toEqual(["git clone /repo.worktrees/some-text"]);
		expect(remedies.filter((remedy) => remedy.includes("git -C repo ")).length).toBeGreaterThan(5);
	});

	test("suggests commands that shells and programs take, whatever the names of files and branches hold", async () => {
		const there = testSay("npx tsx orchfile.ts -C 'my repo'", "git -C 'my repo'");
		const commands = [...Object.values(problems(ODD_NAME)), ...furtherProblems(ODD_NAME)].flatMap((problem) =>
			suggestedIn(messageOf(problem, there).remedy ?? ""),
		);
		expect(commands.length).toBeGreaterThan(40);
		await verifyCommands(commands);
	});

	test("commands the terminal in no kind, whatever the names of files and the words of others hold", () => {
		const bad = Object.values(problems(HOSTILE)).filter((problem) => CONTROL.test(messageOf(problem, say).what));
		expect(bad.map(({ kind }) => kind)).toEqual([]);
	});

	test("commands the terminal by none of its remedies either", () => {
		const bad = Object.values(problems(HOSTILE)).filter((problem) =>
			CONTROL.test(messageOf(problem, say).remedy ?? ""),
		);
		expect(bad.map(({ kind }) => kind)).toEqual([]);
	});

	test("names what is close, or the command that shows what there is", () => {
		const remedy = (nearest: readonly string[]) =>
			messageOf({ kind: "unknown-task", name: "dve", nearest }, say).remedy;
		expect(remedy(["dev", "dove"])).toBe('Did you mean "dev" or "dove"?');
		expect(remedy([])).toBe("To see them all: npx tsx orchfile.ts --list");
	});

	test("names the command as the user has to type it, with paths that a shell takes", () => {
		const path = "/repo.worktrees/it's here";
		const { remedy } = messageOf({ kind: "worktree-in-the-way", path }, say);
		const command = remedy?.slice(remedy.indexOf("mv "));
		expect(wordsOf(`printf '%s\\0' ${command?.slice("mv ".length)}`)).toEqual([path, `${path}.old`]);
	});

	test("of an attempt names the reason, its details and the log, cut to lines", () => {
		const details = ["first\nline", "x".repeat(1_000)];
		const record = attemptRecord({ outcome: "failed", reason: "timed-out", details });
		const { what, remedy } = messageOf({ kind: "attempt", record, logDir: "/repo/logs/orch/M1/A-1" }, say);
		const lines = what.split("\n");
		expect(lines.slice(0, 2)).toEqual(["A-1 failed: timed-out", "  first line"]);
		expect(lines).toHaveLength(3);
		expect(lines[2]?.length).toBeLessThan(310);
		expect(remedy).toContain("/repo/logs/orch/M1/A-1");
		expect(remedy).toContain("npx tsx orchfile.ts dev A-1");
	});

	test.each(EVERY_TURN)(
		"of an attempt that every further one would share (%s) does not suggest to run it again",
		(everyTurn) => {
			const record = attemptRecord({ outcome: "failed", reason: "runner-error" });
			const { remedy } = messageOf({ kind: "attempt", record, logDir: "/log", everyTurn }, say);
			expect(remedy).toMatch(/Every further issue/);
			expect(remedy).not.toMatch(/dev A-1$/);
			expect(remedy).not.toContain("npx codex");
		},
	);

	test("of a deferred attempt asks for an answer first", () => {
		const record = attemptRecord({ outcome: "deferred", details: ["Which format?"] });
		const { what, remedy } = messageOf({ kind: "attempt", record, logDir: "/log" }, say);
		expect(what).toContain("Which format?");
		expect(remedy).toMatch(/^To answer: .* answer A-1 --commit\nThen: .* dev A-1$/);
	});
});

describe("the sentence about a field of a document", () => {
	const sentence = (...lines: readonly string[]) => {
		const [problem] = problemsIn(read(withFrontMatter(...lines)));
		if (!problem) throw new Error("nothing is wrong");
		return messageOf(problem, say).what;
	};

	test("names file, line, field and value", () => {
		expect(sentence("id: a b", "title: T", "project: p")).toMatch(
			/^docs\/projects\/p\/issues\/A-1\.md:2: id: "a b"; expected 1 to 64 letters/,
		);
	});

	// "expected not a string; quote it" would tell the reader the opposite of what is wanted.
	test.each([
		["an id that is a number", ["id: 1e7", "title: T", "project: p"], /string|text/],
		["a title that is missing", ["id: A-1", "project: p"], /string|text|title/],
		["a priority in words", ["id: A-1", "title: T", "project: p", "priority: strange"], /number/],
	])("%s: after `expected` stands what was expected", (_, lines, wanted) => {
		const whole = sentence(...lines);
		const expected = whole.slice(whole.indexOf("; expected ") + "; expected ".length);
		expect(expected).toMatch(wanted);
		expect(expected).not.toMatch(/^(?:not|missing|Invalid)/);
	});
});

describe("a note, and what an agent is doing", () => {
	test.each(Object.values(notes("some-text")).map((note) => [note.kind, note] as const))(
		"%s is said in words",
		(_, note) => {
			expect(isNote(note)).toBe(true);
			expect(noteOf(note, say)).toMatch(/\S/);
			expect(noteOf(note, say)).not.toMatch(/undefined|null|\[object/);
		},
	);

	test("notes command no terminal", () => {
		const bad = Object.values(notes(HOSTILE)).filter((note) => CONTROL.test(noteOf(note, say)));
		expect(bad.map(({ kind }) => kind)).toEqual([]);
	});

	test.each(Object.values(activities(HOSTILE)).map((activity) => [activity.kind, activity] as const))(
		"%s is one line that commands no terminal",
		(_, activity) => {
			expect(isNote(activity)).toBe(false);
			expect(activityLine(activity)).not.toMatch(/\p{Cc}/u);
			expect(activityLine(activity)).toMatch(/\S/);
			expect(activityLine(activity, 5).length).toBeLessThanOrEqual(5);
		},
	);

	test.each([
		["bash -lc 'npm test'", "$ npm test"],
		["/bin/bash -c 'npm test'", "$ npm test"],
		['/usr/bin/zsh -lc "npm test"', "$ npm test"],
		["sh -c ls", "$ ls"],
		["npm test", "$ npm test"],
		["bash script.sh", "$ bash script.sh"],
		[`bash -lc "echo 'a b' \\"c\\" \\$HOME"`, `$ echo 'a b' "c" $HOME`],
		[`bash -lc 'echo "a" '"'b'"' c'`, `$ echo "a" 'b' c`],
		[`bash -lc 'echo '\\''a'\\'' "b"'`, `$ echo 'a' "b"`],
		["bash -lc 'a' 'b'", "$ bash -lc 'a' 'b'"],
	])("the command %s is shown as %s", (command, shown) => {
		expect(activityLine({ kind: "command", command })).toBe(shown);
	});

	test("a check that is run elsewhere than on the commit says where", () => {
		const command = "types: npm run types";
		expect(activityLine({ kind: "command", command, trial: "base" })).toBe(`on the base: $ ${command}`);
		expect(activityLine({ kind: "command", command })).toBe(`$ ${command}`);
	});

	test("an answer is not shown as JSON", () => {
		expect(activityLine({ kind: "message", text: '{"phase":"dev"}' })).not.toContain("{");
	});
});

describe("a duration", () => {
	test.each([
		[0, "0.0s"],
		[400, "0.4s"],
		[1_000, "1s"],
		[12_400, "12s"],
		[59_499, "59s"],
		[59_500, "1m00s"],
		[60_000, "1m00s"],
		[185_000, "3m05s"],
		[3_599_499, "59m59s"],
		[3_599_500, "1h00m"],
		[7_800_000, "2h10m"],
		[360_000_000, "100h00m"],
	])("of %d ms is %s", (ms, text) => {
		expect(duration(ms)).toBe(text);
	});
});

describe("a count", () => {
	test.each([
		[0, "0"],
		[820, "820"],
		[999, "999"],
		[1_000, "1.0k"],
		[12_345, "12.3k"],
		[999_900, "999.9k"],
		[1_000_000, "1.0M"],
		[1_234_567, "1.2M"],
	])("of %d is %s", (number, text) => {
		expect(count(number)).toBe(text);
	});

	test("just below a million is not a thousand thousand", () => {
		expect(count(999_950)).toBe("1.0M");
		expect(count(999_999)).toBe("1.0M");
	});

	test.each([
		[0, "0 files"],
		[1, "1 file"],
		[2, "2 files"],
	])("%d of something is %s", (number, text) => {
		expect(plural(number, "file")).toBe(text);
	});
});

describe("a list in words", () => {
	test("is cut, and says by how much", () => {
		expect(listed(["a", "b", "c"], 3)).toBe("a, b, c");
		expect(listed(["a", "b", "c", "d"], 2)).toBe("a, b and 2 more");
		expect(listed([])).toBe("");
	});
});

describe("a table", () => {
	test("has columns as wide as their widest cell, and no blanks at the end of a line", () => {
		const rows = [
			["ISSUE", "STATUS"],
			["CIV-10", "pass"],
			["A", "failed: timed-out"],
		];
		expect(table(rows)).toBe("ISSUE   STATUS\nCIV-10  pass\nA       failed: timed-out");
	});

	test("without rows is nothing, and with a heading only is that", () => {
		expect(table([])).toBe("");
		expect(table([["A", "B"]])).toBe("A  B");
	});

	test("whatever its cells are, every column starts where its heading does", () => {
		const cell = fc.stringMatching(/^[a-z]{1,8}$/);
		fc.assert(
			fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 6 }), (rows) => {
				const [heading = "", ...lines] = table(rows).split("\n");
				const starts = [...heading.matchAll(/\S+/g)].map((match) => match.index);
				expect(starts).toHaveLength(3);
				for (const line of lines) expect([...line.matchAll(/\S+/g)].map((match) => match.index)).toEqual(starts);
			}),
		);
	});
});

describe("text that is made printable", () => {
	test("loses escapes and control characters, and keeps lines, tabs and letters", () => {
		expect(printable(HOSTILE)).not.toMatch(CONTROL);
		expect(printable("\u001b[1;31mred\u001b[0m \u001b]0;title\u0007plain\0")).toBe("red plain");
		expect(printable("é\n\t日本 🙂")).toBe("é\n\t日本 🙂");
	});

	test("whatever it was, no control character is left, and a second time changes nothing", () => {
		const text = fc.array(
			fc.oneof(
				fc.constantFrom("\u001b", "\u009b", "[", "]", "0;", "m", "\u0007", "\\", "2J"),
				fc.string({ unit: LETTER }),
			),
			{ maxLength: 12 },
		);
		fc.assert(
			fc.property(
				text.map((parts) => parts.join("")),
				(given) => {
					expect(printable(given)).not.toMatch(CONTROL);
					expect(printable(printable(given))).toBe(printable(given));
					expect(oneLine(given)).not.toMatch(/\p{Cc}/u);
				},
			),
			{ numRuns: 100 },
		);
	});

	test("of one line is cut at its width, by letters", () => {
		expect(oneLine("abcdef", 6)).toBe("abcdef");
		expect(oneLine("abcdefg", 6)).toBe("abcde…");
		expect(oneLine("🙂🙂🙂", 3)).toBe("🙂🙂🙂");
		expect(oneLine("🙂🙂🙂🙂", 3)).toBe("🙂🙂…");
		expect(oneLine("  a\n\n b\tc\r\nd ")).toBe("a b c d");
		expect([...oneLine("x".repeat(500))]).toHaveLength(200);
	});
});

describe("a word for the shell", () => {
	test("is left alone where it needs no quotes", () => {
		for (const word of ["A-1", "src/a.ts", "origin/main", "a=b", "user@host:x", "v1.2,3+4", "100%"]) {
			expect(shellWord(word)).toBe(word);
		}
	});

	test("reaches the command as it was, whatever it is", () => {
		const spiteful = fc.constantFrom(
			"",
			" ",
			"'",
			"''",
			'"',
			"\\",
			"$HOME",
			"`id`",
			"$(id)",
			"a\nb",
			"\n",
			"*",
			"~",
			"#",
			"!",
			";",
			"&",
			"-n",
			"\t",
			"é🙂",
		);
		const word = fc.oneof(
			spiteful,
			fc.string({ unit: LETTER }),
			fc.array(spiteful, { maxLength: 5 }).map((each) => each.join("")),
		);
		const words = fc.array(
			word.map((each) => each.replaceAll("\0", "")),
			{ minLength: 60, maxLength: 60 },
		);
		fc.assert(
			fc.property(words, (given) => {
				expect(wordsOf(`printf '%s\\0' ${given.map(shellWord).join(" ")}`)).toEqual(given);
			}),
			{ numRuns: 30 },
		);
	});
});

/** Has a real shell run a command that prints its words, each ended by NUL. */
function wordsOf(command: string): string[] {
	const output = execFileSync("sh", ["-c", command], {
		encoding: "utf8",
		env: { HOME: "/home/nobody", PATH: process.env.PATH },
	});
	return output.split("\0").slice(0, -1);
}
