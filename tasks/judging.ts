// What an orchfile gives edges to where work is judged: by the repository's checks, and by a verdict.

import { checksFrom, type GivenCheck, settingsFrom } from "./checks/given-checks.ts";
import { LastUse } from "./checks/last-use.ts";
import type { Check, VerifySettings } from "./contract/check.ts";
import type { IssuePlan } from "./contract/issue.ts";
import type { ActionOptions, RunOptions } from "./contract/options.ts";
import { isTurnName, isWork, phaseOf, type TurnName } from "./contract/phase.ts";
import type { Role } from "./contract/role.ts";
import type { IssueContext, RunContext } from "./engine/task.ts";
import { lazily, loadOnce, ours } from "./system/once.ts";
import { type Rest, told } from "./told.ts";

const loadAccept = loadOnce(() => import("./accept.ts"));
const loadAccepted = loadOnce(() => import("./standing/accepted.ts"));
const loadConfinable = loadOnce(() => import("./verification/confinable.ts"));
const loadIntegrate = loadOnce(() => import("./integrate.ts"));
const loadJudged = loadOnce(() => import("./standing/judged.ts"));
const loadKey = loadOnce(() => import("./checks/key.ts"));
const loadPlaces = loadOnce(() => import("./verification/places.ts"));
const loadVerify = loadOnce(() => import("./verify.ts"));

type Accept = typeof import("./accept.ts");
type Integrate = typeof import("./integrate.ts");

/** What has checks: the verb `verify`, for what an orchfile lets them judge. */
interface HasChecks {
	/** Hash of the checks that an issue is judged by; `null` where there are none. */
	readonly keyOf: (issue: IssuePlan, options: RunOptions) => Promise<string | null>;
}

/** What has checks that more than one issue is judged by. */
interface HasRepositorys {
	readonly checks: readonly Check[];
	readonly settings: VerifySettings;
}

type Watched = Parameters<LastUse["take"]>[0];

/**
 * The repository's own checks, run by us: each alone, in a folder of its own, confined; compared with how it goes on what the branch
 * started from.
 * @param given commands that are judged by their exit code, or by a report in JUnit's form. An issue's own come behind them.
 * @returns what makes the task for a turn, which runs them on the work of that turn.
 */
export function verify(given: readonly GivenCheck[], settings: VerifySettings = {}) {
	const [checks, how] = [checksFrom(given), settingsFrom(settings)];
	const uses = new LastUse();
	const keyOf: HasChecks["keyOf"] = async (issue, options) => {
		const key = await loadKey();
		return key.keyOf(key.checksOf(checks, issue), how, issue, options);
	};
	const taskOf = (turn: TurnName) => {
		if (typeof turn !== "string" || !isTurnName(turn) || !isWork(phaseOf(turn)))
			throw new TypeError(`${JSON.stringify(turn)} is no turn that leaves work, as "fix-1" is`);
		let task: string | undefined;
		return ours({
			summary: "run the repository's own checks on the work, and compare",
			role: "verify" satisfies Role,
			watch: (event: Watched, about: { readonly task: string }) => {
				task = about.task;
				uses.take(event, about.task);
				if (event.kind === "run-settled") void loadPlaces().then(({ closeChecksPlaces }) => closeChecksPlaces());
			},
			upToDate: told(async ({ issue, options }: IssueContext<IssuePlan, RunOptions>) =>
				(await loadJudged()).findVerified(turn, issue, await keyOf(issue, options)),
			),
			run: told(async (inputs: object, context: IssueContext<IssuePlan, ActionOptions>) => {
				const isLast = (issue: string) => uses.isLast(issue, task);
				const isAwaited = (issue: string) => uses.isAwaited(issue);
				return (await loadVerify()).verify(turn, { checks, settings: how, isLast, isAwaited }, { ...inputs }, context);
			}),
		} as const);
	};
	/** Says before anything is begun where no check could be run. */
	const preflight = ours({
		summary: "try out what the repository's checks are confined by",
		run: async ({ plan }: { readonly plan: readonly IssuePlan[] }, context: RunContext<RunOptions>) =>
			(await loadConfinable()).tellConfinement(checks, plan, context),
	} as const);
	return Object.assign(taskOf, { checks, settings: how, keyOf, preflight });
}

/**
 * Comes to the verdict on an issue's work, by its checks and its review.
 * @param verify whose checks these are; without, there are none.
 */
export function accept(verify: HasChecks = { keyOf: async () => null }) {
	return ours({
		summary: "come to the verdict: accepted, when neither the checks nor a review speak against the branch's tip",
		role: "accept" satisfies Role,
		upToDate: told(async ({ issue, options }: IssueContext<IssuePlan, RunOptions>) =>
			(await loadAccepted()).findAccepted(issue, options, await verify.keyOf(issue, options)),
		),
		isMended: lazily(loadAccept, "isOutOfTheWay"),
		run: told(async (...rest: Parameters<Accept["accept"]>) => (await loadAccept()).accept(...rest)),
	} as const);
}

/**
 * Puts what was accepted together on a branch that is ready to be merged, each issue judged by what its merge breaks.
 * @param verify whose checks these are; without, there are none.
 */
export function integrate(verify: HasRepositorys = { checks: [], settings: {} }) {
	const { checks, settings } = verify;
	return ours({
		summary: "put accepted issues together on a branch, with the checks run after each merge",
		role: "integrate" satisfies Role,
		run: told(async (...rest: Rest<Integrate["integrate"], [HasRepositorys]>) =>
			(await loadIntegrate()).integrate({ checks, settings }, ...rest),
		),
	} as const);
}
