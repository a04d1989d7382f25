import { rm } from "node:fs/promises";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { releaseLock, takeLock } from "../tasks/repo/lock.ts";
import type { Script } from "./support/scripted-model.ts";
import { answerDeferred, editAndPass, failTurn } from "./support/scripts.ts";
import { createWorld, type World } from "./support/world.ts";

// Whatever has become of issues, status, why, plan, graph, -n, -q, clean, --json and the closing table tell the same of them.

interface State {
	/** Brings an issue there. */
	readonly reach: (world: World, id: string) => Promise<unknown>;
	/** What status says of it, when nothing else has happened. */
	readonly word: RegExp;
	readonly isDone: boolean;
	readonly script?: Script;
	/** What clean says of the branch; nothing where there is none. */
	readonly branch?: "yes" | "no";
}

const pass = (world: World, id: string) => world.run(["dev", id]);

async function pathsOf({ repository }: World) {
	return { root: repository.path, commonDir: `${repository.path}/.git` };
}

const STATES = {
	"never run": { reach: async () => {}, word: /never run/, isDone: false },
	passed: { reach: pass, word: /up to date/, isDone: true, branch: "no" },
	failed: { reach: pass, script: failTurn("no luck"), word: /failed: runner-error/, isDone: false, branch: "no" },
	deferred: { reach: pass, script: answerDeferred, word: /deferred/, isDone: false, branch: "no" },
	"not committed": {
		reach: (world, id) => world.run(["phase:dev", id]),
		word: /passed, not committed/,
		isDone: false,
		branch: "no",
	},
	"worktree kept": {
		reach: async (world, id) => {
			await world.run(["phase:dev", id]);
			await world.run(["persist", id]);
		},
		word: /up to date/,
		isDone: true,
		branch: "no",
	},
	// What comes to main behind it leaves it in conflict.
	"in conflict": {
		reach: async (world, id) => {
			await pass(world, id);
			await world.repository.write(`${id}.txt`, "main's\n");
			await world.repository.writeIssue({ id, body: "More of it." });
			await world.repository.commit(`edit ${id}`);
			await world.run(["dev", id]);
		},
		word: /worktree:create failed: base-conflicts/,
		isDone: false,
		branch: "no",
	},
	merged: {
		reach: async (world, id) => {
			await pass(world, id);
			await world.repository.git(["merge", "-q", "--no-ff", "-m", `take ${id}`, `issue/${id}`]);
		},
		word: /merged/,
		isDone: true,
		branch: "yes",
	},
	"merged, and its logs removed": {
		reach: async (world, id) => {
			await pass(world, id);
			await world.repository.git(["merge", "-q", "--no-ff", "-m", `take ${id}`, `issue/${id}`]);
			await rm(`${world.repository.path}/logs/orch/M1/${id}`, { recursive: true });
		},
		word: /merged/,
		isDone: true,
		branch: "yes",
	},
	squashed: {
		reach: async (world, id) => {
			await pass(world, id);
			await goOn(world, id);
			await world.repository.git(["merge", "-q", "--squash", `issue/${id}`]);
			await world.repository.git(["commit", "-q", "-m", `${id} (#1)`]);
		},
		word: /merged/,
		isDone: true,
		branch: "yes",
	},
	"rebased, and the branch deleted": {
		reach: async (world, id) => {
			await pass(world, id);
			await goOn(world, id);
			await world.repository.git(["cherry-pick", `main..issue/${id}`]);
			await world.repository.git(["branch", "-q", "-D", `issue/${id}`]);
		},
		word: /merged/,
		isDone: true,
	},
	"branch deleted": {
		reach: async (world, id) => {
			await pass(world, id);
			await world.repository.git(["branch", "-q", "-D", `issue/${id}`]);
		},
		word: /commit lost/,
		isDone: false,
	},
	"branch gone on with": {
		reach: async (world, id) => {
			await pass(world, id);
			const { git, path } = world.repository;
			await git(["worktree", "add", "-q", `${path}.copy`, `issue/${id}`]);
			await git(["commit", "-q", "--allow-empty", "-m", "a person's own"], `${path}.copy`);
			await git(["worktree", "remove", `${path}.copy`]);
		},
		word: /up to date/,
		isDone: true,
		branch: "no",
	},
	"document edited": {
		reach: async (world, id) => {
			await pass(world, id);
			await world.repository.writeIssue({ id, body: "More of it." });
			await world.repository.commit(`edit ${id}`);
		},
		word: /document changed/,
		isDone: false,
		branch: "no",
	},
	"worked on": {
		reach: async (world, id) => {
			await takeLock(await pathsOf(world), id);
		},
		word: /running \(process \d+\)/,
		isDone: false,
	},
} satisfies Readonly<Record<string, State>> as Readonly<Record<string, State>>;

