import { basename, join } from "node:path";
import type { CodexOptions, ModelReasoningEffort, ThreadOptions } from "@openai/codex-sdk";
import { given } from "../../contract/given.ts";
import { realPath } from "../../system/paths.ts";
import { RUN_VARIABLE } from "../../system/this-run.ts";
import type { TurnRequest } from "../runner.ts";
import { TURN_VARIABLE } from "../strays.ts";
import type { ChildTurn } from "./child-protocol.ts";
import type { Completed } from "./complete-sandbox.ts";
import { agentEnvironment } from "./environment.ts";
import { permissionOverrides, tomlString } from "./permissions.ts";
import { secretFiles, sqliteHome } from "./secret-files.ts";

/** What Codex calls the core of an environment, and what a shell needs to know of the user's language. */
const CORE = ["HOME", "LOGNAME", "PATH", "SHELL", "USER", "USERNAME", "TMPDIR", "TERM", "LANG", "LC_*", "TZ"];

/**
 * Everything that the process of a turn has to know.
 * @param completed what completes Codex's sandbox; nothing where that can't be done.
 * @param threadId the thread to go on in; a new one where there is none.
 * @param prompt what is said in it.
 */
export function childTurn(
	request: TurnRequest,
	completed: Completed | undefined,
	threadId: string | null = null,
	prompt = request.prompt,
): ChildTurn {
	const { outputSchema, eventLog, temporaryDirectory } = request;
	const folders = temporaryFolders(request);
	const env = { ...agentEnvironment(), TMPDIR: folders.runner, ...given({ PATH: completed?.path }) };
	return {
		codex: codexOptions(request, env, completed?.variables),
		thread: threadOptions(request),
		threadId,
		prompt,
		outputSchema,
		eventLog,
		temporaryDirectory,
		folders,
	};
}

/**
 * Options of the Codex binary for one turn. The agent's shell gets a core environment instead of ours, temporary files
 * go to a folder of the attempt's own, and the repository is not marked trusted: Codex would write that into the user's
 * configuration and start the MCP servers that a worktree names, outside the sandbox.
 */
function codexOptions(
	turn: TurnRequest,
	env: Readonly<Record<string, string>>,
	variables: Completed["variables"] = {},
): CodexOptions {
	const names = Object.keys(turn.environment);
	const set = {
		TMPDIR: temporaryFolders(turn).agent,
		[RUN_VARIABLE]: env[RUN_VARIABLE] ?? "",
		[TURN_VARIABLE]: turn.temporaryDirectory,
		...variables,
	};
	return {
		// By the environment, not by an option: an option stands on a command line, where every user can read it.
		// Not `PATH`, which leads to what completes the sandbox.
		env: { ...env, ...turn.environment, PATH: env.PATH ?? "" },
		...given({ codexPathOverride: turn.program }),
		config: {
			shell_environment_policy: {
				...(names.length === 0
					? { inherit: "core" }
					: { inherit: "all", ignore_default_excludes: true, include_only: [...CORE, ...Object.keys(set), ...names] }),
				experimental_use_profile: false,
				set,
			},
			allow_login_shell: false,
			// With plugins on, every start asks servers of their own for news of them. A snapshot of the user's shell is made
			// by what their profile says, outside of the sandbox, and would not be used for want of a login shell.
			features: { plugins: false, shell_snapshot: false },
			check_for_update_on_startup: false,
			sqlite_home: sqliteHome(),
		},
		configOverrides: [
			untrusted([turn.repositoryRoot, turn.workingDirectory]),
			...permissionOverrides({
				name: profileName(turn),
				isReadOnly: turn.isReadOnly,
				writable: [temporaryFolders(turn).agent, ...turn.writableFolders],
				denied: deniedTo(turn),
				network: turn.network,
			}),
		],
	};
}

/**
 * Options of the thread: no questions, no web search. The SDK's options for sandbox mode, further folders and network are
 * left out, since they speak of the sandbox that the permission profile replaces.
 */
function threadOptions(request: TurnRequest): ThreadOptions {
	return {
		workingDirectory: request.workingDirectory,
		approvalPolicy: "never",
		webSearchMode: "disabled",
		...given({ model: request.model, modelReasoningEffort: request.effort as ModelReasoningEffort | undefined }),
	};
}

/** What the commands of a turn may not read. */
export function deniedTo({ hidden }: Pick<TurnRequest, "hidden">): string[] {
	return [...new Set([...secretFiles(), ...hidden.map(realPath)])];
}

/** Both the repository and the worktree: either may be trusted in the user's configuration. */
export function untrusted(folders: readonly string[]): string {
	return `projects={${folders.map((folder) => `${tomlString(folder)}={trust_level="untrusted"}`).join(",")}}`;
}

/** The folders of an attempt: the agent's, and the runner's, which agents can't write. */
export function temporaryFolders({ temporaryDirectory }: TurnRequest): ChildTurn["folders"] {
	return { agent: join(temporaryDirectory, "agent"), runner: join(temporaryDirectory, "runner") };
}

/** Name of the attempt's permission profile: as unique as its temporary folder. */
export function profileName({ temporaryDirectory }: Pick<TurnRequest, "temporaryDirectory">): string {
	return basename(temporaryDirectory).replace(/[^A-Za-z0-9_-]/g, "_");
}
