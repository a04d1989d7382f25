/** What the agents of a rehearsal can be made to do: the work, or what goes wrong in a night. */
export const SCENARIOS = ["pass", "prose", "defer", "fail", "hang", "quota", "unreachable"] as const;

/** What the agents of a rehearsal do. */
export type Scenario = (typeof SCENARIOS)[number];

/** True for the name of a scenario. */
export function isScenario(name: string): name is Scenario {
	return SCENARIOS.some((each) => each === name);
}

/** The one file that the agent of a rehearsal writes, in the top folder of its worktree. */
export function noteOf(issueId: string): string {
	return `rehearsal-${issueId}.md`;
}
