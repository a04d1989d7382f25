import type { ServerResponse } from "node:http";
import type { Say } from "./script.ts";

/** The tokens that every completed response reports; a turn of N responses costs N times as much. */
export const usagePerResponse = {
	input_tokens: 100,
	cached_input_tokens: 40,
	output_tokens: 20,
	reasoning_output_tokens: 5,
} as const;

/** Answers a request with what the model says, in the words of the Responses API. */
export function respond(response: ServerResponse, say: Exclude<Say, { readonly kind: "gone" }>, id: string): void {
	if (say.kind === "http") {
		response.writeHead(say.status, { "content-type": "application/json", ...say.headers });
		response.end(say.html ?? (say.body === undefined ? "" : JSON.stringify(say.body)));
		return;
	}
	if (say.kind === "no-headers") return;
	const headers = say.kind === "answer" ? say.headers : {};
	response.writeHead(200, { "content-type": "text/event-stream", ...headers });
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

function unreachable(value: never): never {
	throw new Error(`Unexpected ${JSON.stringify(value)}`);
}
