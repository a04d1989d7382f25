import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ACCEPT_RECORD } from "../../tasks/contract/accept-record.ts";
import { BASE_VERDICT } from "../../tasks/contract/base-verdict.ts";
import { isTurnName, phaseOf } from "../../tasks/contract/phase.ts";
import { RECORD } from "../../tasks/contract/record.ts";
import { RESULT_SCHEMAS } from "../../tasks/contract/result.ts";
import { VERIFY_RECORD } from "../../tasks/contract/verify-record.ts";
import { workingIn } from "./processes.ts";
import { type Snapshot, snapshot } from "./snapshot.ts";
import type { World } from "./world.ts";

/** Where verdicts are noted. */
const NOTES = "refs/notes/orch";

/** Milliseconds after the end of a run in which what it had started has to be gone. */
const GONE = 3_000;

/**
 * What a fault may never do, whatever it was and whenever it came: touch a ref that is no issue's own, the main checkout,
 * or work that is not in git; leave a process in a worktree, or half a file.
 * @param before the repository before the run.
 * @param ids the issues of the run; an agent of theirs writes `<id>.txt`.
 * @returns each violation, as a sentence.
 */
export async function harmDone(world: World, before: Snapshot, ids: readonly string[]): Promise<string[]> {
	const after = await snapshot(world.repository);
	const refs = Object.fromEntries(Object.entries(after.refs).filter(([name]) => !name.startsWith("refs/orch/lock/")));
	// What it holds is looked at by itself.
	const { [NOTES]: _, ...others } = refs;
	return [
		...changes("refs", before.refs, NOTES in before.refs ? refs : others),
		...(await badNotes(world, ids)),
		...(before.head === after.head ? [] : [`HEAD is now ${after.head}`]),
		...(before.config === after.config ? [] : [".git/config was changed"]),
		...(before.index === after.index ? [] : ["the index was changed"]),
		...changes("files", before.files, after.files),
		...(await foreignCommits(world, ids)),
		...(await processesLeft(world)),
		...(await halfFiles(world)),
		...(await workLost(world, ids)),
	];
}

/** How the branches of a run's issues are to look in the end. */
export interface Ending {
	/** Commits that the orchestrator may have made for an issue; one, unless an attempt failed before. */
	readonly mostCommits?: number;
	/** Issues whose worktree has to stay. */
	readonly kept?: readonly string[];
	/** That they were delivered: their tips are accepted, and noted as such. */
	readonly isDelivered?: boolean;
}

/**
 * What has to be in order once the same command has ended well: every issue committed, on its own branch and once, and
 * nothing else left behind.
 * @returns each violation, as a sentence.
 */
export async function leftBehind(
	world: World,
	before: Snapshot,
	ids: readonly string[],
	{ mostCommits = 1, kept = [], isDelivered = false }: Ending = {},
): Promise<string[]> {
	const { repository } = world;
	const after = await snapshot(repository);
	const git = join(repository.path, ".git");
	const branches = (await repository.git(["for-each-ref", "--format=%(refname)"])).split("\n");
	const { [NOTES]: _, ...refs } = after.refs;
	const notes = isDelivered ? [NOTES] : [];
	const wanted = [...notes, ...Object.keys(before.refs), ...ids.map((id) => `refs/heads/issue/${id}`)];
	const inGit = (await namesIn(git)).filter((name) => name.endsWith(".lock"));
	const logs = (await namesIn(join(repository.path, "logs"))).filter((name) => /\.(?:orchfile-)?tmp$/.test(name));
	const registered = await namesOf(join(git, "worktrees"));
	const worktrees = await namesOf(join(repository.folder, "repo.worktrees"));
	const temporary = await namesOf(join(repository.folder, "tmp"));
	return [
		...changes("refs", before.refs, isDelivered && !(NOTES in before.refs) ? refs : after.refs),
		...(isDelivered ? await notAccepted(world, ids) : []),
		...branches.filter((name) => !wanted.includes(name)).map((name) => `${name} was left`),
		...ids.filter((id) => !branches.includes(`refs/heads/issue/${id}`)).map((id) => `${id} has no branch`),
		...inGit.map((name) => `.git/${name} was left`),
		...logs.map((name) => `logs/${name} was left`),
		...registered.filter((name) => !kept.includes(name)).map((name) => `worktree ${name} is still registered`),
		...worktrees.filter((name) => !kept.includes(name)).map((name) => `worktree ${name} was left`),
		...(existsSync(join(repository.folder, "repo.worktrees")) && worktrees.length === 0
			? ["an empty folder of worktrees was left"]
			: []),
		...temporary.map((name) => `temporary ${name} was left`),
		...(await miscounted(world, ids, mostCommits)),
		...(await foreignChanges(world, ids)),
	];
}

function changes(what: string, before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>) {
	const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
	return names
		.filter((name) => before[name] !== after[name])
		.map((name) => `${what}: ${name} was ${before[name] ?? "not there"}, is ${after[name] ?? "gone"}`);
}

/** Commits that no issue of the run has on its branch, and branches that hold another's commit without waiting for it. */
async function foreignCommits({ repository }: World, ids: readonly string[]): Promise<string[]> {
	const format = "--format=%(refname:lstrip=2)";
	const branches = (await repository.git(["for-each-ref", format, "refs/heads"])).split("\n");
	return branches
		.filter((name) => name !== "main" && !ids.includes(name.replace("issue/", "")))
		.map((name) => `branch ${name} is nobody's`);
}

