import { createReadStream } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Usage } from "../../contract/record.ts";
import { LineSplitter } from "../../system/lines.ts";
import { codexHome } from "./secret-files.ts";
import { usedUpUntil } from "./used-up.ts";

/** Milliseconds between two looks at the file. */
const LOOK = 250;
/** Looks after which a rollout that is not there will not come any more. */
const MOST_MISSED = 40;
const LONGEST_LINE = 1024 * 1024;
/** Bytes that are read at once. */
const MOST_AT_ONCE = 1024 * 1024;

/**
 * Follows the tokens of a turn while it runs. The event stream has them only once a turn has completed; the rollout, which
 * Codex writes for every thread under `CODEX_HOME/sessions`, has them after every response of the model.
 */
export class Rollout {
	usage: Usage | undefined;
	/** The model that Codex has asked, whoever has chosen it. */
	model: string | undefined;
	/** When the usage limit is over that is used up, as the provider said last, in milliseconds since 1970; nothing while there is some left. */
	usedUpUntil: number | undefined;
	#path: string | undefined;
	#offset = 0;
	#timer: NodeJS.Timeout | undefined;
	#looking: Promise<void> | undefined;
	#missed = 0;
	readonly #lines = new LineSplitter(LONGEST_LINE);
	readonly #onProfile: (name: string | null) => void;

	/**
	 * `onProfile` is called with the name of the permission profile that Codex applies to commands; `null` is none.
	 * @param from where a thread stood that is gone on with: what it held before is none of the turn's.
	 */
	constructor(onProfile: (name: string | null) => void = () => {}, from?: ThreadState) {
		this.#onProfile = onProfile;
		this.#path = from?.path;
		this.#offset = from?.size ?? 0;
	}

	/**
	 * Starts looking; `onUsage` is called whenever the numbers have grown, `onMissing` once when there is nothing to be
	 * found after several looks: a limit would then be without effect, and somebody has to say so.
	 */
	follow(threadId: string, onUsage: (usage: Usage) => void, onMissing: () => void, every = LOOK): void {
		this.#timer ??= setInterval(() => {
			if (this.#looking) return;
			this.look(threadId, onUsage)
				.catch(() => {})
				.then(() => {
					if (!this.#path && ++this.#missed === MOST_MISSED) onMissing();
				});
		}, every);
	}

