// What an orchfile gives edges to where agents are at work: their turns, and the looks at whether they could take them.

import { parseTokens } from "./contract/amounts.ts";
import type { IssuePlan } from "./contract/issue.ts";
import type { TurnSettings } from "./contract/model-choice.ts";
import type { RunOptions } from "./contract/options.ts";
import { type Phase, phaseOf, type TurnName } from "./contract/phase.ts";
import type { Role } from "./contract/role.ts";
import type { BudgetTable } from "./contract/turn-budget.ts";
import type { TurnInputs, TurnOutput } from "./contract/turn-inputs.ts";
import type { NotNeeded, PassedElsewhere, TurnValue } from "./contract/value.ts";
import type { Freshness } from "./engine/task.ts";
import type { Runner } from "./runner/runner.ts";
import type { WarmAhead } from "./runner/warm-ahead.ts";
import { loadOnce, ours } from "./system/once.ts";
import { type Rest, told } from "./told.ts";
import type { TurnDeclared } from "./turn.ts";

const loadDoctor = loadOnce(() => import("./doctor.ts"));
const loadFix = loadOnce(() => import("./fix.ts"));
const loadJudged = loadOnce(() => import("./standing/judged.ts"));
const loadPassedTurn = loadOnce(() => import("./standing/passed-turn.ts"));
const loadPreflight = loadOnce(() => import("./preflight.ts"));
const loadReview = loadOnce(() => import("./review.ts"));
const loadTurn = loadOnce(() => import("./turn.ts"));
const loadWarmAhead = loadOnce(() => import("./runner/warm-ahead.ts"));

type Preflight = typeof import("./preflight.ts");
type Doctor = typeof import("./doctor.ts");
type Fix = typeof import("./fix.ts");
type Review = typeof import("./review.ts");
type Turn = typeof import("./turn.ts");
type Context = Parameters<Turn["runTurn"]>[5];

const TURNS: Readonly<Record<Phase, string>> = {
	dev: "let the agent implement the issue in its worktree",
	review: "let an agent judge the work against the issue",
	fix: "let an agent address what the review found",
};

/** The turns that an agent can be given when its prompts for these phases are checked. */
type TurnsOf<P extends Phase> = { [K in P]: K extends "dev" ? K : `${K}-${number}` }[P];

/** What an orchfile may say of an agent as a whole. */
export interface AgentSettings {
	/** Whether an issue's front matter may say which model works on it, and how hard that thinks; it may when absent. */
	readonly issueModels?: boolean;
	/**
	 * Tokens that the turns of an issue may use together, by its estimate, such as `{ 1: "500k", 3: "2M", 8: "8M" }`: the first entry that is
	 * no smaller than the estimate holds. `--max-tokens` and the issue's own `budget` go before it.
	 */
	readonly budgets?: Readonly<Record<number, string>>;
}

/**
 * What an agent is asked to do: its turns, and the looks at whether it could take them.
 * @param runner what executes turns.
 * @param phases those that it is given turns of, whose prompts are checked before anything is made.
 */
