import { join } from "node:path";
import type { CodexOptions, ThreadOptions } from "@openai/codex-sdk";
import { RUN_VARIABLE } from "../store/this-run.ts";
import type { TurnRequest } from "./runner.ts";

/**
 * Options of the Codex binary for one turn. The agent's shell gets a core environment instead of ours, temporary files
 * go to a folder of the attempt's own, and the repository is not marked trusted: Codex would write that into the user's
 * configuration and start the MCP servers that a worktree names, outside the sandbox.
 */
export function codexOptions(request: TurnRequest, env: Record<string, string>): CodexOptions {
	return {
		env,
		config: {
			shell_environment_policy: {
				inherit: "core",
				set: { TMPDIR: temporaryFolders(request).agent, [RUN_VARIABLE]: env[RUN_VARIABLE] ?? "" },
			},
			allow_login_shell: false,
			// With plugins on, every start asks servers of their own for news of them.
			features: { plugins: false },
			check_for_update_on_startup: false,
			sandbox_workspace_write: { exclude_slash_tmp: true, exclude_tmpdir_env_var: true },
		},
		configOverrides: [`projects={${tomlString(request.repositoryRoot)}={trust_level="untrusted"}}`],
	};
}

/** Options of the thread: the write sandbox, no questions, no network. */
export function threadOptions(request: TurnRequest): ThreadOptions {
	return {
		workingDirectory: request.workingDirectory,
		sandboxMode: "workspace-write",
		approvalPolicy: "never",
		networkAccessEnabled: false,
		webSearchMode: "disabled",
		additionalDirectories: [temporaryFolders(request).agent],
		...(request.model === undefined ? {} : { model: request.model }),
	};
}

/** The attempt's temporary folders: the agent's, which its sandbox may write to, and the runner's, which it may not. */
export function temporaryFolders({ temporaryDirectory }: TurnRequest): {
	readonly agent: string;
	readonly runner: string;
} {
	return { agent: join(temporaryDirectory, "agent"), runner: join(temporaryDirectory, "runner") };
}

function tomlString(text: string): string {
	return JSON.stringify(text);
}