	stop(): void {
		clearInterval(this.#timer);
	}

	/** Reads what has been added since the last look, once a look that is under way has ended. */
	look(threadId: string, onUsage: (usage: Usage) => void = () => {}): Promise<void> {
		const last = this.#looking ?? Promise.resolve();
		const looking = last
			.catch(() => {})
			.then(() => this.#lookOn(threadId, onUsage))
			.finally(() => {
				if (this.#looking === looking) this.#looking = undefined;
			});
		this.#looking = looking;
		return looking;
	}

	async #lookOn(threadId: string, onUsage: (usage: Usage) => void): Promise<void> {
		this.#path ??= await findRollout(threadId);
		if (!this.#path) return;
		const file = await open(this.#path, "r");
		try {
			for (const { size } = await file.stat(); this.#offset < size; ) {
				const bytes = Buffer.alloc(Math.min(size - this.#offset, MOST_AT_ONCE));
				const { bytesRead } = await file.read(bytes, 0, bytes.length, this.#offset);
				if (bytesRead === 0) return;
				this.#offset += bytesRead;
				for (const line of this.#lines.push(bytes.subarray(0, bytesRead))) this.#read(entryIn(line), onUsage);
			}
		} finally {
			await file.close();
		}
	}

	#read(entry: Entry | undefined, onUsage: (usage: Usage) => void): void {
		if (entry?.type === "turn_context") {
			const { model, active_permission_profile: profile } = entry.payload ?? {};
			if (typeof model === "string") this.model = model;
			this.#onProfile(profile?.id ?? null);
		}
		const until = usedUpUntil(entry?.payload?.rate_limits, entry?.timestamp);
		// Where a line tells none, those of the line before still hold.
		if (until !== undefined) this.usedUpUntil = until ?? undefined;
		const total = usageIn(entry);
		// A turn that has run out of context ends with a count of nothing.
		if (!total || sumOf(total) < sumOf(this.usage)) return;
		this.usage = total;
		onUsage(total);
	}
}

/** What is read of a line of a rollout. */
interface Entry {
	readonly timestamp?: unknown;
	readonly type?: unknown;
	readonly payload?: {
		readonly model?: unknown;
		readonly active_permission_profile?: { readonly id?: string } | null;
		readonly rate_limits?: unknown;
		readonly info?: { readonly total_token_usage?: Partial<Record<string, number>> } | null;
	} | null;
}

/** A line that tells something of interest; nothing for all others, and for one that a Codex has left half written. */
function entryIn(line: string | undefined): Entry | undefined {
	if (line === undefined || !/"(?:turn_context|token_count|rate_limits)"/.test(line)) return undefined;
	try {
		return JSON.parse(line) ?? undefined;
	} catch {
		return undefined;
	}
}

/** Where a thread stands that no turn is at work in. */
export interface ThreadState {
	/** Its rollout. */
	readonly path: string;
	readonly size: number;
	/** Of all its turns. */
	readonly usage: Usage | undefined;
}

/** Looks where a thread stands; nothing where this machine has no rollout of it, so that it can't be gone on with. */
export async function readThread(threadId: string): Promise<ThreadState | undefined> {
	const path = await findRollout(threadId, Number.POSITIVE_INFINITY).catch(() => undefined);
	if (path === undefined) return undefined;
	const lines = new LineSplitter(LONGEST_LINE);
	let size = 0;
	let usage: Usage | undefined;
	const take = (line: string | undefined) => {
		const counted = usageIn(entryIn(line));
		if (counted && sumOf(counted) >= sumOf(usage)) usage = counted;
	};
	try {
		for await (const chunk of createReadStream(path)) {
			size += chunk.length;
			for (const line of lines.push(chunk)) take(line);
		}
	} catch {
		// What can't be read, or is not what it was, is no thread to go on with.
		return undefined;
	}
	return { path, size, usage };
}

/** The tokens of a thread so far, where a line of its rollout tells them. */
function usageIn(entry: Entry | undefined): Usage | undefined {
	const total = entry?.payload?.info?.total_token_usage;
	if (typeof total?.input_tokens !== "number") return undefined;
	return {
		inputTokens: total.input_tokens,
		cachedInputTokens: total.cached_input_tokens ?? 0,
		outputTokens: total.output_tokens ?? 0,
		reasoningOutputTokens: total.reasoning_output_tokens ?? 0,
	};
}

function sumOf(usage: Usage | undefined): number {
	return usage ? usage.inputTokens + usage.outputTokens : 0;
}

/**
 * A thread's rollout, `sessions/<year>/<month>/<day>/rollout-<time>-<thread>.jsonl`; around midnight the newest folder may
 * be tomorrow's.
 * @param most how many of the newest folders are looked into, beside today's: where a clock was once ahead, that is none of them.
 */
async function findRollout(threadId: string, most = 2): Promise<string | undefined> {
	const sessions = join(codexHome(), "sessions");
	let folders = [sessions];
	for (let depth = 0; depth < 3; depth++) {
		const below = await Promise.all(
			folders.map(async (folder) =>
				(await namesIn(folder)).filter((name) => /^\d+$/.test(name)).map((name) => join(folder, name)),
			),
		);
		folders = below.flat().sort().slice(-most);
	}
	for (const folder of new Set([...folders.reverse(), ...lastDays().map((day) => join(sessions, day))])) {
		const name = (await namesIn(folder)).find((each) => each.endsWith(`-${threadId}.jsonl`));
		if (name) return join(folder, name);
	}
	return undefined;
}

/** Today and yesterday, as Codex's folders have them. */
function lastDays(): string[] {
	const now = new Date();
	return [0, 1].map((ago) => {
		const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() - ago);
		return [day.getFullYear(), day.getMonth() + 1, day.getDate()]
			.map((part) => String(part).padStart(2, "0"))
			.join("/");
	});
}

/** What is in a folder; nothing where it is none that can be read. */
async function namesIn(folder: string): Promise<string[]> {
	return readdir(folder).catch(() => []);
}
