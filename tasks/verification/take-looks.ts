import { join } from "node:path";
import {
	checksAgain,
	checksForOldTests,
	checksToProve,
	checksToWeaken,
	checksToWeakenAgain,
} from "../checks/further-runs.ts";
import { baseKeyOf } from "../checks/key.ts";
import type { BaseLook, Look } from "../checks/look.ts";
import type { Looks, Terms } from "../checks/looks.ts";
import { protectedChanges } from "../checks/protected.ts";
import { notRun } from "../checks/run-checks.ts";
import { baseTests, branchTests, testFileChanges } from "../checks/test-files.ts";
import { baseLook } from "../checks/units.ts";
import type { FurtherLook } from "../contract/activity.ts";
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
import { lookAtBase } from "./base-looks.ts";
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
}

/** Everything that a verdict is made of. */
export interface Taken {
	readonly looks: Looks;
	readonly terms: Terms;
}

/**
 * Runs the checks on what the branch started from and on the branch, and wherever else they have something to say: each on a folder
 * that no other run has touched.
 * @throws Failure `disk-full`, `git-failed`, …; the signal's reason when that was aborted.
 */
export async function takeLooks(subject: Subject, place: ChecksPlace, context: Context): Promise<Taken> {
	const { issue, options, signal } = context;
	const { commit, compared, setUp } = subject;
	const confined = await confinable(options);
	if (confined.kind === "refused") {
		const why = confined.message === "" ? confined.reason : `${confined.reason}: ${confined.message}`;
		return untaken(subject, issue, "no-sandbox", why);
	}
	let prepared: Prepared;
	try {
		prepared = await place.prepare(issue, issue.base.commit, setUp, signal);
	} catch (error) {
		const problem = problemOf(error);
		if (problem?.kind !== "set-up-failed") throw error;
		return untaken(subject, issue, problem.kind, `${problem.command}: ${problem.lines.at(-1) ?? "without a word"}`);
	}
	const base = await place.start(compared, issue.base.commit, prepared, signal);
	const branch = await place.furnish(commit, prepared, signal);
	try {
		const changes = await findPathChanges(issue.repository, compared, commit, signal);
		const terms = await termsOf(subject, issue, changes, base, branch);
		const run = checkRunner(prepared, confined.bubblewrap, place, context);
		return { looks: await look(subject, terms, { base, branch }, run, place, context), terms };
	} finally {
		await place.remove(branch);
	}
}

/** Nothing could be run. */
function untaken({ turn, checks }: Subject, { logDir, removesTests }: IssuePlan, why: NotRun, detail: string): Taken {
	const looks = checks.map((check) => notRun(check, join(logDir, verifyLog(turn, check.name)), why, detail));
	const testFiles = testFileChanges([]);
	const terms = { mayVanish: removesTests === true, requireProof: false, protected: NOTHING_PROTECTED, testFiles };
	return { looks: { base: looks.map((each) => baseLook(each)), commit: looks }, terms };
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

async function look(
	{ turn, commit: _, compared, checks, setUp }: Subject,
	terms: ProtectedTerms,
	{ base, branch }: { readonly base: CommitFolder; readonly branch: CommitFolder },
	run: CheckRunner,
	place: ChecksPlace,
	{ issue, options }: Context,
): Promise<Looks> {
	const logs = checksLogs(logsOf(issue.repository), options.layout.logs);
	const runAll = async (some: readonly Check[], folder: CommitFolder, changes: Changes, what?: FurtherLook) => {
		const taken: Look[] = [];
		for (const check of some)
			taken.push(await run(check, folder, changes, join(issue.logDir, verifyLog(turn, check.name, what)), what));
		return taken;
	};
	const onBase: BaseLook[] = [];
	for (const check of checks) {
		const key = baseKeyOf(check, compared, setUp, options);
		const asked = {
			check,
			commit: compared,
			key,
			logs,
			run: (log: string) => run(check, base, UNCHANGED, log, "base"),
		};
		onBase.push(await lookAtBase(asked, place.looks));
	}
	let looks: Looks = { base: onBase, commit: await runAll(checks, branch, UNCHANGED) };
	const again = checksAgain(looks.commit);
	if (again.length > 0) looks = { ...looks, again: await runAll(again, branch, UNCHANGED, "again") };
	const weaken = checksToWeaken(looks, terms);
	if (weaken.length > 0) {
		const { laid, written } = terms.protected;
		const changes = await laidFrom(base, laid, written);
		looks = { ...looks, weakened: await runAll(weaken, branch, changes, "weakened") };
		const weakenAgain = checksToWeakenAgain(looks, terms);
		if (weakenAgain.length > 0)
			looks = { ...looks, weakenedAgain: await runAll(weakenAgain, branch, changes, "weakened-again") };
	}
	const old = checksForOldTests(looks, terms);
	const oldTests = baseTests(terms.testFiles);
	if (old.length > 0 && oldTests)
		looks = { ...looks, oldTests: await runAll(old, branch, await laidFrom(base, oldTests), "old-tests") };
	const prove = checksToProve(looks, terms);
	if (prove.length > 0) {
		const changes = await laidFrom(branch, branchTests(terms.testFiles));
		looks = { ...looks, proof: await runAll(prove, base, changes, "proof") };
	}
	return looks;
}
