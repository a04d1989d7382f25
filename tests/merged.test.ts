import { appendFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commitMessage } from "../tasks/contract/commit-message.ts";
import type { Issue } from "../tasks/contract/issue.ts";
import { type Beginning, beginningOf } from "./support/beginning.ts";
import type { Script } from "./support/scripted-model.ts";
import { editAndPass, runAndPass } from "./support/scripts.ts";
import { commandsIn, typed } from "./support/typed.ts";
import { createWorld, type World } from "./support/world.ts";

// Work that has come to the base is done, in whatever commits it came.

type Git = World["repository"]["git"];

/** Ways in which people and forges take over a branch; each is on main before and after. */
const WAYS: Readonly<Record<string, (git: Git) => Promise<unknown>>> = {
	"merge --no-ff": (git) => git(["merge", "-q", "--no-ff", "-m", "take A-1", "issue/A-1"]),
	"merge --ff-only": async (git) => {
		await git(["reset", "-q", "--hard", "HEAD~1"]);
		await git(["merge", "-q", "--ff-only", "issue/A-1"]);
	},
	"merge, and the branch deleted": async (git) => {
		await git(["merge", "-q", "--no-ff", "-m", "take A-1", "issue/A-1"]);
		await git(["branch", "-q", "-D", "issue/A-1"]);
	},
	"merge --squash": async (git) => {
		await git(["merge", "-q", "--squash", "issue/A-1"]);
		await git(["commit", "-q", "--no-edit"]);
	},
	"merge --squash, with a message of one's own": async (git) => {
		await git(["merge", "-q", "--squash", "issue/A-1"]);
		await git(["commit", "-q", "-m", "What A-1 was about (#12)"]);
	},
	"merge --squash with a message of one's own, and the branch deleted": async (git) => {
		await git(["merge", "-q", "--squash", "issue/A-1"]);
		await git(["commit", "-q", "-m", "What A-1 was about (#12)"]);
		await git(["branch", "-q", "-D", "issue/A-1"]);
	},
	"merge --squash together with a change of one's own": async (git) => {
		await git(["merge", "-q", "--squash", "issue/A-1"]);
		await git(["rm", "-q", "--cached", "other.txt"]);
		await git(["commit", "-q", "-m", "What A-1 was about, and less of the other"]);
		await git(["reset", "-q", "--hard"]);
	},
	"a squash that was mended by hand": async (git) => {
		await git(["merge", "-q", "--squash", "issue/A-1"]);
		await git(["rm", "-q", "-f", "more/A-1.txt"]);
		await git(["commit", "-q", "--no-edit"]);
	},
	"cherry-pick of each, and the branch deleted": async (git) => {
		await git(["cherry-pick", "main..issue/A-1"]);
		await git(["branch", "-q", "-D", "issue/A-1"]);
	},
	"cherry-pick without the trailers": async (git) => {
		await git(["cherry-pick", "-n", "main..issue/A-1"]);
		await git(["commit", "-q", "-m", "picked"]);
	},
	"rebase, as a forge does it": async (git) => {
		await git(["switch", "-q", "-c", "copy", "issue/A-1"]);
		await git(["rebase", "-q", "main"]);
		await git(["switch", "-q", "main"]);
		await git(["merge", "-q", "--ff-only", "copy"]);
		await git(["branch", "-q", "-D", "copy"]);
	},
};

/**
 * Those that are tried with a person's commit behind the agent's. Of that there are no trailers, so it has to be found by what it changes;
 * where its branch is gone before anybody has looked, only a reflog has it.
 */
const OF_SEVERAL: readonly (keyof typeof WAYS)[] = [
	"merge --squash, with a message of one's own",
	"merge --squash together with a change of one's own",
	"cherry-pick without the trailers",
	"rebase, as a forge does it",
];

/** Ways after which a dependent is run too, to see that it starts from the base and not from the merged branch. */
const GONE_ON_FROM: readonly (keyof typeof WAYS)[] = [
	"merge --no-ff",
	"merge --squash with a message of one's own, and the branch deleted",
];

