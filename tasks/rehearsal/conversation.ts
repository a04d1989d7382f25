import type { Prompted, PromptedContext } from "./script.ts";

/** What Codex sends, as far as it is looked at. */
export interface ResponsesRequest {
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

/** Where a turn stands, as its newest request tells. */
export interface Conversation {
	readonly turnKey: string;
	readonly prompted: Prompted;
	readonly step: number;
	readonly lastOutput: string;
}

const contextBlock = /^ORCH_CONTEXT:\r?\n(.+)/;

/** Finds the newest prompt of a request, and what the agent has run since; nothing where there is no ORCH_CONTEXT. */
export function findConversation({ prompt_cache_key, input = [], text }: ResponsesRequest): Conversation | undefined {
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
