import type { Activity } from "../contract/activity.ts";
import type { RunnerWords } from "../contract/diagnosis.ts";
import type { Place } from "../contract/place.ts";
import type { Problem } from "../contract/problem.ts";
import type { EveryTurn, ThisTurn, Usage } from "../contract/record.ts";

/** One turn of an agent, as plain data: it crosses a process boundary, and may one day cross a machine's. */
export interface TurnRequest {
	readonly prompt: string;
	/** JSON Schema of the answer. */
	readonly outputSchema: Record<string, unknown>;
	/** The worktree; the only folder the agent may write to, beside the temporary one. */
	readonly workingDirectory: string;
	/** The agent judges and changes nothing: it may not even write to the worktree. What its commands write there is thrown away, or refused. */
	readonly isReadOnly: boolean;
	/** Files and folders that it may not read, beside credentials; absolute, symlinks resolved. */
	readonly hidden: readonly string[];
	/** The main checkout, which the agent may read. */
	readonly repositoryRoot: string;
	/** A folder of this attempt's own for temporary files; empty, and removed afterwards. */
	readonly temporaryDirectory: string;
	/** The file to which every event is appended, as a line of JSON, by the time that anything of it is reported. */
	readonly eventLog: string;
	/** The runner's own default when absent. */
	readonly model?: string;
	/** How hard the model is to think; the runner's own default when absent. */
	readonly effort?: string;
	/** A thread of an earlier turn to go on in; where it is not to be had any more, the turn has one of its own. */
	readonly resume?: string;
	/** Absolute path of the agent's program; the one that the runner brings when absent. */
	readonly program?: string;
	/** Whether the agent's commands reach the network. */
	readonly network: boolean;
	/** Variables for the agent's commands, beside the few that every command gets. */
	readonly environment: Readonly<Record<string, string>>;
	/** Further folders that the agent may write to; absolute, symlinks resolved. */
	readonly writableFolders: readonly string[];
}

/** What has to be known to tell whether turns could run. */
export interface CheckRequest {
	/** The main checkout, or where a person looks for one. */
	readonly directory: string;
	/** git's folder for it, which agents must not write to. */
	readonly gitFolder?: string;
	readonly program?: string;
}

/** What the runner relies on, and how it stands. */
export interface RunnerHealth {
	/** Path of the agent's program. */
	readonly program: string;
	/** Its version; `null` where it does not tell. */
	readonly version: string | null;
	/** How many files and folders with credentials the agent's commands can't read. */
	readonly denied: number;
	/** Whether these can listen and connect, on a loopback and with sockets of their own. */
	readonly sockets: boolean;
	/** What keeps turns from running, by what it concerns. */
	readonly problems: Readonly<Record<"program" | "credentials" | "provider" | "sandbox", readonly Problem[]>>;
	/** What is not as a person probably meant it, and keeps no turn from running. */
	readonly warnings: readonly string[];
	/** What the agent's program itself says. */
	readonly words: Readonly<Record<"credentials" | "provider", RunnerWords>>;
}

/** Limits of one turn; times in milliseconds. */
export interface TurnLimits {
	/** Wall clock of the whole turn. */
	readonly timeout: number;
	/** Time without progress; a command that is still running is progress, an `error` event is not. */
	readonly stall: number;
	/** Tokens of the whole turn, input and output together. */
	readonly tokens: number;
	/** Time that the provider's usage limit is waited for, since it last answered; no part of the others. */
	readonly wait: number;
	/** The time of day until which the run is to work, in milliseconds since 1970: a limit that is over later is not waited for. */
	readonly until?: number;
}

/** Where a turn's output goes while it runs, beside its events. */
export interface TurnSinks {
	/** Waits while it is slow. */
	readonly stderr: (bytes: Uint8Array) => Promise<void>;
	readonly onActivity: (activity: Activity) => void;
}

/** How a turn ended. */
export type TurnEnd =
	| {
			readonly kind: "completed";
			readonly lastMessage: string | undefined;
			/** How many characters the last message had, where only its beginning was kept. */
			readonly lastMessageCutFrom?: number;
	  }
	| { readonly kind: "failed"; readonly message: string }
	| { readonly kind: "protocol-error"; readonly message: string }
	| { readonly kind: "timed-out"; readonly limit: number }
	| { readonly kind: "stalled"; readonly limit: number; readonly lastWarning: string | undefined }
	| { readonly kind: "over-budget"; readonly limit: number; readonly used: number }
	/** The provider's usage limit is used up, and was not to be waited for, or no longer. */
	| { readonly kind: "usage-limit"; readonly message: string }
	/** The time has come until which the run was to work. */
	| { readonly kind: "until" }
	| { readonly kind: "interrupted" };

/** Why a run's signal is aborted where nobody interrupted it: the time has come until which it was to work. */
export const UNTIL = "until";

/** How a turn ends whose signal is aborted. */
export function endOfAbort({ reason }: AbortSignal): TurnEnd {
	return { kind: reason === UNTIL ? "until" : "interrupted" };
}

/** A finished turn. */
export interface Turn {
	readonly end: TurnEnd;
	readonly threadId: string | null;
	/** Whether it went on in the thread that was asked for. */
	readonly isResumed?: true;
	/** Of this turn alone, whatever its thread has used before. */
	readonly usage: Usage | null;
	/** The model that did the work, where the agent's program tells. */
	readonly model?: string;
	/** What made it fail that would fail every further turn alike. */
	readonly everyTurn?: EveryTurn;
	/** What made it fail, and need not make the next one fail. */
	readonly thisTurn?: ThisTurn;
	/** When the usage limit is over that it met, and that is not waited for; in ISO 8601, absent where nobody tells. */
	readonly limitUntil?: string;
	/** The words with which a person starts the agent's program. */
	readonly program?: readonly string[];
}

/** Executes turns of an agent. The one interface that an agent of another kind would have to implement. */
export interface Runner {
	readonly name: string;
	readonly version: string;
	/** What the runner itself relies on: its configuration, its credentials, its program. */
	places(request: CheckRequest): Promise<readonly Place[]>;
	/**
	 * Finds out whether a turn could run: program, credentials, sandbox. Leaves nothing behind.
	 * @throws Failure `runner-unavailable` when there is no program to ask.
	 */
	examine(request: CheckRequest, signal: AbortSignal): Promise<RunnerHealth>;
	/** Starts what the next turn will need, in the background; however often it is called, at most so many. Never throws. */
	warm(): void;
	/** Ends what was started for turns that did not come. Turns that run go on, and the runner can be used again. */
	close(): Promise<void>;
	/** Runs one turn. Never throws for a turn that went wrong; does where its output can't be kept. */
	run(request: TurnRequest, limits: TurnLimits, sinks: TurnSinks, signal: AbortSignal): Promise<Turn>;
}