/** Changes a file, adds one, and a binary one; passes. */
const work: Script = runAndPass(
	"mkdir more && echo x > more/A-1.txt && echo one >> shared.txt && head -c 3000 /dev/urandom > more/a.bin",
);

/** Main has gone on since the branch was made. */
async function goOn({ repository }: World, text = "other"): Promise<void> {
	await repository.write("other.txt", `${text}\n`);
	await repository.commit("other");
}

/** A person goes on where the agent has stopped. */
async function addCommit({ repository }: World): Promise<void> {
	const { git, path } = repository;
	const copy = `${path}.copy`;
	await git(["worktree", "add", "-q", copy, "issue/A-1"]);
	await writeFile(join(copy, "shared.txt"), "zero\none\ntwo\n");
	await writeFile(join(copy, "more", "with blanks and ü.txt"), "more\n");
	await git(["add", "-A"], copy);
	await git(["commit", "-q", "-m", "A person's own"], copy);
	await git(["worktree", "remove", copy]);
}

describe("however it came to the base, it is merged", () => {
	const cases = [
		...Object.keys(WAYS).map((way) => ({ way, isSeveral: false })),
		...OF_SEVERAL.map((way) => ({ way, isSeveral: true })),
	];
	let world: World;
	let beginning: Beginning;
	beforeAll(async () => {
		world = await createWorld([
			{ id: "A-1", script: work },
			{ id: "B-1", blocked_by: ["A-1"], script: editAndPass },
		]);
		await world.repository.write("shared.txt", "zero\n");
		await world.repository.commit("shared");
		expect((await world.run(["dev", "A-1"])).exitCode).toBe(0);
		beginning = await beginningOf(world);
	});
	afterAll(async () => {
		await beginning?.[Symbol.asyncDispose]();
		await world?.[Symbol.asyncDispose]();
	});

	for (const { way, isSeveral } of cases) {
		test(`${way}: ${isSeveral ? "several commits" : "one commit"}`, async () => {
			await beginning.again();
			const { git, write, commit } = world.repository;
			if (isSeveral) await addCommit(world);
			await goOn(world);
			await WAYS[way]?.(git);
			const hasBranch = (await git(["branch", "--list", "issue/A-1"])) !== "";

			expect((await world.run(["status"])).stdout).toMatch(/^A-1 +merged /m);
			const again = await world.run(["dev", GONE_ON_FROM.includes(way) ? "M1" : "A-1"]);
			expect(again.exitCode, again.stderr).toBe(0);
			expect(again.stdout).toMatch(/^'dev A-1' is up to date\.$/m);
			if (GONE_ON_FROM.includes(way)) {
				expect(await git(["rev-list", "--count", "--merges", "main..issue/B-1"])).toBe("0");
				expect(await git(["rev-list", "--count", "main..issue/B-1"])).toBe("1");
			}

			const { exitCode, stdout } = await world.run(["clean", "A-1", "--yes"]);
			expect(exitCode).toBe(0);
			if (hasBranch) expect(stdout).toMatch(/^A-1 +branch .*(?:main has all of it|all of it is on main)/m);
			expect(await git(["branch", "--list", "issue/A-1"])).toBe("");
			await write("prompts/dev-auto-parallel.md", "# Phase: dev\n\nDo it otherwise.\n\n{{answer}}\n");
			await commit("another prompt");
			expect((await world.run(["status", "A-1"])).stdout).toMatch(/^A-1 +merged /m);
		});
	}
});

const squash = async (git: Git, branch: string) => {
	await git(["merge", "-q", "--squash", branch]);
	await git(["commit", "-q", "-m", `${branch} (#1)`]);
};