/** Notes that are not whole, or not on a commit of an issue. */
async function badNotes({ repository }: World, ids: readonly string[]): Promise<string[]> {
	const listed = await repository.git(["notes", "--ref=orch", "list"]);
	const commits = listed.split("\n").flatMap((line) => line.split(" ")[1] ?? []);
	const bad = await Promise.all(
		commits.map(async (commit) => {
			const note = await repository.git(["notes", "--ref=orch", "show", commit]);
			const id = /^Orch-Issue: (.+)$/m.exec(note)?.[1] ?? "";
			if (!ids.includes(id) || !/^Orch-Verdict: accepted\nOrch-Checks: .+\nOrch-Review: .+$/m.test(note))
				return [`the note on ${commit} says: ${note}`];
			const isOf = repository.git(["merge-base", "--is-ancestor", commit, `issue/${id}`]);
			return isOf.then(
				() => [],
				() => [`${commit} has a note, and is not on the branch of ${id}`],
			);
		}),
	);
	return bad.flat();
}

async function processesLeft({ repository }: World): Promise<string[]> {
	const folder = join(repository.folder, "repo.worktrees");
	const deadline = performance.now() + GONE;
	let left = await workingIn(folder);
	while (left.length > 0 && performance.now() < deadline) {
		await delay(20);
		left = await workingIn(folder);
	}
	return left.map(({ pid, command }) => `process ${pid} still works in a worktree: ${command}`);
}

async function halfFiles({ repository }: World): Promise<string[]> {
	const logs = join(repository.path, "logs");
	if (!existsSync(logs)) return [];
	const names = await readdir(logs, { recursive: true });
	const found = await Promise.all(names.map(async (name) => whyInvalid(name, await textOf(join(logs, name)))));
	return found.flatMap((why, at) => (why === undefined ? [] : [`logs/${names[at]} is not valid: ${why}`]));
}

function whyInvalid(file: string, text: string): string | undefined {
	const name = basename(file);
	const [, turn = "", kind] = /^(.+?)(-run\.json|-result\.json|\.jsonl)$/.exec(name) ?? [];
	try {
		if (/\bchecks\/[^/]+\.json$/.test(file)) BASE_VERDICT.parse(JSON.parse(text));
		else if (name === "accept-run.json") ACCEPT_RECORD.parse(JSON.parse(text));
		else if (/^verify(?:-\d+)?-run\.json$/.test(name)) VERIFY_RECORD.parse(JSON.parse(text));
		else if (!isTurnName(turn)) return undefined;
		else if (kind === "-run.json") RECORD.parse(JSON.parse(text));
		else if (kind === "-result.json") RESULT_SCHEMAS[phaseOf(turn)].parse(JSON.parse(text));
		// Readers accept a last line that was cut.
		else for (const line of text.split("\n").slice(0, -1)) JSON.parse(line);
		return undefined;
	} catch (error) {
		return (error as Error).message;
	}
}

async function textOf(file: string): Promise<string> {
	return readFile(file, "utf8").catch(() => "");
}

/** Work of an agent that is neither in its worktree nor on its branch. */
async function workLost({ repository, model }: World, ids: readonly string[]): Promise<string[]> {
	const lost: string[] = [];
	for (const id of ids) {
		// The model hears of a command's output only after the command has run.
		const hasWorked = model.requests.some(({ issueId, step }) => issueId === id && step > 0);
		if (!hasWorked || existsSync(join(repository.folder, "repo.worktrees", id, `${id}.txt`))) continue;
		const kept = await repository.git(["cat-file", "-e", `issue/${id}:${id}.txt`]).then(
			() => true,
			() => false,
		);
		if (!kept) lost.push(`the work on ${id} is neither in its worktree nor on its branch`);
	}
	return lost;
}

/** Issues whose tip has no verdict that it is accepted, or no note of that. */
async function notAccepted({ repository, log }: World, ids: readonly string[]): Promise<string[]> {
	const found = await Promise.all(
		ids.map(async (id) => {
			const tip = await repository.git(["rev-parse", `issue/${id}`]).catch(() => "");
			const record = await log(`M1/${id}/accept-run.json`).catch((error) => ({ outcome: String(error), commit: "" }));
			const note = await repository.git(["notes", "--ref=orch", "show", tip]).catch(() => "");
			return [
				...(record.outcome === "accepted" && record.commit === tip
					? []
					: [`${id} is ${record.outcome}, not at its tip`]),
				...(note.startsWith(`Orch-Issue: ${id}\nOrch-Verdict: accepted\n`) ? [] : [`the tip of ${id} has no note`]),
			];
		}),
	);
	return found.flat();
}

async function miscounted({ repository }: World, ids: readonly string[], most: number): Promise<string[]> {
	const format = "--format=%(trailers:key=Orch-Issue,valueonly,separator=)";
	const made = (await repository.git(["log", "--branches", "--no-merges", format])).split("\n").filter(Boolean);
	return ids.flatMap((id) => {
		const count = made.filter((issue) => issue === id).length;
		return count >= 1 && count <= most ? [] : [`${id} was committed ${count} times`];
	});
}

/** What the commits of an issue change beside the file of its agent. */
async function foreignChanges({ repository }: World, ids: readonly string[]): Promise<string[]> {
	const changed = await Promise.all(
		ids.map(async (id) => {
			const log = ["log", "--no-merges", "--name-only", "--format=", `--grep=^Orch-Issue: ${id}$`, `issue/${id}`];
			// That there is no branch is said elsewhere.
			const names = (await repository.git(log).catch(() => "")).split("\n");
			return [...new Set(names.filter((name) => name !== "" && name !== `${id}.txt`))];
		}),
	);
	return changed.flatMap((files, at) => files.map((file) => `the commit for ${ids[at]} changes ${file}`));
}

async function namesOf(folder: string): Promise<string[]> {
	return existsSync(folder) ? readdir(folder) : [];
}

async function namesIn(folder: string): Promise<string[]> {
	return existsSync(folder) ? readdir(folder, { recursive: true }) : [];
}
