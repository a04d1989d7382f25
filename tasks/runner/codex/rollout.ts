import { createReadStream } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Usage } from "../../contract/record.ts";
import { LineSplitter } from "../../system/lines.ts";
import { codexHome } from "./secret-files.ts";

/** Milliseconds between two looks at the file. */
const LOOK = 250;
/** Looks after which a rollout that is not there will not come any more. */
const MOST_MISSED = 40;
const LONGEST_LINE = 1024 * 1024;

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
			const { size } = await file.stat();
			const bytes = Buffer.alloc(Math.min(size - this.#offset, 1 << 20));
			const { bytesRead } = await file.read(bytes, 0, bytes.length, this.#offset);
			this.#offset += bytesRead;
			for (const line of this.#lines.push(bytes.subarray(0, bytesRead))) this.#read(line, onUsage);
		} finally {
			await file.close();
		}
	}

	#read(line: string | undefined, onUsage: (usage: Usage) => void): void {
		if (line?.includes('"turn_context"')) {
			const { type, payload } = JSON.parse(line);
			if (type === "turn_context" && typeof payload?.model === "string") this.model = payload.model;
			if (type === "turn_context") this.#onProfile(payload?.active_permission_profile?.id ?? null);
		}
		if (line?.includes('"rate_limits"')) this.usedUpUntil = usedUpUntil(JSON.parse(line)?.payload?.rate_limits);
		const total = usageIn(line);
		// A turn that has run out of context ends with a count of nothing.
		if (!total || sumOf(total) < sumOf(this.usage)) return;
		this.usage = total;
		onUsage(total);
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
		const counted = usageIn(line);
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
function usageIn(line: string | undefined): Usage | undefined {
	if (!line?.includes('"token_count"')) return undefined;
	const total = JSON.parse(line)?.payload?.info?.total_token_usage;
	if (typeof total?.input_tokens !== "number") return undefined;
	return {
		inputTokens: total.input_tokens,
		cachedInputTokens: total.cached_input_tokens ?? 0,
		outputTokens: total.output_tokens ?? 0,
		reasoningOutputTokens: total.reasoning_output_tokens ?? 0,
	};
}

/**
 * When the last of the windows is over that are used up, as `x-codex-primary-…` and `x-codex-secondary-…` tell (measured with 0.163); nothing
 * where there is one left in each, or where credits are taken instead.
 */
function usedUpUntil(limits: unknown): number | undefined {
	const { primary, secondary, credits } = (limits ?? {}) as Partial<Record<string, Partial<Record<string, unknown>>>>;
	if (credits?.has_credits === true || credits?.unlimited === true) return undefined;
	const ends = [primary, secondary].flatMap((window) => {
		const { used_percent: used, resets_at: end } = window ?? {};
		return typeof used === "number" && used >= 100 && typeof end === "number" ? [end * 1000] : [];
	});
	return ends.length > 0 ? Math.max(...ends) : undefined;
}

function sumOf(usage: Usage | undefined): number {
	return usage ? usage.inputTokens + usage.outputTokens : 0;
}

/**
 * A thread's rollout, `sessions/<year>/<month>/<day>/rollout-<time>-<thread>.jsonl`; around midnight the newest folder may
 * be tomorrow's.
 * @param most how many of the newest folders are looked into.
 */
async function findRollout(threadId: string, most = 2): Promise<string | undefined> {
	const sessions = join(codexHome(), "sessions");
	let folders = [sessions];
	for (let depth = 0; depth < 3; depth++) {
		const below = await Promise.all(
			folders.map(async (folder) => (await readdir(folder)).map((name) => join(folder, name))),
		);
		folders = below.flat().sort().slice(-most);
	}
	for (const folder of folders.reverse()) {
		const name = (await readdir(folder)).find((each) => each.endsWith(`-${threadId}.jsonl`));
		if (name) return join(folder, name);
	}
	return undefined;
}
