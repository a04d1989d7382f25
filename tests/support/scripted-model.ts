import type { Script } from "../../tasks/rehearsal/script.ts";
import {
	type ReceivedRequest,
	type ScriptedModelOptions,
	type ScriptedModel as Server,
	startScriptedModel as startServer,
} from "../../tasks/rehearsal/scripted-model.ts";

export { usagePerResponse } from "../../tasks/rehearsal/responses.ts";
export type { Prompted, PromptedContext, Say, Script } from "../../tasks/rehearsal/script.ts";
export type { ReceivedRequest };

/** The model of a rehearsal, which here also keeps what it was asked. */
export interface ScriptedModel extends Server {
	/** In order of arrival; probes such as `codex doctor`'s are not in it. */
	readonly requests: readonly ReceivedRequest[];
	/** Issue ids in the order in which their turns began; an issue that had two turns is in it twice. */
	readonly issuesSeen: readonly string[];
	[Symbol.asyncDispose](): Promise<void>;
}

/** Starts the model of a rehearsal with scripts of the test's own. */
export async function startScriptedModel(
	scripts: Script | Readonly<Record<string, Script>>,
	options: Pick<ScriptedModelOptions, "retries"> = {},
): Promise<ScriptedModel> {
	const requests: ReceivedRequest[] = [];
	const issuesSeen: string[] = [];
	const server = await startServer(scripts, {
		...options,
		onRequest: (request) => requests.push(request),
		onTurn: (issueId) => issuesSeen.push(issueId),
	});
	return { ...server, requests, issuesSeen, [Symbol.asyncDispose]: server.close };
}