describe("issues that are stacked are merged", () => {
	const ways: Readonly<Record<string, (git: Git) => Promise<unknown>>> = {
		"one after the other": async (git) => {
			await squash(git, "issue/A-1");
			await squash(git, "issue/B-1");
		},
		"as one commit": (git) => squash(git, "issue/B-1"),
		"picked in their order": (git) => git(["cherry-pick", "main..issue/B-1"]),
	};
	let world: World;
	let beginning: Beginning;
	beforeAll(async () => {
		world = await createWorld([
			{ id: "A-1", script: work },
			{ id: "B-1", blocked_by: ["A-1"], script: editAndPass },
		]);
		expect((await world.run(["dev", "M1"])).exitCode).toBe(0);
		await goOn(world);
		beginning = await beginningOf(world);
	});
	afterAll(async () => {
		await beginning?.[Symbol.asyncDispose]();
		await world?.[Symbol.asyncDispose]();
	});

	for (const [way, take] of Object.entries(ways)) {
		test(way, async () => {
			await beginning.again();
			const { git } = world.repository;
			await take(git);
			const status = (await world.run(["status"])).stdout;
			expect(status).toMatch(/^A-1 +merged /m);
			expect(status).toMatch(/^B-1 +merged /m);
			expect((await world.run(["clean", "--yes"])).exitCode).toBe(0);
			expect(await git(["branch", "--list", "issue/*"])).toBe("");
			expect((await world.run(["dev", "M1", "-q"])).exitCode).toBe(0);
		});
	}
});

describe("squashed with a person's commit and message, and the branch deleted before anybody has looked", () => {
	/** Where a person goes on with the branch. */
	const PLACES: Readonly<
		Record<string, (git: Git, path: string) => Promise<readonly [folder: string, leave: readonly string[]]>>
	> = {
		"in the checkout": async (git, path) => {
			await git(["switch", "-q", "issue/A-1"]);
			return [path, ["switch", "-q", "main"]];
		},
		"in a worktree": async (git, path) => {
			await git(["worktree", "add", "-q", `${path}.copy`, "issue/A-1"]);
			return [`${path}.copy`, ["worktree", "remove", `${path}.copy`]];
		},
	};
	const rows = [
		{ place: "in the checkout", file: "theirs.txt", isKnown: true },
		{ place: "in the checkout", file: "A-1.txt", isKnown: true },
		{ place: "in a worktree", file: "theirs.txt", isKnown: true },
		// git has forgotten what the removed worktree had checked out.
		{ place: "in a worktree", file: "A-1.txt", isKnown: false },
	];
	test("it is merged as long as git knows of that commit; else it is told what to type, and the commit can be had back", async () => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		const { git, path, read, write } = world.repository;
		await world.run(["dev", "A-1"]);
		const [start, work] = await Promise.all(["main", "issue/A-1"].map((each) => git(["rev-parse", each])));
		const said = async (...args: string[]) => (await world.run(args)).stdout;
		for (const { place, file, isKnown } of rows) {
			const [folder, leave] = (await PLACES[place]?.(git, path)) ?? ["", []];
			await appendFile(join(folder, file), `a person's, ${place}\n`);
			await git(["add", "-A"], folder);
			await git(["commit", "-q", "-m", "A person's own"], folder);
			await git(leave);
			await goOn(world, place + file);
			await git(["merge", "-q", "--squash", "issue/A-1"]);
			await git(["commit", "-q", "-m", "What A-1 was about (#12)"]);
			await git(["branch", "-q", "-D", "issue/A-1"]);
			expect(await said("status"), place + file).toMatch(
				new RegExp(`^A-1 +${isKnown ? "merged" : "commit lost"} `, "m"),
			);
			expect((await world.run(["dev", "A-1", "-q"])).exitCode).toBe(isKnown ? 0 : 1);
			if (isKnown) {
				await git(["reset", "-q", "--hard", String(start)]);
				await git(["branch", "issue/A-1", String(work)]);
			}
		}
		const why = await said("why", "A-1");
		expect(why).toMatch(
			/^Where main has its work in another form, .* set its state to done in docs\/projects\/p\/issues\/A-1\.md, /m,
		);
		const [command = ""] = commandsIn(why, "git branch");
		expect((await typed(world, command)).exitCode).toBe(0);
		expect(await said("status")).toMatch(/^A-1 +up to date /m);
		await git(["branch", "-q", "-D", "issue/A-1"]);
		const document = "docs/projects/p/issues/A-1.md";
		await write(document, (await read(document)).replace("milestone:", "state: done\nmilestone:"));
		await world.repository.commit("A-1 is done");
		expect((await world.run(["dev", "M1", "-q"])).exitCode).toBe(0);
		expect(world.model.issuesSeen).toEqual(["A-1"]);
	});
});

