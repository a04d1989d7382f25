import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { given } from "../../contract/given.ts";
import type { IssuePlan } from "../../contract/issue.ts";
import type { RunEvent } from "../../engine/event.ts";
import type { RunReport } from "../../engine/execute.ts";
import { isPerIssue, type Task } from "../../engine/task.ts";
import { localEnvironment } from "../../repo/local-environment.ts";
import { withTemporaryFolder } from "../../system/temporary-folder.ts";
import { lastLines, runUserCommand } from "../../system/user-command.ts";
import { repeatedCommand } from "../options/repeated-command.ts";
import type { RunRequest } from "../request.ts";
import { listenForSignals } from "../signals.ts";
import type { Surroundings } from "../surroundings.ts";
import { targetWords } from "../target-words.ts";
import { exitCodeOf } from "../tell-failure.ts";
import type { View } from "../views/view.ts";
import { inOneLine, topOf } from "../words/format.ts";
import { endSentence, NOTIFY_WAITS, notifyFailed, refusedSentence, waitsSentence } from "../words/notify-words.ts";
import { answering } from "../words/say.ts";
import { problemsOf } from "../words/summary.ts";
import { isUpToAnswers, type Told, toldIssues, variablesOf } from "./told.ts";
import { watchForWaits } from "./watch-for-waits.ts";

/** Milliseconds that a command may take, and where somebody waits for the run to be over. */
const LIMIT = 30_000;
const SHORT = 5_000;
/** Milliseconds of silence after which it is said what is waited for. */
const SILENCE = 2_000;

/** Tells a person's command what becomes of a run. */
export interface Notifier {
	/** A view through which the run is watched as well. */
	watching(view: View): View;
	/** Tells of the end, and waits for the command. @param signal the run was ended by one. */
	concluded(report: RunReport<IssuePlan>, exitCode: number, signal: boolean, page?: string): Promise<void>;
	/** Tells of a run that was refused, or broke off, and waits for the command. */
	refused(error: Error): Promise<void>;
}

/** @returns nothing where there is no command, it is none of issues, or a rehearsal for which the command was not typed. */
export function openNotifier(request: RunRequest, tasks: readonly Task[], around: Surroundings): Notifier | undefined {
	const { notify: command, typed, options } = request;
	if (!command || !tasks.some(isPerIssue) || (options.rehearse && !typed.notify)) return undefined;
	const { say, stderr } = around;
	const target = targetWords(request).trim();
	const run = `${options.rehearse ? "The rehearsal of " : ""}${request.task}${target && ` ${target}`}`;
	const again = say(repeatedCommand(request));
	const stop = new AbortController();
	const running = new Set<Promise<void>>();
	let print = (sentence: string): void => void stderr.write(`${sentence}\n`);
	let hasFailed = false;
	const tell = (told: Omit<Told, "task" | "target">, timeout = LIMIT): void => {
		const all = { ...told, task: request.task, target, message: inOneLine(told.message) };
		const one = runNotify(command, all, topOf(options.directory), timeout, stop.signal).then((failed) => {
			running.delete(one);
			if (failed === undefined || hasFailed) return;
			hasFailed = true;
			print(failed);
		});
		running.add(one);
	};
	const endNow = (): void => stop.abort();
	process.once("exit", endNow);
	const finish = async (): Promise<void> => {
		print = (sentence) => void stderr.write(`\n${sentence}\n`);
		const signals = listenForSignals(endNow, () => {});
		const saying = setTimeout(() => print(NOTIFY_WAITS), SILENCE);
		try {
			await Promise.all(running);
		} finally {
			clearTimeout(saying);
			signals.release();
			process.removeListener("exit", endNow);
		}
	};
	return {
		watching(view) {
			print = (sentence) => view.say(sentence);
			const heard = watchForWaits((until) => {
				const message = waitsSentence(run, Date.parse(until), Date.now());
				tell({ event: "waiting", until, message, next: say(`status${targetWords(request)}`) });
			});
			const onEvent = (event: RunEvent<IssuePlan>): void => {
				heard(event);
				view.onEvent(event);
			};
			return { ...view, onEvent };
		},
		async concluded(report, exitCode, isInterrupted, page) {
			const issues = toldIssues(report);
			const isAsking = isUpToAnswers(report, issues);
			const [first] = issues.filter(({ came }) => came === "question");
			const next = isAsking && first ? answering(first.id, say) : exitCode === 0 ? undefined : again;
			const event = isAsking ? "questions" : "end";
			const message = endSentence(run, report.stop, issues, isAsking);
			const facts = given({ stopped: report.stop?.kind, page, next });
			tell({ event, exitCode, issues, message, ...facts }, isInterrupted ? SHORT : LIMIT);
			await finish();
		},
		async refused(error) {
			const message = refusedSentence(run, problemsOf(error, say)[0] ?? error.message);
			tell({ event: "end", exitCode: exitCodeOf(error), message, next: again }, SHORT);
			await finish();
		},
	};
}

/**
 * Runs the command, with what it is told in its environment and on its standard input: nothing of that is ever part of it.
 * @returns what went wrong, in words.
 */
async function runNotify(
	command: string,
	told: Told,
	cwd: string,
	timeout: number,
	signal: AbortSignal,
): Promise<string | undefined> {
	try {
		return await withTemporaryFolder(async (folder) => {
			const [inputFile, outputFile] = [join(folder, "told.json"), join(folder, "output")];
			await writeFile(inputFile, `${JSON.stringify(told)}\n`);
			const environment = { ...localEnvironment(), ...variablesOf(told) };
			const end = await runUserCommand(command, { cwd, environment, inputFile, outputFile, timeout, signal });
			return end.kind === "done" ? undefined : notifyFailed(end, await lastLines(outputFile));
		});
	} catch (error) {
		return notifyFailed(signal.aborted ? "was ended" : `can't be run: ${(error as Error).message}`, []);
	}
}
