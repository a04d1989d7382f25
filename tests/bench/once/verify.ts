// Has the checks run on branches that stand, one after the other, in one process, and prints what each took, beside a script that only
// runs the same commands in a folder that stands ready, and plain git that makes and removes such a folder; and how many processes of git
// each took.
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { DEFAULT_LAYOUT } from "../../../tasks/contract/layout.ts";
import { verify } from "../../../tasks/verify.ts";

const run = promisify(execFile);
const [root = "", issues = "", gitLog = "", setUp] = process.argv.slice(2);
const base = (await run("git", ["-C", root, "rev-parse", "main"])).stdout.trim();
const commands = ["sh check.sh 1", "sh check.sh 2"];
const checks = commands.map((command) => ({ name: command, run: command }));
const repository = { root, commonDir: join(root, ".git") };
const options = {
	directory: root,
	timeout: 60_000,
	stall: 60_000,
	wait: 0,
	maxTokens: 0,
	minFree: 0,
	layout: DEFAULT_LAYOUT,
	packageRoot: root,
	jobs: 1,
};
const ours: number[] = [];
const script: number[] = [];
const gits: number[] = [];
const git: number[] = [];
for (let at = 0; at < Number(issues); at++) {
	const id = `I-${at}`;
	const issue = {
		...{ id, title: id, state: "planned", priority: null, estimate: null, project: "p", milestone: "M1" },
		...{ assignees: [], labels: [], parent: null, children: [], blockedBy: [], blocks: [], relatedTo: [] },
		...{ docPath: "", docHash: "", blockers: [], outside: [], stack: [], milestoneDocPath: "" },
		...{ repository, base: { name: "main", commit: base }, branch: `issue/${id}` },
		worktreePath: join(`${root}.worktrees`, id),
		logDir: join(root, "logs/orch/M1", id),
	};
	const given = { checks, settings: {}, isLast: () => at + 1 === Number(issues), isAwaited: () => false };
	const worktree = { kind: "worktree", stack: [], isFresh: true, ...(setUp === undefined ? {} : { setUp }) };
	const signal = new AbortController().signal;
	writeFileSync(gitLog, "");
	const start = performance.now();
	const { record } = await verify("dev", given, { worktree }, { issue, options, signal, report: () => {} });
	const end = performance.now();
	gits.push(readFileSync(gitLog, "utf8").split("\n").length - 1);
	if (record?.failures.length !== 0) throw new Error(JSON.stringify(record));
	await run("sh", ["-ec", commands.join("\n")], { cwd: root });
	script.push(performance.now() - end);
	const folder = `${root}.plain`;
	const from = performance.now();
	await run("git", ["-C", root, "worktree", "add", "-q", "--detach", folder, issue.branch]);
	await run("git", ["-C", root, "worktree", "remove", folder]);
	git.push(performance.now() - from);
	ours.push(end - start);
}
process.stdout.write(JSON.stringify({ ours, script, gits, git }));
