import type { Activity } from "../../contract/activity.ts";
import type { Usage } from "../../contract/record.ts";
import { Rollout, type ThreadState } from "./rollout.ts";
import type { TurnStop } from "./turn-stop.ts";
import { since } from "./usage-since.ts";

/** What a turn's rollout is held against. */
export interface RolloutLimits {
	/** Tokens of the whole turn. */
	readonly tokens: number;
	/** Tokens of it that were used in threads which were given up. */
	readonly spent: number;
	/** Name of the permission profile that Codex was given. */
	readonly profile: string;
}

/** Who is told what a rollout says while it is followed. */
export interface RolloutListener {
	readonly onActivity: (activity: Activity) => void;
	/** A usage limit is used up until then, in milliseconds since 1970. */
	readonly onUsedUp: (until: number) => void;
}

/** Follows the rollout of a turn, and stops one that spends too much, or whose commands are not confined as they should be. */
export class RolloutWatch {
	readonly #limits: RolloutLimits;
	readonly #stop: TurnStop;
	readonly #listener: RolloutListener;
	readonly #rollout: Rollout;
	readonly #before: Usage | undefined;

	/** @param from where the thread stood that the turn goes on with. */
	constructor(limits: RolloutLimits, stop: TurnStop, listener: RolloutListener, from?: ThreadState) {
		this.#rollout = new Rollout((name) => this.#verify(name), from);
		this.#before = from?.usage;
		this.#limits = limits;
		this.#stop = stop;
		this.#listener = listener;
	}

	/** Starts following it; nothing happens when it already does. */
	follow(threadId: string): void {
		this.#rollout.follow(
			threadId,
			(usage) => this.#count(since(usage, this.#before)),
			() => this.#warnOfMissing(),
		);
	}

	stop(): void {
		this.#rollout.stop();
	}

	/** The model that did the work, as far as it has been read. */
	get model(): string | undefined {
		return this.#rollout.model;
	}

	/** When the usage limit is over that is used up, as far as it has been read. */
	get usedUpUntil(): number | undefined {
		return this.#rollout.usedUpUntil;
	}

	/** Reads what is left of a turn that is over, and tells what it has used: one that was quick has not been looked at yet. */
	async finish(threadId: string | null): Promise<Usage | undefined> {
		if (threadId) await this.#rollout.look(threadId).catch(() => {});
		return this.#rollout.usage && since(this.#rollout.usage, this.#before);
	}

	#verify(name: string | null): void {
		if (name === this.#limits.profile) return;
		const applied = name === null ? "no permission profile" : `the permission profile "${name}"`;
		const message = `Codex applies ${applied} to the agent's commands, not the one it was given`;
		this.#stop.aboveAll({ kind: "failed", message });
	}

	#count(usage: Usage): void {
		this.#listener.onActivity({ kind: "usage", usage });
		if (this.usedUpUntil !== undefined) this.#listener.onUsedUp(this.usedUpUntil);
		const used = this.#limits.spent + usage.inputTokens + usage.outputTokens;
		const limit = this.#limits.tokens;
		if (used > limit) this.#stop.because({ kind: "over-budget", limit, used });
	}

	#warnOfMissing(): void {
		const text = "Codex keeps no rollout of this thread, so its tokens are only known, and limited, at the end";
		this.#listener.onActivity({ kind: "warning", text });
	}
}
