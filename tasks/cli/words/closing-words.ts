import { ownIdOf } from "../../contract/identity.ts";
import type { IssuePlan } from "../../contract/issue.ts";
import type { RunReport } from "../../engine/execute.ts";
import type { RunRequest } from "../arguments.ts";
import { withRole } from "../roles.ts";
import { count, gitCommand } from "./format.ts";
import { integrationLines } from "./integration-words.ts";
import { recordOf, statusOf } from "./outcome-words.ts";
import { type Say, showingOwn } from "./say.ts";
import { nothingVerified } from "./unverified-words.ts";
import { knownValue } from "./value-words.ts";

/** Why the run started nothing more, and what to type next. */
export function closingLines(
	report: RunReport<IssuePlan>,
	again: string,
	request: RunRequest,
	cwd: string,
	say: Say,
): string[] {
	const unverified = nothingVerified(report);
	const integrated = [...report.closing.values()].map(knownValue).find((value) => value?.kind === "integrated");
	return [
		...(unverified ? [unverified] : []),
		...nextLines(report, again, request, cwd, say),
		...(integrated ? integrationLines(integrated, request.options.target ?? "--all", again, say) : []),
	];
}

function nextLines(
	report: RunReport<IssuePlan>,
	again: string,
	{ maxRunTokens, options }: RunRequest,
	cwd: string,
	say: Say,
): string[] {
	const bad = report.issues.filter((issue) => !statusOf(report.outcomes.get(issue.id) ?? new Map()).good);
	switch (report.stop?.kind) {
		case "spent":
			return [
				`The run has used its ${count(maxRunTokens)} tokens (--max-run-tokens) and started nothing more. To go on: ${again}`,
			];
		case "until":
			return [
				`The time has come until which the run was to work (--until). ${isAllKept(report) ? "What the agents had done is on their branches. " : ""}To go on: ${again}`,
			];
		case "interrupted":
			return [
				`Interrupted. ${report.issues.length > 0 && isAllKept(report) ? "What the agents had done is on their branches. " : ""}To go on: ${again}`,
			];
		case "ends-run":
			return [`Stopped after ${report.stop.issue}: every further issue would fail alike. To go on: ${again}`];
		case "fail-fast":
			return [`Stopped after ${report.stop.issue} (--fail-fast). To go on: ${again}`];
		default:
	}
	const [only] = report.issues.length === 1 ? report.issues : [];
	// Asked for by its id, it has been told what to type by its own problem.
	if (bad.length > 0)
		return only && [only.id, ownIdOf(only)].includes(options.target ?? "")
			? []
			: [`To go on with what is not done: ${again}`];
	const isUnsaved = withRole(report.tasks, "turn").length > 0 && withRole(report.tasks, "save").length === 0;
	if (only && isUnsaved)
		return [`What the agent left is in ${only.worktreePath}, not persisted yet. To persist it: ${say.save(only.id)}`];
	const [first] = report.issues.filter(
		(issue) => (recordOf(report.outcomes.get(issue.id) ?? new Map())?.saved?.commits ?? 0) > 0,
	);
	if (!first || options.rehearse) return [];
	return [
		`To look at the work: ${gitCommand(first.repository.root, cwd)} ${showingOwn(first, recordOf(report.outcomes.get(first.id) ?? new Map()), say)}`,
	];
}

/** False when something kept an agent's work from being committed; the problem then says where it is. */
function isAllKept(report: RunReport<IssuePlan>): boolean {
	const saves = withRole(report.tasks, "save").map(({ name }) => name);
	return [...report.outcomes.values()].every((outcomes) =>
		saves.every((name) => {
			const saved = outcomes.get(name);
			return saved?.status !== "failed" && !(saved?.status === "cancelled" && saved.started);
		}),
	);
}