/** What main can have been given without all of the work being there; the branch has two commits. */
const NOT_ALL: Readonly<Record<string, (git: Git) => Promise<unknown>>> = {
	"nothing of it": async () => {},
	"one commit of two": (git) => git(["cherry-pick", "issue/A-1~1"]),
	"the other commit of two": (git) => git(["cherry-pick", "-X", "theirs", "issue/A-1"]),
	"a squash without a file of it": async (git) => {
		await git(["merge", "-q", "--squash", "issue/A-1"]);
		await git(["rm", "-q", "-f", "more/a.bin"]);
		await git(["commit", "-q", "-m", "most of A-1"]);
	},
	"the trailers of another issue": (git) =>
		git(["commit", "-q", "--allow-empty", "-m", "x\n\nOrch-Issue: A-2\nOrch-Thread: 1\n"]),
	"a merge that kept nothing, with a message that says nothing": async (git) => {
		await git(["merge", "-q", "--squash", "issue/A-1"]);
		await git(["reset", "-q", "--hard"]);
		await git(["commit", "-q", "--allow-empty", "-m", "nothing"]);
	},
};

describe("what has not come to the base as a whole is not merged", () => {
	let world: World;
	let beginning: Beginning;
	beforeAll(async () => {
		world = await createWorld([{ id: "A-1", script: work }]);
		await world.repository.write("shared.txt", "zero\n");
		await world.repository.commit("shared");
		expect((await world.run(["dev", "A-1"])).exitCode).toBe(0);
		await addCommit(world);
		await goOn(world);
		beginning = await beginningOf(world);
	});
	afterAll(async () => {
		await beginning?.[Symbol.asyncDispose]();
		await world?.[Symbol.asyncDispose]();
	});

	for (const [what, take] of Object.entries(NOT_ALL)) {
		test(what, async () => {
			await beginning.again();
			const { git } = world.repository;
			await take(git);
			expect((await world.run(["status"])).stdout).toMatch(/^A-1 +up to date /m);
			expect((await world.run(["clean", "A-1", "--yes"])).stdout).toMatch(/^A-1 +branch +no .*2 commits nowhere else/m);
			expect(await git(["branch", "--list", "issue/A-1"])).not.toBe("");
			await git(["branch", "-q", "-D", "issue/A-1"]);
			if (what === "one commit of two") return;
			expect((await world.run(["status"])).stdout).toMatch(/^A-1 +commit lost /m);
		});
	}
});

describe("an agent's own change of its document: it is not run again, until somebody else changes the document", () => {
	const documents = "docs/projects/p/issues";
	const ticks: Script = runAndPass(
		"echo done > done.txt",
		`sed -i 's/- \\[ \\] it works/- [x] it works/' ${documents}/A-1.md`,
	);
	const moves: Script = runAndPass(`mkdir -p ${documents}/old`, `mv ${documents}/A-2.md ${documents}/old/`);
	const merges: Readonly<Record<string, (git: Git, branch: string) => Promise<unknown>>> = {
		"merge --no-ff": (git, branch) => git(["merge", "-q", "--no-ff", "-m", "take", branch]),
		"merge --squash, and the branch deleted": async (git, branch) => {
			await git(["merge", "-q", "--squash", branch]);
			await git(["commit", "-q", "-m", "taken (#3)"]);
			await git(["branch", "-q", "-D", branch]);
		},
	};
	let world: World;
	let beginning: Beginning;
	beforeAll(async () => {
		const body = "\n- [ ] it works\n";
		world = await createWorld([
			{ id: "A-1", project: "p", body, script: ticks },
			{ id: "A-2", project: "p", body, script: moves },
		]);
		expect((await world.run(["dev", "M1"])).exitCode).toBe(0);
		await goOn(world);
		beginning = await beginningOf(world);
	});
	afterAll(async () => {
		await beginning?.[Symbol.asyncDispose]();
		await world?.[Symbol.asyncDispose]();
	});

	for (const [way, merge] of Object.entries(merges)) {
		test(`boxes ticked, document moved: ${way}`, async () => {
			await beginning.again();
			const { git, path } = world.repository;
			for (const id of ["A-1", "A-2"]) {
				await merge(git, `issue/${id}`);
				expect(await git(["log", "-1", "--name-only", "--format=", "-m", "--first-parent"])).toContain(`${id}.md`);
			}
			const merged = (await world.run(["status"])).stdout;
			for (const id of ["A-1", "A-2"]) expect(merged).toMatch(new RegExp(`^${id} +merged `, "m"));
			expect((await world.run(["dev", "M1", "-q"])).exitCode).toBe(0);

			for (const file of [`${documents}/A-1.md`, `${documents}/old/A-2.md`])
				await appendFile(join(path, file), "\nAnd one thing more.\n");
			await world.repository.commit("more to do");
			const changed = (await world.run(["status"])).stdout;
			for (const id of ["A-1", "A-2"]) expect(changed).toMatch(new RegExp(`^${id} +document changed `, "m"));
		});
	}
});

