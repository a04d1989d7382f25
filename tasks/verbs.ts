// What an orchfile gives edges to. Each verb is loaded when it is first called: most commands need few of them, and to load
// them all takes longer than most commands take.

import type { Phase, TurnName } from "./contract/phase.ts";
import type { Role } from "./contract/role.ts";
import type { Runner } from "./runner/runner.ts";
import type { WarmAhead } from "./runner/warm-ahead.ts";
import { lazily, loadOnce, ours } from "./system/once.ts";
import { type Rest, told } from "./told.ts";

export { accept, verify } from "./judging.ts";

const loadCheck = loadOnce(() => import("./check.ts"));
const loadClean = loadOnce(() => import("./clean.ts"));
const loadDiscover = loadOnce(() => import("./discover.ts"));
const loadDoctor = loadOnce(() => import("./doctor.ts"));
const loadLock = loadOnce(() => import("./lock.ts"));
const loadPassedTurn = loadOnce(() => import("./standing/passed-turn.ts"));
const loadPersist = loadOnce(() => import("./persist.ts"));
const loadPlan = loadOnce(() => import("./plan.ts"));
const loadPreflight = loadOnce(() => import("./preflight.ts"));
const loadSetup = loadOnce(() => import("./setup.ts"));
const loadStatus = loadOnce(() => import("./status.ts"));
const loadTeardown = loadOnce(() => import("./teardown.ts"));
const loadTurn = loadOnce(() => import("./turn.ts"));
const loadWarmAhead = loadOnce(() => import("./runner/warm-ahead.ts"));
const loadWorktree = loadOnce(() => import("./worktree.ts"));

/** Types of actions that are loaded late. */
type Preflight = typeof import("./preflight.ts");
type Doctor = typeof import("./doctor.ts");
type Persist = typeof import("./persist.ts");
type Setup = typeof import("./setup.ts");
type Status = typeof import("./status.ts");
type Turn = typeof import("./turn.ts");
/** Finds and reads the issue documents. */
export const discover = ours({
	summary: "find and read the issue documents",
	role: "backlog" satisfies Role,
	run: told(lazily(loadDiscover, "discoverIssues")),
} as const);

/** Puts the issues that the run is about in order, with their addresses. */
export const plan = ours({
	summary: "select a milestone's issues, check them, put them in order",
	role: "plan" satisfies Role,
	run: told(lazily(loadPlan, "planIssues")),
} as const);

/** Reads the backlog for everything that a run would stumble over. */
export const check = ours({
	summary: "read the backlog for everything that a run would stumble over",
	role: "findings" satisfies Role,
	run: told(lazily(loadCheck, "checkBacklog")),
} as const);

/** Looks at what git and the logs hold of every issue. */
export const status = ours({
	summary: "tell where every issue stands, and why",
	role: "survey" satisfies Role,
	run: told(async (...rest: Parameters<Status["survey"]>) => {
		// Whoever wants to know where issues stand asks their turns next; they are loaded while git is waited for.
		void loadPassedTurn();
		return (await loadStatus()).survey(...rest);
	}),
} as const);

/** Lists what was made for issues, with what is provable about it. */
export const clean = ours({
	summary: "list what was made for issues and still stands, with what is provable about it",
	role: "made" satisfies Role,
	run: told(lazily(loadClean, "findMade")),
} as const);

/** Checks what every issue of a run relies on, before anything is made. */
export const preflight = ours({
	summary: "check that the documents are committed and that commits can be made",
	run: told(lazily(loadPreflight, "verifyReady")),
} as const);

/** Keeps other runs off an issue for as long as tasks of it run. */
export const lock = ours(told(lazily(loadLock, "lockIssue")));

/** Makes the issue's branch and worktree. */
export const createWorktree = ours({
	summary: "create the issue's branch and worktree, or continue with them",
	intermediate: true,
	upToDate: told(lazily(loadWorktree, "findStandingWorktree")),
	isMended: lazily(loadWorktree, "isOutOfTheWay"),
	run: told(lazily(loadWorktree, "createWorktree")),
} as const);

/** Makes a new worktree ready for an agent with a shell command of yours, which runs outside of the sandbox on the base's files. */
export function setupWorktree(command: string) {
	if (typeof command !== "string") throw new TypeError(`setupWorktree takes a shell command, and was given ${command}`);
	return ours({
		summary: `make a new worktree ready for the agent: ${command.replace(/\s+/g, " ").trim()}`,
		intermediate: true,
		upToDate: told(async (...rest: Rest<Setup["findSetUp"], [string]>) =>
			(await loadSetup()).findSetUp(command, ...rest),
		),
		run: told(
			async (
				{ worktree }: { readonly worktree: Parameters<Setup["setUp"]>[1] },
				context: Parameters<Setup["setUp"]>[2],
			) => (await loadSetup()).setUp(command, worktree, context),
		),
	} as const);
}

