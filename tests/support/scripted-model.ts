import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** The tokens that every completed response reports; a turn of N responses costs N times as much. */
export const usagePerResponse = {
	input_tokens: 100,
	cached_input_tokens: 40,
	output_tokens: 20,
	reasoning_output_tokens: 5,
} as const;

/** The JSON of an ORCH_CONTEXT block; named are the keys that answers copy. */
export interface PromptedContext {
	readonly issueId: string;
	readonly milestoneId: string;
	readonly branchName: string;
	readonly worktreePath: string;
	readonly [key: string]: unknown;
}

/** What an agent was asked: the newest ORCH_CONTEXT prompt of its conversation. */
export interface Prompted {
	readonly issueId: string;
	readonly context: PromptedContext;
	/** The whole prompt, from the `ORCH_CONTEXT:` line on. */
	readonly prompt: string;
	/** The JSON Schema asked for; undefined where none was sent. */
	readonly schema: unknown;
}

/** What the model says next: `run`, `answer` and `nothing` are complete responses, the others faults. */
export type Say =
	/** Has this command run in the agent's sandbox. After 10 s Codex hands on what it has and lets the command run on. */
	| { readonly kind: "run"; readonly command: string }
	/** A message, which ends the turn. */
	| { readonly kind: "answer"; readonly text: string }
	/** A response without any item, which ends the turn without a message. */
	| { readonly kind: "nothing" }
	/** An HTTP status instead of a stream; `body` is sent as JSON. */
	| {
			readonly kind: "http";
			readonly status: number;
			readonly body?: unknown;
			readonly headers?: Readonly<Record<string, string>>;
	  }
	/** A stream that ends in `response.failed`. */
	| { readonly kind: "failed"; readonly code: string; readonly message: string }
	/** A stream that begins, then says nothing more until the client goes away. */
	| { readonly kind: "silent" }
	/** Nothing at all, not even headers, until the client goes away. */
	| { readonly kind: "no-headers" }
	/** A stream that goes on for ever, a few bytes at a time, without ever saying anything. */
	| { readonly kind: "drip"; readonly of: "comments" | "events" }
	/** A stream cut off before it completed; with `command`, after that command was asked for (Codex still runs it). */
	| { readonly kind: "drop"; readonly command?: string };

/**
 * The model's side of one turn. Each yield is one response; its value is the output of the command that ran, else `""`.
 * Codex repeats requests: after a complete response the same one is sent again, after a fault the next yield, or the
 * fault again where the script has ended. So `drop` then `answer` is one broken connection, `drop` alone is a broken line.
 */
export type Script = (prompted: Prompted) => AsyncGenerator<Say, void, string>;

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
	/** In order of arrival; probes such as `codex doctor`'s are not in it. */
	readonly requests: readonly ReceivedRequest[];
	/** Issue ids in the order in which their turns began; an issue that had two turns is in it twice. */
	readonly issuesSeen: readonly string[];
	/** Cuts every open connection. */
	close(): Promise<void>;
	[Symbol.asyncDispose](): Promise<void>;
}

/** How Codex is configured towards the server. */
export interface ScriptedModelOptions {
	/** How often Codex repeats a failed request or stream; its own numbers (4 and 5) can take half a minute. */
	readonly retries?: number;
}

/** Starts a server that answers every issue by one script, or each by its own: an issue without one gets a 400 that says so. */
export async function startScriptedModel(
	scripts: Script | Readonly<Record<string, Script>>,
	options: ScriptedModelOptions = {},
): Promise<ScriptedModel> {
	const requests: ReceivedRequest[] = [];
	const issuesSeen: string[] = [];
	const turns = new Map<string, Turn>();

	function turnOf({ turnKey, prompted }: Conversation): Turn {
		const known = turns.get(turnKey);
		if (known) return known;
		const turn = new Turn(scriptFor(scripts, prompted.issueId)(prompted));
		turns.set(turnKey, turn);
		issuesSeen.push(prompted.issueId);
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
		requests.push({ issueId: prompted?.issueId, step, headers: request.headers, body });
		if (!conversation) return refusal(400, "the input has no ORCH_CONTEXT: line with a line of JSON below it.");
		return turnOf(conversation).say(conversation.step, conversation.lastOutput);
	}

	const server = createServer(async (request, response) => {
		// Codex does not repeat a 400, and its `turn.failed` carries the text.
		const say = await decide(request).catch((error) => refusal(400, String(error)));
		if (!response.destroyed) respond(response, say, `resp_${requests.length}`);
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
	return { url, configToml: configToml(url, options), requests, issuesSeen, close, [Symbol.asyncDispose]: close };
}

function scriptFor(scripts: Script | Readonly<Record<string, Script>>, issueId: string): Script {
	if (typeof scripts === "function") return scripts;
	const script = Object.hasOwn(scripts, issueId) ? scripts[issueId] : undefined;
	if (!script) throw new Error(`no script for issue "${issueId}", only for ${Object.keys(scripts).join(", ")}.`);
	return script;
}

/** Remembers what was said at which step, so that a repeated request does not move the script on. */
class Turn {
	readonly #script: AsyncGenerator<Say, void, string>;
	readonly #says = new Map<number, Promise<Say>>();
	#step = 0;
	#last: Say | undefined;

	constructor(script: AsyncGenerator<Say, void, string>) {
		this.#script = script;
	}

	say(step: number, lastOutput: string): Promise<Say> {
		const known = this.#says.get(step);
		if (known) return known;
		const output = step > this.#step ? lastOutput : "";
		this.#step = step;
		const next = this.#next(output).then((say) => {
			if (isFault(say)) this.#says.delete(step);
			return say;
		});
		this.#says.set(step, next);
		return next;
	}

	async #next(output: string): Promise<Say> {
		const { value: say } = await this.#script.next(output);
		if (say) this.#last = say;
		else if (!this.#last || !isFault(this.#last)) throw new Error("the script ended before its turn did.");
		return this.#last;
	}
}

