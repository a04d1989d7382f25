import type { Layout } from "./layout.ts";
import type { Scenario } from "./scenario.ts";

/** What a run was asked for, beside its tasks. Plain data, handed to every action. */
export interface RunOptions {
	/** Where the run was started, or `-C`; absolute. */
	readonly directory: string;
	/** A milestone or an issue id. Without one, tasks that read the backlog take all of it. */
	readonly target?: string;
	/** Every issue there is, where a target is asked for. */
	readonly all?: true;
	/** Only this issue of the milestone. */
	readonly issue?: string;
	/** Only this project. */
	readonly project?: string;
	/** What issue branches start from; the branch that is checked out when absent. */
	readonly base?: string;
	/** For all phases; the issue's, the orchfile's or the runner's own when absent. */
	readonly model?: string;
	/** For reviews, in place of that. */
	readonly reviewModel?: string;
	/** A fix has a thread of its own, also where it could go on in the one before. */
	readonly freshFix?: true;
	/** Milliseconds a phase may take. */
	readonly timeout: number;
	/** Milliseconds a phase may go without progress. */
	readonly stall: number;
	/** Milliseconds that the provider's usage limit is waited for at most; 0 ends the run at once. */
	readonly wait: number;
	/** When the run ends what is at work and starts nothing more, in milliseconds since 1970. */
	readonly until?: number;
	/** Tokens a phase may use, input and output together. */
	readonly maxTokens: number;
	/** Of these limits, those that somebody has typed or set: they go before what an issue has of its own. */
	readonly asked?: readonly ("timeout" | "maxTokens")[];
	/** Bytes that have to be free before anything is started. */
	readonly minFree: number;
	/** Path of the Codex program; the one that the SDK brings when absent. */
	readonly codex?: string;
	/** Issues that alone are put together, or that are not. */
	readonly only?: readonly string[];
	readonly except?: readonly string[];
	/** Each issue that is put together is one commit, and not a merge. */
	readonly squash?: true;
	/** What would be put together is only looked at. */
	readonly foresee?: true;
	/** The agents' commands reach the network. */
	readonly network?: true;
	/** Names of variables that are passed to the agents' commands. */
	readonly env?: readonly string[];
	/** The agents may write the repository's git folder, and so commit by themselves. */
	readonly gitAccess?: true;
	/** Where the issues are, and where what is made for them goes. */
	readonly layout: Layout;
	/** The form of the subject of commits, with placeholders. */
	readonly subject?: string;
	/** The run is a rehearsal: what its agents do. */
	readonly rehearse?: Scenario;
	/** Folder of this program, for prompts that the repository does not have. */
	readonly packageRoot: string;
}

/** The options as actions are handed them. */
export interface ActionOptions extends RunOptions {
	/** Issues at once. */
	readonly jobs: number;
	/** What stands is made anew. */
	readonly force?: true;
}
