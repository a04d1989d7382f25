import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes and commits issues `I-0`, `I-1` … in milestones `M0`, `M1` …, each waiting for up to three earlier ones of its own. */
export function writeBacklog(folder: string, count: number, perMilestone: number): void {
	for (let at = 0; at < count; at++) {
		const milestone = Math.floor(at / perMilestone);
		const first = milestone * perMilestone;
		const blockers = [at - 1, at - 7, at - 31].filter((each) => each >= first).map((each) => `I-${each}`);
		const issues = join(folder, `docs/projects/p${milestone}/issues`);
		if (at === first) mkdirSync(issues, { recursive: true });
		const matter = `id: I-${at}\ntitle: Issue ${at}\npriority: ${at % 5}\nproject: p${milestone}\nmilestone: M${milestone}\nblocked_by: [${blockers.join(", ")}]`;
		writeFileSync(
			join(issues, `I-${at}.md`),
			`---\n${matter}\n---\n\n${"What is wanted, and how to tell.\n".repeat(30)}`,
		);
	}
	commitAll(folder);
}

/** Makes a folder a repository on branch `main` with everything in it committed. */
export function commitAll(folder: string): void {
	const git = (...args: string[]) => execFileSync("git", ["-C", folder, ...args], { stdio: "ignore" });
	git("init", "-q", "-b", "main");
	git("config", "user.name", "bench");
	git("config", "user.email", "bench@example.com");
	git("config", "gc.auto", "0");
	git("add", "-A");
	git("commit", "-q", "-m", "start");
}