export function agent<P extends Phase>(
	runner: Runner,
	phases: readonly P[],
	{ issueModels = true, budgets = {} }: AgentSettings = {},
) {
	if (typeof runner?.run !== "function") throw new TypeError("agent takes a runner first, such as codexRunner()");
	const all = Object.keys(TURNS);
	if (!Array.isArray(phases) || !phases.every((phase) => all.includes(phase)))
		throw new TypeError(
			`agent takes a list of phases, out of ${all.join(", ")}, and was given ${JSON.stringify(phases)}`,
		);
	const table = readBudgets(budgets);
	const reviews = new Set<string>();
	return {
		/** Looks at everything that a run relies on. */
		doctor: ours({
			summary: "look at everything that a run relies on, side by side",
			role: "diagnoses" satisfies Role,
			run: async (input: unknown, ...rest: Rest<Doctor["examine"], [Runner, readonly Phase[], unknown]>) =>
				(await loadDoctor()).examine(runner, phases, input, ...rest),
		}),
		/** Checks that turns could run, before anything is made for one. */
		preflight: ours({
			summary: "check the prompts, and ask Codex whether it has credentials and a sandbox",
			role: "agent-check" satisfies Role,
			run: async (...rest: Rest<Preflight["verifyRunner"], [Runner, readonly Phase[]]>) =>
				(await loadPreflight()).verifyRunner(runner, phases, ...rest),
		}),
		/** Runs one turn of the agent on the issue. What it needs beside the worktree depends on its name. */
		turn: <N extends TurnsOf<P>>(name: N, settings: TurnSettings = {}) => {
			const [phase = ""] = String(name).split("-");
			const isTurn = phase === "dev" ? name === phase : /^[a-z]+-[1-9]\d*$/.test(name);
			if (!isTurn || !phases.includes(phase as P))
				throw new TypeError(`${JSON.stringify(name)} is no turn of an agent that has ${phases.join(", ")}`);
			verifySettings(settings);
			if (phase === "review") reviews.add(name);
			const declared = () => ({ settings, issueModels, reviews: reviews.size, budgets: table });
			return ours({
				summary: TURNS[phase as Phase],
				role: "turn" satisfies Role,
				watch: warming(runner),
				upToDate: told(
					async ({ issue, options }: Context) =>
						findTurn(name as TurnName, issue, options) as Promise<Freshness<TurnOutput<N>>>,
				),
				run: told(
					async (inputs: TurnInputs<N>, context: Context) =>
						takeTurn(runner, name as TurnName, inputs, declared(), context) as Promise<TurnOutput<N>>,
				),
			} as const);
		},
	} as const;
}

/** @throws TypeError for a table that can't be used. */
function readBudgets(budgets: Readonly<Record<number, string>>): BudgetTable {
	const entries = Object.entries(budgets).map(([estimate, text]) => {
		const tokens = typeof text === "string" ? parseTokens(text) : undefined;
		if (tokens === undefined || !(Number(estimate) >= 0))
			throw new TypeError(
				`budgets are tokens by estimate, such as { 3: "2M" }, and were given ${JSON.stringify({ [estimate]: text })}`,
			);
		return [Number(estimate), tokens] as const;
	});
	return Object.fromEntries(entries);
}

function verifySettings(settings: TurnSettings): void {
	for (const [key, value] of Object.entries(settings)) {
		if (!["model", "effort"].includes(key)) throw new TypeError(`a turn has no setting ${key}, only model and effort`);
		if (typeof value !== "string")
			throw new TypeError(`the ${key} of a turn is a name, and was given ${JSON.stringify(value)}`);
	}
}

/** Where a turn stands: dev by its own record, the others by how far the issue's work has come. */
async function findTurn(
	name: TurnName,
	issue: IssuePlan,
	options: RunOptions,
): Promise<Freshness<TurnValue | NotNeeded | PassedElsewhere>> {
	switch (phaseOf(name)) {
		case "dev":
			return (await loadPassedTurn()).findPassedTurn(name, issue, options);
		case "review":
			return (await loadJudged()).findReview(name, issue, options);
		case "fix":
			return (await loadJudged()).findFix(name, issue);
	}
}

/** What a turn is given, as its phase takes it; the graph's types see to it that it is there. */
type Inputs = Parameters<Review["review"]>[2] & Parameters<Fix["fix"]>[2];

async function takeTurn(
	runner: Runner,
	name: TurnName,
	inputs: unknown,
	declared: TurnDeclared,
	context: Context,
): Promise<TurnValue | NotNeeded> {
	const given = inputs as Inputs;
	switch (phaseOf(name)) {
		case "dev":
			return (await loadTurn()).runTurn(runner, name, given.worktree, declared, {}, context);
		case "review":
			return (await loadReview()).review(runner, name, given, declared, context);
		case "fix":
			return (await loadFix()).fix(runner, name, given, declared, context);
	}
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
