import { handedOn } from "../checks/key.ts";
import { type CheckSettings, runCheck } from "../checks/run-checks.ts";
import type { Trial } from "../checks/trial.ts";
import type { FurtherTrial } from "../contract/activity.ts";
import type { Check } from "../contract/check.ts";
import type { IssuePlan } from "../contract/issue.ts";
import type { ActionOptions } from "../contract/options.ts";
import type { IssueContext } from "../engine/task.ts";
import { secretPaths } from "../runner/confinement.ts";
import type { Changes } from "../system/confine/changes.ts";
import { lastLines } from "../system/user-command.ts";
import type { ChecksPlace, CommitFolder, Prepared } from "./prepared.ts";

/**
 * Runs a check on a commit's folder, changed in this way.
 * @param log a file that does not exist yet, for what it prints.
 * @param further for the view; absent for the commit that is judged.
 */
export type CheckRunner = (
	check: Check,
	folder: CommitFolder,
	changes: Changes,
	log: string,
	further?: FurtherTrial,
) => Promise<Trial>;

/** Milliseconds after which it is seen what else a check has printed. */
const INTERVAL = 1_000;

/**
 * What runs the checks of an issue.
 * @param prepared checks find every folder at the path of this one: what a set-up has made may name its own.
 */
export function checkRunner(
	{ worktree }: Prepared,
	bubblewrap: string,
	place: ChecksPlace,
	{ issue, options, signal, report }: IssueContext<IssuePlan, ActionOptions>,
): CheckRunner {
	const { commonDir, root } = issue.repository;
	const settings: CheckSettings = {
		bubblewrap,
		// What the agent has left in its worktree vouches for nothing.
		secrets: [...secretPaths(), issue.worktreePath],
		readOnly: [commonDir],
		keep: [commonDir, root, place.folder],
		network: options.network ? "host" : "own",
		// What lies in the checkout, packages for one, can be read from there, and not written.
		environment: { ...handedOn(options), ORCH_CHECKOUT: root },
		timeout: options.timeout,
		signal,
	};
	return async (check, { path, inner }, changes, log, further) => {
		const command = check.name === check.run ? check.run : `${check.name}: ${check.run}`;
		report({ kind: "command", command, ...(further && { trial: further }) });
		const follow = followed(log, (lines) => report({ kind: "output", lines, isCut: false }));
		try {
			const folder = { at: worktree.path, lower: path, inner, changes };
			const trial = await runCheck({ check, folder, place: place.next(), log }, settings);
			const isFailed = trial.end.kind === "ended" && trial.end.exitCode !== 0;
			const exitCode = isFailed ? trial.end.exitCode : undefined;
			report({
				kind: "output",
				lines: await lastLines(log),
				isCut: false,
				...(exitCode !== undefined && { exitCode }),
			});
			return trial;
		} finally {
			follow();
		}
	};
}

/** Tells the last lines of a file as long as it grows. @returns what ends that. */
function followed(file: string, tell: (lines: readonly string[]) => void): () => void {
	let before = "";
	const timer = setInterval(async () => {
		const lines = await lastLines(file);
		if (lines.join("\n") === before) return;
		before = lines.join("\n");
		tell(lines);
	}, INTERVAL);
	timer.unref();
	return () => clearInterval(timer);
}