/** What the base has of each issue, of which there is no record here, and what is said of it. */
const TOLD: Readonly<
	Record<string, { readonly take: (world: World, id: string) => Promise<unknown>; readonly word: string }>
> = {
	nothing: { take: async () => {}, word: "never run" },
	"its commit": { take: (world, id) => save(world, id), word: "merged" },
	"a squash of an attempt that failed and one that passed": {
		take: async (world, id) => {
			const messages = ["failed", "pass"].map((status) => messageOf(id, status).replaceAll(/^(?=.)/gm, "    "));
			await change(world, id, `Squashed commit of the following:\n\n${messages.join("\n")}`);
		},
		word: "merged",
	},
	"an attempt that failed, and then one that passed": {
		take: async (world, id) => {
			await save(world, id, "failed");
			await save(world, id);
		},
		word: "merged",
	},
	"an attempt that failed, after one that passed": {
		take: async (world, id) => {
			await save(world, id);
			await save(world, id, "deferred");
		},
		word: "never run",
	},
	// For git, too, what was merged is there until somebody takes it up again: edits the document, or says -B.
	"its commit, and one that reverts it": {
		take: async (world, id) => {
			await save(world, id);
			await world.repository.git(["revert", "--no-edit", "HEAD"]);
		},
		word: "merged",
	},
	"its commit, and a later change of its document": {
		take: async (world, id) => {
			await save(world, id);
			await world.repository.writeIssue({ id, body: "More of it." });
			await world.repository.commit(`edit ${id}`);
		},
		word: "document changed",
	},
	"a commit that has its document in its new text": {
		take: async (world, id) => {
			await world.repository.writeIssue({ id, body: "Done." });
			await save(world, id);
		},
		word: "merged",
	},
	"its commit, and a document that was moved since": {
		take: async (world, id) => {
			await save(world, id);
			const { git, path, commit } = world.repository;
			await mkdir(join(path, "docs/projects/p/issues/later"), { recursive: true });
			await git(["mv", `docs/projects/p/issues/${id}.md`, "docs/projects/p/issues/later/"]);
			await commit("sorted");
		},
		word: "merged",
	},
	"the commit of an issue that was called so before it": {
		take: async (world, id) => {
			const { git, commit } = world.repository;
			await git(["rm", "-q", `docs/projects/p/issues/${id}.md`]);
			await commit("closed");
			await save(world, id);
			await world.repository.writeIssue({ id });
			await commit("another one");
		},
		word: "document changed",
	},
	"the commit of a rehearsal": {
		take: (world, id) => change(world, id, `${messageOf(id, "pass").trimEnd()}\nOrch-Rehearsal: pass\n`),
		word: "never run",
	},
	"the summary of another issue's agent": {
		take: (world, id) =>
			change(world, id, messageOf("Z-1", "pass", `I did it.\n\nOrch-Issue: ${id}\nOrch-Status: pass\nOrch-Thread: 1`)),
		word: "never run",
	},
	"the commit of an issue whose id only begins so": { take: (world, id) => save(world, `${id}0`), word: "never run" },
};