const TURNS: Readonly<Record<Phase, string>> = {
	dev: "let the agent implement the issue in its worktree",
	review: "let an agent judge the work against the issue",
	fix: "let an agent address what the review found",
};

/** The turns that an agent can be given when its prompts for these phases are checked. */
type TurnsOf<P extends Phase> = { [K in P]: K extends "dev" ? K : `${K}-${number}` }[P];

/**
 * What an agent is asked to do: its turns, and the looks at whether it could take them.
 * @param runner what executes turns.
 * @param phases those that it is given turns of, whose prompts are checked before anything is made.
 */
export function agent<P extends Phase>(runner: Runner, phases: readonly P[]) {
	if (typeof runner?.run !== "function") throw new TypeError("agent takes a runner first, such as codexRunner()");
	const all = Object.keys(TURNS);
	if (!Array.isArray(phases) || !phases.every((phase) => all.includes(phase)))
		throw new TypeError(
			`agent takes a list of phases, out of ${all.join(", ")}, and was given ${JSON.stringify(phases)}`,
		);
	return {
		/** Looks at everything that a run relies on. */
		doctor: ours({
			summary: "look at everything that a run relies on, side by side",
			role: "diagnoses" satisfies Role,
			run: async (_: unknown, ...rest: Rest<Doctor["examine"], [Runner, readonly Phase[]]>) =>
				(await loadDoctor()).examine(runner, phases, ...rest),
		}),
		/** Checks that turns could run, before anything is made for one. */
		preflight: ours({
			summary: "check the prompts, and ask Codex whether it has credentials and a sandbox",
			role: "agent-check" satisfies Role,
			run: async (...rest: Rest<Preflight["verifyRunner"], [Runner, readonly Phase[]]>) =>
				(await loadPreflight()).verifyRunner(runner, phases, ...rest),
		}),
		/** Runs one turn of the agent on the issue. */
		turn: (name: TurnsOf<P>) => {
			const [phase = ""] = String(name).split("-");
			const isTurn = phase === "dev" ? name === phase : /^[a-z]+-[1-9]\d*$/.test(name);
			if (!isTurn || !phases.includes(phase as P))
				throw new TypeError(`${JSON.stringify(name)} is no turn of an agent that has ${phases.join(", ")}`);
			return ours({
				summary: TURNS[name.split("-")[0] as Phase],
				role: "turn" satisfies Role,
				watch: warming(runner),
				upToDate: told(async ({ issue, options }: Parameters<Turn["runTurn"]>[3]) =>
					(await loadPassedTurn()).findPassedTurn(name as TurnName, issue, options),
				),
				run: told(
					async (
						{ worktree }: { readonly worktree: Parameters<Turn["runTurn"]>[2] },
						context: Parameters<Turn["runTurn"]>[3],
					) => (await loadTurn()).runTurn(runner, name as TurnName, worktree, context),
				),
			} as const);
		},
	} as const;
}

/** Has the runner get going early what the next turn needs. */
function warming(runner: Runner) {
	let watcher: WarmAhead | undefined;
	const load = loadOnce(async () => {
		const { WarmAhead } = await loadWarmAhead();
		watcher = new WarmAhead(
			() => runner.warm(),
			() => void runner.close(),
		);
		return watcher;
	});
	return (...told: Parameters<WarmAhead["take"]>): void => {
		// An agent's events come by the thousand: once loaded, it is told without a promise for each.
		if (watcher) watcher.take(...told);
		else void load().then((each) => each.take(...told));
	};
}

/** Commits what the agent left in the worktree, however its turn ended. */
export function persist(turn: TurnName) {
	return ours({
		summary: "commit what the agent left, however its phase ended, and complete the record",
		role: "save" satisfies Role,
		upToDate: told(async ({ issue }: Parameters<Persist["persist"]>[2]) =>
			(await loadPassedTurn()).findSavedWork(turn, issue),
		),
		run: told(
			async (...rest: Rest<Persist["persist"], [TurnName]>) => (await loadPersist()).persist(turn, ...rest),
			"save",
		),
	} as const);
}

/** Removes the worktree, never the work. */
export const teardown = ours({
	summary: "remove the worktree once everything in it is on the branch",
	isMended: lazily(loadTeardown, "isOutOfTheWay"),
	run: told(lazily(loadTeardown, "teardownWorktree")),
} as const);
