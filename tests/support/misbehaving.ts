import { setTimeout as delay } from "node:timers/promises";
import { processes } from "./processes.ts";
import type { IssueFields } from "./repository.ts";
import type { Script } from "./scripted-model.ts";
import {
	answerDeferred,
	answerExtraKey,
	answerFailed,
	answerFenced,
	answerOtherIssue,
	answerProse,
	editAndPass,
	failTurn,
	hang,
	sayNothing,
} from "./scripts.ts";

/** A way in which an agent misbehaves, and what its issue ends with. */
export interface Misbehaviour {
	readonly name: string;
	readonly script: Script;
	readonly status: string;
	/** True where the work can't be committed, and the worktree stays. */
	readonly isKept?: boolean;
}

/** Edits, then its Codex is killed. */
const die: Script = async function* (prompted) {
	yield { kind: "run", command: `echo 'written for ${prompted.issueId}' > ${prompted.issueId}.txt` };
	const isOwn = (command: string) =>
		command.includes("codex exec") && command.split(" ").includes(prompted.context.worktreePath);
	for (const { pid, command } of await processes()) if (isOwn(command)) process.kill(pid, "SIGKILL");
	await delay(60_000, undefined, { ref: false });
};

/** Edits, then makes a repository in the worktree. */
const nestRepository: Script = async function* (prompted) {
	yield { kind: "run", command: `echo 'written for ${prompted.issueId}' > ${prompted.issueId}.txt; git init -q sub` };
	yield* editAndPass(prompted);
};

/** Every way to misbehave; the one that hangs takes as long as the run's `--stall`. */
export const MISBEHAVIOURS: readonly Misbehaviour[] = [
	{ name: "prose", script: answerProse, status: "failed: invalid-result" },
	{ name: "another issue's id", script: answerOtherIssue, status: "failed: invalid-result" },
	{ name: "deferred", script: answerDeferred, status: "deferred" },
	{ name: "a failed turn", script: failTurn("no such thing"), status: "failed: runner-error" },
	{ name: "hangs", script: hang, status: "failed: stalled" },
	{ name: "a nested repository", script: nestRepository, status: "failed: nested-repository", isKept: true },
	{ name: "dies", script: die, status: "failed: runner-error" },
	{ name: "no message", script: sayNothing, status: "failed: invalid-result" },
	{ name: "a code fence", script: answerFenced, status: "failed: invalid-result" },
	{ name: "an unknown key", script: answerExtraKey, status: "failed: invalid-result" },
	{ name: "its own failure", script: answerFailed, status: "failed" },
];

/** An issue of a milestone of which every fourth agent misbehaves, each in another way. */
export interface MixedIssue {
	readonly issue: IssueFields & { readonly script: Script };
	readonly expected: Pick<Misbehaviour, "name" | "status" | "isKept">;
}

/** So many issues, every fourth of which misbehaves; from the `from`-th way on. */
export function mixedIssues(count: number, from = 0): MixedIssue[] {
	return Array.from({ length: count }, (_, at) => {
		const bad = at % 4 === 3 ? MISBEHAVIOURS[(from + (at - 3) / 4) % MISBEHAVIOURS.length] : undefined;
		const { script, ...expected } = bad ?? { name: "well", script: editAndPass, status: "pass" };
		return { issue: { id: `A-${at + 1}`, script }, expected };
	});
}
