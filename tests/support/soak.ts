import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Finished, World } from "./world.ts";

/** Seconds that all soak tests take together, about; `SOAK_SECONDS` sets it. */
const SECONDS = Number(process.env.SOAK_SECONDS ?? 1_500);

/** Where the random numbers start; `SOAK_SEED` repeats a soak as far as the machine does. */
export const SEED = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000);

/** A source of random numbers that are the same for the same seed (mulberry32). */
export interface Random {
	/** From 0 on, below `below`. */
	integer(below: number): number;
	oneOf<T>(items: readonly T[]): T;
	shuffled<T>(items: readonly T[]): T[];
}

export function random(seed: number): Random {
	let state = seed >>> 0;
	const next = () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	const integer = (below: number) => Math.floor(next() * below);
	return {
		integer,
		oneOf: (items) => items[integer(items.length)] as (typeof items)[number],
		shuffled: (items) =>
			items
				.map((item) => ({ item, at: next() }))
				.sort((a, b) => a.at - b.at)
				.map(({ item }) => item),
	};
}

/** One case to go through instead of all, as JSON, as it stands in the output; and how often. */
const CASE = process.env.SOAK_CASE;
const TIMES = Number(process.env.SOAK_TIMES ?? 1);

/**
 * Goes through cases, some at once, until all are done or its share of the time is used up, and tells of the progress.
 * @param share of the whole soak's time, from 0 to 1.
 * @returns what was found in all of them.
 */
export async function soak<T>(
	name: string,
	share: number,
	cases: readonly T[],
	width: number,
	action: (each: T) => Promise<string[]>,
): Promise<string[]> {
	const started = performance.now();
	const found: string[] = [];
	let done = 0;
	let bad = 0;
	const queue = CASE === undefined ? [...cases] : Array<T>(TIMES).fill(JSON.parse(CASE));
	const say = (words: string) => process.stdout.write(`${name}: ${words}\n`);
	say(`${queue.length} cases, for at most ${Math.round(SECONDS * share)} s (seed ${SEED})`);
	const work = async () => {
		while (queue.length > 0 && performance.now() - started < SECONDS * share * 1_000) {
			const each = queue.shift() as T;
			const wrong = await action(each).catch((error) => [String(error?.stack ?? error)]);
			done++;
			if (wrong.length > 0) bad++;
			for (const line of wrong) say(`WRONG in ${JSON.stringify(each)}: ${line}`);
			found.push(...wrong.map((line) => `${JSON.stringify(each)}: ${line}`));
			if (done % 10 === 0) say(`${done} of ${cases.length}, ${bad} wrong`);
		}
	};
	await Promise.all(Array.from({ length: width }, work));
	say(`${done} of ${cases.length} done in ${Math.round((performance.now() - started) / 1_000)} s, ${bad} wrong`);
	return found;
}

/** What is to be known of a case in which something was wrong; nothing when nothing was. */
export async function tellOf(wrong: readonly string[], world: World, runs: readonly Finished[]): Promise<string[]> {
	if (wrong.length === 0) return [];
	const logs = join(world.repository.path, "logs");
	const names = (await readdir(logs, { recursive: true }).catch(() => [])).filter((name) =>
		/\.jsonl$|\.log$/.test(name),
	);
	const texts = await Promise.all(names.map(async (name) => `${name}:\n${await readFile(join(logs, name), "utf8")}`));
	return [...wrong, ...runs.flatMap(({ stdout, stderr }) => [stdout, stderr]), ...texts];
}