/** Something happens on main: what is squashed or picked is then another commit. */
async function goOn({ repository }: World, id: string): Promise<void> {
	await repository.write(`main-${id}.txt`, "main goes on\n");
	await repository.commit("main goes on");
}

/** Brings an issue a state into each, asks every look, and compares. */
async function compare(names: readonly string[]): Promise<void> {
	const issues = names.map((name, at) => ({ id: `N-${at + 1}`, state: STATES[name] as State, name }));
	await using world = await createWorld(issues.map(({ id, state }) => ({ id, script: state.script ?? editAndPass })));
	for (const { id, state } of issues) await state.reach(world, id);
	try {
		await compareAll(world, issues);
	} finally {
		for (const { id, name } of issues) if (name === "worked on") await releaseLock(await pathsOf(world), id);
	}
}

async function compareAll(
	world: World,
	issues: readonly { readonly id: string; readonly state: State; readonly name: string }[],
): Promise<void> {
	// Who does not agree is told with what it said to that.
	const ran = async (exitCode: number, ...args: string[]) => {
		const run = await world.run(args);
		expect(run.exitCode, `${args.join(" ")}\n${run.stdout}${run.stderr}`).toBe(exitCode);
		return run.stdout;
	};
	const said = (...args: string[]) => ran(0, ...args);
	const status = await said("status");
	const plan = await said("plan", "M1");
	const dry = await said("dev", "M1", "-n");
	const graph = await said("graph", "M1");
	const found = await said("clean");
	const data = JSON.parse(await said("status", "--json"));
	const open = issues.filter(({ state }) => !state.isDone);
	expect(JSON.parse(await said("plan", "M1", "--json"))).toEqual(data);
	expect(plan).toContain(`, ${open.length} to run\n`);
	expect(dry).toContain(plan.trimEnd());
	await ran(open.length === 0 ? 0 : 1, "dev", "M1", "-q");
	for (const { id, state, name } of issues) {
		const one = data.find((each: { id: string }) => each.id === id);
		const about = `${id} ${name}`;
		expect(one.standing, about).toMatch(state.word);
		expect(one.upToDate, about).toBe(state.isDone);
		expect(one.merged, about).toBe(/merged|squashed|rebased/.test(name));
		expect(one.unmet.length === 0, about).toBe(state.isDone);
		expect(status, about).toMatch(new RegExp(`^${id} +${state.word.source} `, "m"));
		expect(graph, about).toMatch(new RegExp(`^${id} +${state.word.source}`, "m"));
		if (name !== "worked on") expect(plan, about).toMatch(new RegExp(`^\\d+ +${id} .* ${state.word.source} `, "m"));
		const why = await said("why", id);
		if (name === "worked on") expect(why).toContain(`${id} is being worked on`);
		else expect(why, about).toMatch(new RegExp(`^${id} is ${state.isDone ? "" : "not "}up to date: `));
		expect(why.includes("its work is part of main"), about).toBe(one.merged);
		await ran(state.isDone ? 0 : 1, "dev", id, "-q");
		const branch = new RegExp(`^${id} +branch +(yes|no) `, "m").exec(found)?.[1];
		expect(branch, `${about}\n${found}`).toBe(state.branch);
		expect(one.tip !== null, about).toBe(state.branch !== undefined);
	}
	// What is done is not done again, and the closing table says so.
	const requests = world.model.issuesSeen.length;
	const night = (await world.run(["dev", "M1"])).stdout;
	const asked = world.model.issuesSeen.slice(requests);
	for (const { id, state } of issues) {
		expect(/is up to date/.test(new RegExp(`^'dev ${id}'.*$`, "m").exec(night)?.[0] ?? ""), `${id}\n${night}`).toBe(
			state.isDone,
		);
		if (state.isDone) expect(asked).not.toContain(id);
	}
}

test("of one issue in every state there is", () => compare(Object.keys(STATES)));

test("of issues in any states", { timeout: 240_000 }, async () => {
	const states = fc.array(fc.constantFrom(...Object.keys(STATES)), { minLength: 2, maxLength: 3 });
	await fc.assert(fc.asyncProperty(states, compare), { numRuns: 1 });
});
