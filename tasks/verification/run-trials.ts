import { join } from "node:path";
import {
	checksAgain,
	checksForOldTests,
	checksToProve,
	checksToWeaken,
	checksToWeakenAgain,
	checksToWeakenUnmixed,
} from "../checks/further-trials.ts";
import { baseKeyOf } from "../checks/key.ts";
import { commitAnswers } from "../checks/missing-command.ts";
import { type BaseVersions, protectedChanges } from "../checks/protected.ts";
import { notRun } from "../checks/run-checks.ts";
import { baseTests, branchTests, testFileChanges } from "../checks/test-files.ts";
import type { BaseTrial, Trial } from "../checks/trial.ts";
import type { Terms, Trials } from "../checks/trials.ts";
import { baseTrial } from "../checks/units.ts";
import type { FurtherTrial } from "../contract/activity.ts";
import type { Check, VerifySettings } from "../contract/check.ts";
import { type IssuePlan, logsOf } from "../contract/issue.ts";
import type { ActionOptions } from "../contract/options.ts";
import type { PathChange } from "../contract/path-change.ts";
import type { TurnName } from "../contract/phase.ts";
import { problemOf } from "../contract/problem.ts";
import type { NotRun } from "../contract/verify-record.ts";
import type { IssueContext } from "../engine/task.ts";
import { findPathChanges } from "../repo/path-changes.ts";
import { checksLogs } from "../store/checks-logs.ts";
import { verifyLog } from "../store/verify-files.ts";
import { type Changes, UNCHANGED } from "../system/confine/changes.ts";
import { askBase, keepForOthers } from "./base-trials.ts";
import { type CheckRunner, checkRunner } from "./check-runner.ts";
import { confinable } from "./confinable.ts";
import { laidFrom, readIn } from "./laid-files.ts";
import type { ChecksPlace, CommitFolder, Prepared } from "./prepared.ts";

type Context = IssueContext<IssuePlan, ActionOptions>;

/** What is judged, and by what. */
export interface Subject {
	/** The turn whose work it is: files are called after it. */
	readonly turn: TurnName;
	readonly commit: string;
	/** What the branch started from. */
	readonly compared: string;
	readonly checks: readonly Check[];
	readonly settings: VerifySettings;
	/** The command by which worktrees are set up. */
	readonly setUp: string | undefined;
	/** Whether other issues start from this work. */
	readonly isAwaited: boolean;
}

/** Everything that a verdict is made of. */
export interface Grounds {
	readonly trials: Trials;
	readonly terms: Terms;
}

/**
 * Runs the checks on what the branch started from and on the branch, and wherever else they have something to say: each on a folder
 * that no other run has touched.
 * @throws Failure `disk-full`, `git-failed`, …; the signal's reason when that was aborted.
 */
export async function runTrials(subject: Subject, place: ChecksPlace, context: Context): Promise<Grounds> {
	const { issue, options, signal } = context;
	const { commit, compared, setUp } = subject;
	const confined = await confinable(options);
	if (confined.kind === "refused") {
		const why = confined.message === "" ? confined.reason : `${confined.reason}: ${confined.message}`;
		return nothingRun(subject, issue, "no-sandbox", why);
	}
	let prepared: Prepared;
	try {
		prepared = await place.prepare(issue, issue.base.commit, setUp, signal);
	} catch (error) {
		const problem = problemOf(error);
		if (problem?.kind !== "set-up-failed") throw error;
		return nothingRun(subject, issue, problem.kind, `${problem.command}: ${problem.lines.at(-1) ?? "without a word"}`);
	}
	const base = await place.start(compared, issue.base.commit, prepared, signal);
	const branch = await place.furnish(commit, prepared, signal);
	try {
		const changes = await findPathChanges(issue.repository, compared, commit, signal);
		const terms = await termsOf(subject, issue, changes, base, branch);
		const run = checkRunner(prepared, confined.bubblewrap, place, context);
		return { trials: await trialsOf(subject, terms, { base, branch }, run, place, context), terms };
	} finally {
		await place.remove(branch);
	}
}

