// How planning and checking grow with the backlog, as ratios in one sitting: npx tsx tests/bench/backlog.ts
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ORCHFILE = fileURLToPath(new URL("../../orchfile.ts", import.meta.url));
const TSX = import.meta.resolve("tsx");
const ROUNDS = 3;

/** Writes and commits issues that each wait for up to three earlier ones. */
function writeBacklog(folder: string, count: number, perMilestone: number): void {
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
	const git = (...args: string[]) => execFileSync("git", ["-C", folder, ...args], { stdio: "ignore" });
	git("init", "-q");
	git("add", "-A");
	git("-c", "user.name=bench", "-c", "user.email=bench@example.com", "commit", "-q", "-m", "backlog");
}

/** Median of the whole process, in milliseconds. */
function time(folder: string, args: readonly string[]): number {
	const times = Array.from({ length: ROUNDS }, () => {
		const from = performance.now();
		const { status, stderr } = spawnSync(process.execPath, ["--import", TSX, ORCHFILE, "-C", folder, ...args], {
			encoding: "utf8",
			maxBuffer: 1 << 30,
		});
		if (status !== 0) throw new Error(stderr);
		return performance.now() - from;
	});
	return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] as number;
}

const root = mkdtempSync(join(tmpdir(), "orchfile-bench-"));
try {
	const start = time(root, ["--list"]);
	console.log(`start alone: ${start.toFixed(0)} ms`);
	let last: number | undefined;
	for (const count of [2_500, 5_000, 10_000]) {
		const folder = join(root, String(count));
		mkdirSync(folder);
		writeBacklog(folder, count, count / 10);
		const [plan, check] = [time(folder, ["plan", "M0"]) - start, time(folder, ["check"]) - start];
		const growth = last === undefined ? "" : `, growth exponent ${Math.log2(plan / last).toFixed(2)}`;
		console.log(
			`${count} documents: plan ${plan.toFixed(0)} ms, check ${check.toFixed(0)} ms beyond the start${growth}`,
		);
		last = plan;
	}
	const wide = join(root, "wide");
	mkdirSync(wide);
	writeBacklog(wide, 5_000, 5_000);
	console.log(
		`one milestone of 5000 issues: plan ${(time(wide, ["plan", "M0"]) - start).toFixed(0)} ms beyond the start`,
	);
} finally {
	rmSync(root, { recursive: true, force: true });
}
