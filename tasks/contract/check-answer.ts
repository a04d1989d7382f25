import type { Phase } from "./phase.ts";
import { type PhaseResult, RESULT_SCHEMAS } from "./result.ts";

/** The fields of an answer that must say what the orchestrator sent. */
export type Identity = Pick<PhaseResult, "phase" | "issueId" | "milestoneId" | "branch" | "worktreePath">;

/** One thing that is wrong with an answer, and where: `""` is the whole message, `testsRun.0.status` a field. */
export interface AnswerProblem {
	readonly path: string;
	readonly message: string;
}

/** What checking an answer came to: the result, which decides control flow, or everything that keeps it from doing so. */
export type CheckedAnswer<P extends Phase = Phase> =
	| { readonly valid: true; readonly result: PhaseResult<P> }
	| { readonly valid: false; readonly problems: readonly AnswerProblem[] };

/** Checks an agent's last message. Nothing is repaired: what is not JSON, or not about this issue, is no result. */
export function checkAnswer<P extends Phase>(
	phase: P,
	message: string | undefined,
	expected: Identity,
): CheckedAnswer<P> {
	if (message === undefined || message.trim() === "") return refuse("", "the agent ended its turn without a message");
	let json: unknown;
	try {
		json = JSON.parse(message);
	} catch (error) {
		return refuse("", `not JSON: ${(error as Error).message}`);
	}
	const parsed = RESULT_SCHEMAS[phase].safeParse(json);
	if (!parsed.success) {
		return {
			valid: false,
			problems: parsed.error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message })),
		};
	}
	const result = parsed.data as PhaseResult<P>;
	const others = Object.entries(expected).flatMap(([key, value]) => {
		const given = result[key as keyof Identity];
		return given === value ? [] : [{ path: key, message: `expected "${value}", received "${cut(given)}"` }];
	});
	const problems = [...others, ...contradictionsIn(result)];
	return problems.length === 0 ? { valid: true, result } : { valid: false, problems };
}

/** What a review says against its own pass: whatever of it is meant, work is not accepted on that. */
function contradictionsIn(result: PhaseResult): AnswerProblem[] {
	if (result.phase !== "review" || result.status !== "pass") return [];
	const asked = result.requiredActions.map((action, at) => ({
		path: `requiredActions.${at}`,
		message: `a pass requires nothing, received "${cut(action)}"`,
	}));
	const found = result.issues.flatMap(({ severity, title }, at) =>
		severity === "high"
			? [{ path: `issues.${at}.severity`, message: `a pass has no high finding, received "${cut(title)}"` }]
			: [],
	);
	return [...asked, ...found];
}

function refuse(path: string, message: string): CheckedAnswer<never> {
	return { valid: false, problems: [{ path, message }] };
}

function cut(text: string): string {
	return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