/** The message that saves an attempt on an issue. */
function messageOf(id: string, outcome: string, summary = "Done."): string {
	const record = { outcome, phase: "dev", reason: null, details: [], threadId: `thread of ${id}` };
	const issue = { id, title: `Title of ${id}`, milestone: "M1", docPath: `docs/projects/p/issues/${id}.md` };
	return commitMessage(issue as Issue, record as never, summary);
}

async function change({ repository }: World, id: string, message: string): Promise<void> {
	await appendFile(join(repository.path, `${id}.txt`), `${message.length}\n`);
	await repository.commit(message);
}

const save = (world: World, id: string, status = "pass") => change(world, id, messageOf(id, status));

test("of what there is no record of here, the base tells: no look says otherwise, and no agent is asked for it", async () => {
	const rows = Object.entries(TOLD).map(([what, row], at) => ({ id: `T-${at + 1}`, what, ...row }));
	await using world = await createWorld(
		// What waits for work that the base has does not wait.
		rows.map(({ id }) => ({ id, blocked_by: id === "T-1" ? ["T-2"] : [], script: editAndPass })),
	);
	const { git, path } = world.repository;
	for (const { id, take } of rows) await take(world, id);
	const said = async (...args: string[]) => (await world.run(args)).stdout;

	const [status, plan, data] = [await said("status"), await said("plan", "M1"), await said("plan", "M1", "--json")];
	for (const { id, what, word } of rows) {
		expect(status, what).toMatch(new RegExp(`^${id} +${word} `, "m"));
		expect(plan, what).toMatch(new RegExp(`^\\d+ +${id} .* ${word} `, "m"));
		const one = JSON.parse(data).find((each: { id: string }) => each.id === id);
		expect({ upToDate: one.upToDate, record: one.record }, what).toEqual({ upToDate: word === "merged", record: null });
	}
	expect(plan).toContain(`, ${rows.filter(({ word }) => word !== "merged").length} to run\n`);
	expect(await said("dev", "M1", "-n")).toContain(plan.trimEnd());
	const commit = (await git(["log", "-1", "--format=%H", "--", "T-2.txt"])).slice(0, 10);
	expect(await said("why", "T-2")).toBe(
		`T-2 is up to date: its work is part of main, as commit ${commit} of main says; here is no record of it.\n`,
	);
	expect((await world.run(["dev", "T-2", "-q"])).exitCode).toBe(0);
	expect((await world.run(["dev", "T-1", "-q"])).exitCode).toBe(1);
	expect(await said("dev", "T-2")).toMatch(/^'dev T-2' is up to date\.$/m);
	expect(await said("plan", "T-2", "--rehearse")).toContain("1 to run");
	expect(world.model.requests).toEqual([]);
	// A branch of it that came from elsewhere is known by the same.
	await git(["branch", "issue/T-2", commit]);
	expect(await said("clean", "T-2")).toMatch(/^T-2 +branch +yes +all of it is on main/m);
	expect(await said("why", "T-2")).toMatch(/^Next: .* clean T-2$/m);
	expect((await world.run(["clean", "T-2", "--yes"])).exitCode).toBe(0);
	expect(await git(["branch", "--list", "issue/T-2"])).toBe("");

	const forced = await world.run(["dev", "T-2", "-B"]);
	expect(forced.exitCode, forced.stderr).toBe(0);
	expect(world.model.issuesSeen).toEqual(["T-2"]);
	expect(await said("status", "T-2")).toMatch(/^T-2 +up to date /m);
	// Of its branch the base does not have all.
	await rm(join(path, "logs"), { recursive: true });
	expect(await said("status", "T-2")).toMatch(/^T-2 +up to date /m);
	await git(["branch", "-q", "-D", "issue/T-2"]);
	expect(await said("status", "T-2")).toMatch(/^T-2 +merged /m);
});
