import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commitAll } from "./backlog.ts";
import type { Bench, Figure, Row } from "./figure.ts";
import { alternate, paired, ratio, spread } from "./measure.ts";
import { measuredBy, runProgram } from "./processes.ts";

const FILES = 20_000;
const WORKTREES = 8;
/** For trying out settings, where only plain git is compared with itself. */
const FEWER = 2;
const ROUNDS = 3;

/** Settings of git that are said to make a checkout quicker, each tried on plain git, one worktree after the other. */
const SETTINGS = {
	"checkout.workers=2": ["checkout.workers=2"],
	"checkout.workers=4": ["checkout.workers=4"],
	"feature.manyFiles=true": ["feature.manyFiles=true"],
	"core.untrackedCache=true": ["core.untrackedCache=true"],
	"index.threads=true": ["index.threads=true"],
} as const;

export const worktrees: Figure = {
	name: "worktrees",
	summary: "8 worktrees at once in a repository of 20,000 files against plain git worktree add",
	async run(bench) {
		const files = bench.size(FILES, 100);
		const repository = await makeRepository(bench, files);
		const by = (how: string, count = WORKTREES, settings: readonly string[] = []) => {
			return async () => {
				const took = await measuredBy("worktrees", how, repository, String(count), ...settings);
				await removeAll(repository);
				return took;
			};
		};
		bench.say(`${WORKTREES} worktrees of ${files} files`);
		const { ours, inTurn, atOnce } = await alternate(
			{ ours: by("ours"), inTurn: by("in-turn"), atOnce: by("at-once") },
			{ rounds: bench.size(ROUNDS, 2) },
		);
		const raw = { ours: spread(ours), "git, in turn": spread(inTurn), "git, at once": spread(atOnce) };
		const name = `${WORKTREES} worktrees of ${files} files`;
		const rows: Row[] = [
			{
				what: `${name} against git in turn`,
				unit: "×",
				measured: paired(ours, inTurn, ratio),
				target: 1.1,
				raw,
			},
			{
				what: `${name} against git at once`,
				unit: "×",
				measured: paired(ours, atOnce, ratio),
				target: 1.1,
				raw,
			},
		];
		bench.say(`the same with ${Object.keys(SETTINGS).join(", ")}`);
		const plain = { plain: by("in-turn", FEWER) };
		const tried = Object.entries(SETTINGS).map(([name, settings]) => [name, by("in-turn", FEWER, settings)] as const);
		const subjects: Record<string, () => Promise<number>> = { ...plain, ...Object.fromEntries(tried) };
		const times = await alternate(subjects, { rounds: bench.size(ROUNDS, 2) });
		const without = times.plain ?? [];
		for (const [name] of tried) {
			const own = times[name] ?? [];
			const raw = { [name]: spread(own), "git without it": spread(without) };
			rows.push({ what: `git with ${name} against without`, unit: "×", measured: paired(own, without, ratio), raw });
		}
		return rows;
	},
};

/** A hundred files a folder, of about two kilobytes each. */
async function makeRepository(bench: Bench, files: number): Promise<string> {
	bench.say(`making ${files} files`);
	const repository = join(bench.folder, "repository");
	for (let at = 0; at < files; at++) {
		const folder = join(repository, `src/part-${Math.floor(at / 100)}`);
		if (at % 100 === 0) await mkdir(folder, { recursive: true });
		await writeFile(join(folder, `file-${at}.txt`), `This is line of file ${at}.\n`.repeat(80));
	}
	commitAll(repository);
	return repository;
}

async function removeAll(repository: string): Promise<void> {
	await rm(`${repository}.worktrees`, { recursive: true, force: true });
	const git = (...args: readonly string[]) => runProgram(["git", "-C", repository, ...args]);
	await git("worktree", "prune");
	const branches = (await git("for-each-ref", "--format=%(refname:short)", "refs/heads/issue"))
		.split("\n")
		.filter(Boolean);
	await git("branch", "-q", "-D", ...branches);
}
