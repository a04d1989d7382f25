import { afterAll, beforeAll, expect, test } from "vitest";
import { findMerge, type Work } from "../../tasks/repo/merged.ts";
import { createRepository, type TestRepository } from "../support/repository.ts";

// Two commits of one agent, in one thread, of which main has been given something: each commit there vouches for what it brought, and once.

let repository: TestRepository;
let start: string;
let work: Omit<Work, "base">;
const git = (...args: readonly string[]) => repository.git(args);
const message = (what: string) => `${what}\n\nOrch-Issue: A-1\nOrch-Status: pass\nOrch-Thread: t`;
/** Takes commits without committing them, and puts something of one's own to them. */
const mended = async (...commits: readonly string[]) => {
	await git("cherry-pick", "-n", ...commits);
	await repository.write("one.txt", "mended\n");
	await git("add", "-A");
};

beforeAll(async () => {
	repository = await createRepository();
	start = await git("rev-parse", "main");
	await git("switch", "-q", "-c", "issue/A-1");
	for (const what of ["one", "two"]) {
		await repository.write(`${what}.txt`, `${what}\n`);
		await repository.commit(message(what));
	}
	const head = await git("rev-parse", "HEAD");
	const paths = { root: repository.path, commonDir: `${repository.path}/.git` };
	work = { issue: "A-1", repository: paths, head, started: [start], thread: "t" };
});
afterAll(() => repository?.[Symbol.asyncDispose]());

const GIVEN: Readonly<Record<string, readonly [isMerged: boolean, take: () => Promise<unknown>]>> = {
	both: [true, () => git("cherry-pick", "main..issue/A-1")],
	"the first alone": [false, () => git("cherry-pick", "issue/A-1~1")],
	"the last alone": [false, () => git("cherry-pick", "issue/A-1")],
	"the first alone, mended": [
		false,
		async () => {
			await mended("issue/A-1~1");
			await git("commit", "-q", "-m", message("one, mended"));
		},
	],
	"the last, and the first mended": [
		true,
		async () => {
			await git("cherry-pick", "issue/A-1");
			await mended("issue/A-1~1");
			await git("commit", "-q", "-m", message("one, mended"));
		},
	],
	"the first, reverted, and once more": [
		false,
		async () => {
			await git("cherry-pick", "issue/A-1~1");
			await git("revert", "--no-edit", "HEAD");
			await git("cherry-pick", "issue/A-1~1");
		},
	],
	"both as one, mended, with the words of both": [
		true,
		async () => {
			await mended("main..issue/A-1");
			await git("commit", "-q", "-m", `${message("one")}\n\n${message("two")}`);
		},
	],
	"both as one, without a word": [
		true,
		async () => {
			await git("merge", "-q", "--squash", "issue/A-1");
			await git("commit", "-q", "-m", "What it was about (#1)");
		},
	],
	// For git, too, what was merged is there.
	"both, and a revert of each": [
		true,
		async () => {
			await git("cherry-pick", "main..issue/A-1");
			await git("revert", "--no-edit", "HEAD~2..HEAD");
		},
	],
};

test.each(Object.entries(GIVEN))("%s", async (_, [isMerged, take]) => {
	await git("switch", "-q", "main");
	await git("reset", "-q", "--hard", start);
	await repository.write("other.txt", "a person's own\n");
	await repository.commit("meanwhile");
	await take();
	const commit = await git("rev-parse", "main");
	const arrival = await findMerge({ ...work, base: { name: "main", commit } });
	expect(arrival === undefined ? "not merged" : "merged").toBe(isMerged ? "merged" : "not merged");
});