/** Nothing could be run. */
function nothingRun(
	{ turn, checks }: Subject,
	{ logDir, removesTests }: IssuePlan,
	why: NotRun,
	detail: string,
): Grounds {
	const trials = checks.map((check) => notRun(check, join(logDir, verifyLog(turn, check.name)), why, detail));
	const testFiles = testFileChanges([]);
	const terms = { mayVanish: removesTests === true, requireProof: false, protected: NOTHING_PROTECTED, testFiles };
	return { trials: { base: trials.map((each) => baseTrial(each)), commit: trials }, terms };
}

type ProtectedTerms = Terms & { readonly protected: Awaited<ReturnType<typeof protectedChanges>> };

const NOTHING_PROTECTED: ProtectedTerms["protected"] = {
	changed: [],
	laid: { put: [], remove: [] },
	written: new Map(),
	isMixed: false,
};

async function termsOf(
	{ checks, settings }: Subject,
	{ removesTests }: IssuePlan,
	changes: readonly PathChange[],
	base: CommitFolder,
	branch: CommitFolder,
): Promise<ProtectedTerms> {
	const read = (side: "base" | "branch", path: string) => readIn(side === "base" ? base : branch, path);
	return {
		mayVanish: removesTests === true,
		requireProof: settings.requireProof === true,
		protected: await protectedChanges(changes, checks, settings.protect ?? [], read, settings.tests),
		testFiles: testFileChanges(changes, settings.tests),
	};
}

async function trialsOf(
	{ turn, commit, compared, checks, setUp, isAwaited }: Subject,
	terms: ProtectedTerms,
	{ base, branch }: { readonly base: CommitFolder; readonly branch: CommitFolder },
	run: CheckRunner,
	place: ChecksPlace,
	{ issue, options }: Context,
): Promise<Trials> {
	const logs = checksLogs(logsOf(issue.repository), options.layout.logs);
	const runAll = async (some: readonly Check[], folder: CommitFolder, changes: Changes, what?: FurtherTrial) => {
		const ended: Trial[] = [];
		for (const check of some)
			ended.push(await run(check, folder, changes, join(issue.logDir, verifyLog(turn, check.name, what)), what));
		return ended;
	};
	const onBase: BaseTrial[] = [];
	const about = (check: Check, of: string) => ({
		check,
		commit: of,
		key: baseKeyOf(check, of, setUp, options),
		logs,
	});
	for (const check of checks) {
		const asked = { ...about(check, compared), run: (log: string) => run(check, base, UNCHANGED, log, "base") };
		onBase.push(await askBase(asked, place.baseTrials));
	}
	const onCommit = await runAll(checks, branch, UNCHANGED);
	let trials: Trials = { base: onBase, commit: commitAnswers(onCommit, onBase) };
	const again = checksAgain(trials.commit);
	if (again.length > 0) trials = { ...trials, again: await runAll(again, branch, UNCHANGED, "again") };
	for (const trial of isAwaited ? trials.commit : []) {
		const second = trials.again?.find(({ check }) => check.name === trial.check.name);
		await keepForOthers(about(trial.check, commit), trial, second);
	}
	const weaken = async (what: "weakened" | "unmixed", some: readonly Check[], { laid, written }: BaseVersions) => {
		if (some.length === 0) return;
		const changes = await laidFrom(base, laid, written);
		trials = { ...trials, [what]: await runAll(some, branch, changes, what) };
		const twice = checksToWeakenAgain(trials, terms).filter(({ name }) => some.some((each) => each.name === name));
		if (twice.length > 0)
			trials = { ...trials, [`${what}Again`]: await runAll(twice, branch, changes, `${what}-again`) };
	};
	await weaken("weakened", checksToWeaken(trials, terms), terms.protected);
	if (terms.protected.unmixed) await weaken("unmixed", checksToWeakenUnmixed(trials, terms), terms.protected.unmixed);
	const old = checksForOldTests(trials, terms);
	const oldTests = baseTests(terms.testFiles);
	if (old.length > 0 && oldTests)
		trials = { ...trials, oldTests: await runAll(old, branch, await laidFrom(base, oldTests), "old-tests") };
	const prove = checksToProve(trials, terms);
	if (prove.length > 0) {
		const changes = await laidFrom(branch, branchTests(terms.testFiles));
		trials = { ...trials, proof: await runAll(prove, base, changes, "proof") };
	}
	return trials;
}
