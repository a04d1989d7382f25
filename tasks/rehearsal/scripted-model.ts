import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { type Conversation, findConversation, type ResponsesRequest } from "./conversation.ts";
import { respond } from "./responses.ts";
import type { Say, Script } from "./script.ts";
import { Turn } from "./turn.ts";

/** One request for a response. */
export interface ReceivedRequest {
	/** Undefined where the input holds no ORCH_CONTEXT. */
	readonly issueId: string | undefined;
	/** How many commands were answered since the prompt; the same again in a repeated request. */
	readonly step: number;
	readonly headers: IncomingHttpHeaders;
	readonly body: unknown;
}

/** A Responses API server on loopback. */
export interface ScriptedModel {
	/** The provider's base URL, ending in `/v1`. */
	readonly url: string;
	/** The content of a `$CODEX_HOME/config.toml` with which Codex talks to this server and to nothing else. */
	readonly configToml: string;
	/** Cuts every open connection. */
	close(): Promise<void>;
}

/** How Codex is configured towards the server, and who else hears what it is asked. */
export interface ScriptedModelOptions {
	/** How often Codex repeats a failed request or stream; its own numbers (4 and 5) can take half a minute. */
	readonly retries?: number;
	/** A name that Codex knows; of others it warns at every start. */
	readonly model?: string;
	/** Probes such as `codex doctor`'s are no requests. */
	readonly onRequest?: (request: ReceivedRequest) => void;
	readonly onTurn?: (issueId: string) => void;
}

/** Starts a server that answers every issue by one script, or each by its own: an issue without one gets a 400 that says so. */
export async function startScriptedModel(
	scripts: Script | Readonly<Record<string, Script>>,
	options: ScriptedModelOptions = {},
): Promise<ScriptedModel> {
	const turns = new Map<string, Turn>();
	let responses = 0;

	function turnOf({ turnKey, prompted }: Conversation): Turn {
		const known = turns.get(turnKey);
		if (known) return known;
		const turn = new Turn(scriptFor(scripts, prompted.issueId)(prompted));
		turns.set(turnKey, turn);
		options.onTurn?.(prompted.issueId);
		return turn;
	}

	async function decide(request: IncomingMessage): Promise<Say> {
		const route = `${request.method} ${request.url}`;
		// `codex doctor` takes the provider for unreachable without this route.
		if (route === "GET /v1/models") return { kind: "http", status: 200, body: { models: [] } };
		if (route !== "POST /v1/responses") return refusal(404, `${route} is unknown here.`);
		const body = (await json(request)) as ResponsesRequest;
		const conversation = findConversation(body);
		const { prompted, step = 0 } = conversation ?? {};
		options.onRequest?.({ issueId: prompted?.issueId, step, headers: request.headers, body });
		if (!conversation) return refusal(400, "the input has no ORCH_CONTEXT: line with a line of JSON below it.");
		return turnOf(conversation).say(conversation.step, conversation.lastOutput);
	}

	const server = createServer(async (request, response) => {
		// Codex does not repeat a 400, and its `turn.failed` carries the text.
		const say = await decide(request).catch((error) => refusal(400, String(error)));
		if (say.kind === "gone") close();
		else if (!response.destroyed) respond(response, say, `resp_${++responses}`);
	});
	// A connection closed for idleness while a command ran would look to Codex like a dropped stream.
	server.keepAliveTimeout = 0;
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(0, "127.0.0.1", resolve);
	});
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;

	function close(): Promise<void> {
		return new Promise((resolve) => {
			server.close(() => resolve());
			server.closeAllConnections();
		});
	}
	return { url, configToml: configToml(url, options), close };
}

function scriptFor(scripts: Script | Readonly<Record<string, Script>>, issueId: string): Script {
	if (typeof scripts === "function") return scripts;
	const script = Object.hasOwn(scripts, issueId) ? scripts[issueId] : undefined;
	if (!script) throw new Error(`no script for issue "${issueId}", only for ${Object.keys(scripts).join(", ")}.`);
	return script;
}

function configToml(url: string, { retries, model = "scripted" }: ScriptedModelOptions): string {
	const limits = retries === undefined ? "" : `request_max_retries = ${retries}\nstream_max_retries = ${retries}\n`;
	// Without these three, every start asks github.com and chatgpt.com for plugins, updates and more.
	return `features.plugins = false
analytics.enabled = false
check_for_update_on_startup = false
model_provider = "scripted"
model = "${model}"

[model_providers.scripted]
name = "scripted"
base_url = "${url}"
wire_api = "responses"
requires_openai_auth = false
${limits}`;
}

function refusal(status: number, reason: string): Say {
	return { kind: "http", status, body: { error: { message: `Scripted model: ${reason}` } } };
}