function isFault({ kind }: Say): boolean {
	return kind !== "run" && kind !== "answer" && kind !== "nothing";
}

interface ResponsesRequest {
	/** Codex sends its thread id. */
	readonly prompt_cache_key?: string;
	readonly input?: readonly InputItem[];
	readonly text?: { readonly format?: { readonly schema?: unknown } };
}

interface InputItem {
	readonly type: string;
	readonly role?: string;
	readonly content?: Content;
	readonly output?: Content;
}

type Content = string | readonly { readonly text?: string }[];

interface Conversation {
	readonly turnKey: string;
	readonly prompted: Prompted;
	readonly step: number;
	readonly lastOutput: string;
}

const contextBlock = /^ORCH_CONTEXT:\r?\n(.+)/;

function findConversation({ prompt_cache_key, input = [], text }: ResponsesRequest): Conversation | undefined {
	const prompts = input.map(({ role, content }) => (role === "user" ? textsIn(content).find(isPrompt) : undefined));
	// A resumed thread holds the prompts of its earlier turns too.
	const start = prompts.findLastIndex((prompt) => prompt !== undefined);
	const prompt = prompts[start];
	const block = contextBlock.exec(prompt ?? "")?.[1];
	if (prompt === undefined || block === undefined) return undefined;
	const context: PromptedContext = JSON.parse(block);
	const outputs = input.slice(start).filter(({ type }) => type === "function_call_output");
	return {
		turnKey: `${prompt_cache_key} ${start}`,
		prompted: { issueId: context.issueId, context, prompt, schema: text?.format?.schema },
		step: outputs.length,
		lastOutput: textsIn(outputs.at(-1)?.output).join(""),
	};
}

function isPrompt(text: string): boolean {
	return contextBlock.test(text);
}

function textsIn(content: Content = []): string[] {
	return typeof content === "string" ? [content] : content.map(({ text = "" }) => text);
}

function respond(response: ServerResponse, say: Say, id: string): void {
	if (say.kind === "http") {
		response.writeHead(say.status, { "content-type": "application/json", ...say.headers });
		response.end(say.body === undefined ? "" : JSON.stringify(say.body));
		return;
	}
	if (say.kind === "no-headers") return;
	response.writeHead(200, { "content-type": "text/event-stream" });
	response.write(event("response.created", { response: { id } }));
	switch (say.kind) {
		case "run":
			response.end(commandItem(id, say.command) + completed(id));
			break;
		case "answer":
			response.end(messageItem(id, say.text) + completed(id));
			break;
		case "nothing":
			response.end(completed(id));
			break;
		case "failed":
			response.end(failed(id, say.code, say.message));
			break;
		case "silent":
			break;
		case "drip":
			drip(response, say.of === "comments" ? ": still here\n\n" : event("response.output_text.delta", { delta: "" }));
			break;
		case "drop":
			// Cut only once the bytes are out: Codex has to see a stream that began.
			response.write(say.command === undefined ? ": cut\n\n" : commandItem(id, say.command), () => response.destroy());
			break;
		default:
			unreachable(say);
	}
}

function drip(response: ServerResponse, drop: string): void {
	const timer = setInterval(() => response.write(drop), 100);
	response.on("close", () => clearInterval(timer));
}

function event(type: string, fields: object): string {
	return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

function commandItem(id: string, command: string): string {
	const call = { type: "function_call", call_id: `call_${id}`, name: "exec_command" };
	return event("response.output_item.done", { item: { ...call, arguments: JSON.stringify({ cmd: command }) } });
}

function messageItem(id: string, text: string): string {
	const message = { type: "message", role: "assistant", id: `msg_${id}` };
	return event("response.output_item.done", { item: { ...message, content: [{ type: "output_text", text }] } });
}

function completed(id: string): string {
	const { input_tokens, cached_input_tokens, output_tokens, reasoning_output_tokens } = usagePerResponse;
	const usage = {
		input_tokens,
		input_tokens_details: { cached_tokens: cached_input_tokens },
		output_tokens,
		output_tokens_details: { reasoning_tokens: reasoning_output_tokens },
		total_tokens: input_tokens + output_tokens,
	};
	return event("response.completed", { response: { id, usage } });
}

function failed(id: string, code: string, message: string): string {
	return event("response.failed", { response: { id, error: { code, message } } });
}

function configToml(url: string, { retries }: ScriptedModelOptions): string {
	const limits = retries === undefined ? "" : `request_max_retries = ${retries}\nstream_max_retries = ${retries}\n`;
	// Without these three, every start asks github.com and chatgpt.com for plugins, updates and more.
	return `features.plugins = false
analytics.enabled = false
check_for_update_on_startup = false
model_provider = "scripted"
model = "scripted"

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

function unreachable(value: never): never {
	throw new Error(`Unexpected ${JSON.stringify(value)}`);
}
