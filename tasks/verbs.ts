// What an orchfile gives edges to. Each verb is loaded when it is first called: most commands need few of them, and to load
// them all takes longer than most commands take.

import { type ItemSettings, verifyItemSettings } from "./contract/items.ts";
import type { TurnName } from "./contract/phase.ts";
import type { Role } from "./contract/role.ts";
import { lazily, loadOnce, ours } from "./system/once.ts";
import { type Rest, told } from "./told.ts";

export { agent } from "./agent.ts";
export { accept, integrate, verify } from "./judging.ts";

const loadCheck = loadOnce(() => import("./check.ts"));
const loadClean = loadOnce(() => import("./clean.ts"));
const loadDiscover = loadOnce(() => import("./discover.ts"));
const loadItems = loadOnce(() => import("./discover-items.ts"));
const loadLock = loadOnce(() => import("./lock.ts"));
const loadPassedTurn = loadOnce(() => import("./standing/passed-turn.ts"));
const loadPersist = loadOnce(() => import("./persist.ts"));
const loadPlan = loadOnce(() => import("./plan.ts"));
const loadPreflight = loadOnce(() => import("./preflight.ts"));
const loadReport = loadOnce(() => import("./report.ts"));
const loadSetup = loadOnce(() => import("./setup.ts"));
const loadStatus = loadOnce(() => import("./status.ts"));
const loadTeardown = loadOnce(() => import("./teardown.ts"));
const loadWorktree = loadOnce(() => import("./worktree.ts"));

/** Types of actions that are loaded late. */
type Items = typeof import("./discover-items.ts");
type Persist = typeof import("./persist.ts");
type Setup = typeof import("./setup.ts");
type Status = typeof import("./status.ts");

/** Finds and reads the issue documents. */
export const discover = ours({
	summary: "find and read the issue documents",
	role: "backlog" satisfies Role,
	run: told(lazily(loadDiscover, "discoverIssues")),
} as const);

/**
 * Reads issues that are parts of documents: the boxes of a list, or sections, each with an id of its own. It stands where
 * {@link discover} does.
 * @throws TypeError for settings that can't be used.
 */
export function discoverItems(settings: ItemSettings) {
	verifyItemSettings(settings);
	return ours({
		summary: "find and read the issues in the documents' lists",
		role: "backlog" satisfies Role,
		run: told(async (...rest: Rest<Items["discoverItemsIn"], [ItemSettings]>) =>
			(await loadItems()).discoverItemsIn(settings, ...rest),
		),
	} as const);
}

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

/** Puts together what is known of a run's issues once it is over, for the page that the command line writes. */
export const report = ours({
	summary: "put together what is known of a run of several issues, for its page",
	role: "report" satisfies Role,
	run: told(lazily(loadReport, "report")),
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
