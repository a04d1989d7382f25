import { chmod, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { codexBinary } from "../../tasks/runner/codex/package.ts";
import type { Script } from "../support/scripted-model.ts";
import { editAndPass } from "../support/scripts.ts";
import { createWorld, type World } from "../support/world.ts";

/** The issue whose turn is recorded; its name is found in what was recorded and replaced. */
const RECORDED = "RECORDED-1";

/** The orchfile's repository and another one like it for the floor, with one model and one Codex home between them. */
export interface Twins {
	readonly world: World;
	/** The floor's repository. */
	readonly path: string;
	/** Seconds that the model takes for a turn from now on. */
	setLatency(seconds: number): void;
	/** Lays out what `floor.sh` does for these issues, and returns its folder. */
	planFor(ids: readonly string[]): Promise<string>;
	/** The variables that the orchfile gives Codex; the floor has them too. */
	readonly env: Readonly<Record<string, string>>;
	[Symbol.asyncDispose](): Promise<void>;
}

/** Makes both repositories with these issues and records a turn of the orchfile, which the floor repeats for every issue. */
export async function createTwins(
	issues: readonly { readonly id: string; readonly milestone: string }[],
): Promise<Twins> {
	let latency = 0;
	const script: Script = async function* (prompted) {
		// A turn is two responses, and each takes its half.
		const turn = editAndPass(prompted);
		for (let next = await turn.next(""); !next.done; ) {
			await delay((latency * 1_000) / 2);
			next = await turn.next(yield next.value);
		}
	};
	const world = await createWorld([{ id: RECORDED, milestone: "RECORDED" }, ...issues], { script });
	try {
		const { path: ours, folder } = world.repository;
		const path = join(folder, "twin");
		await cp(ours, path, { recursive: true });
		const recorded = await recordTurn(world);
		let plans = 0;
		return {
			world,
			path,
			env: { ...recorded.env, ...QUIET_GIT },
			setLatency(seconds) {
				latency = seconds;
			},
			async planFor(ids) {
				const plan = join(folder, "plans", String(plans++));
				for (const id of ids)
					await layOut(join(plan, id), recorded, [
						[ours, path],
						[RECORDED, id],
					]);
				return plan;
			},
			[Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
		};
	} catch (error) {
		await world[Symbol.asyncDispose]();
		throw error;
	}
}

/** A commit looks whether there is something to tidy up, in a process that the least script would not have. */
const QUIET_GIT = { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "maintenance.auto", GIT_CONFIG_VALUE_0: "false" };

/** What Codex was given for one turn. */
interface Recorded {
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	readonly prompt: string;
	readonly schema: string;
}

async function recordTurn({ repository, run }: World): Promise<Recorded> {
	const folder = join(repository.folder, "recorded");
	await mkdir(folder);
	const recorder = join(folder, "codex");
	await writeFile(recorder, recorderScript(folder, codexBinary()));
	await chmod(recorder, 0o755);
	const { exitCode, stderr } = await run(["dev", RECORDED, "--codex", recorder]);
	if (exitCode !== 0) throw new Error(`the turn to record went wrong:\n${stderr}`);
	const read = (name: string) => readFile(join(folder, name), "utf8");
	const pairs = (await read("env"))
		.split("\0")
		.filter(Boolean)
		.map((pair) => /^([^=]*)=([\s\S]*)$/.exec(pair)?.slice(1));
	return {
		args: (await read("args")).split("\0").slice(0, -1),
		env: Object.fromEntries(pairs as string[][]),
		prompt: await read("prompt"),
		schema: await read("schema"),
	};
}

function recorderScript(folder: string, codex: string): string {
	return `#!/usr/bin/env bash
if [[ $1 == exec ]]; then
	printf '%s\\0' "$@" >'${folder}/args'
	env -0 >'${folder}/env'
	cat >'${folder}/prompt'
	while [[ $1 != --output-schema ]]; do shift; done
	cat "$2" >'${folder}/schema'
	mapfile -d '' -t args <'${folder}/args'
	exec '${codex}' "\${args[@]}" <'${folder}/prompt'
fi
exec '${codex}' "$@"
`;
}

/** The recorded turn for another issue; what is made here, the floor need not make. */
async function layOut(
	folder: string,
	recorded: Recorded,
	names: readonly (readonly [string, string])[],
): Promise<void> {
	const { args, env, prompt, schema } = recorded;
	const temporary = join(folder, "tmp");
	const schemaFile = join(folder, "schema");
	const all = [[dirname(env.TMPDIR ?? ""), temporary], ...names] as const;
	const renamed = (text: string) => all.reduce((done, [from, to]) => done.replaceAll(from, to), text);
	const ownArgs = args.map((arg, at) => (args[at - 1] === "--output-schema" ? schemaFile : renamed(arg)));
	await mkdir(join(temporary, "agent"), { recursive: true });
	await mkdir(join(temporary, "runner"));
	await writeFile(join(folder, "command"), [codexBinary(), ...ownArgs].map((arg) => `${arg}\0`).join(""));
	await writeFile(join(folder, "prompt"), renamed(prompt));
	await writeFile(schemaFile, schema);
}
