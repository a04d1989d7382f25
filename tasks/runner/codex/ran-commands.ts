import { createReadStream } from "node:fs";
import type { RanCommand } from "../../contract/report.ts";
import { LineSplitter } from "../../system/lines.ts";

/** Bytes; a longer line has a command's whole output, or is no event of Codex's. */
const LONGEST_LINE = 32 * 1024 * 1024;

/** Commands that were read from the events of a turn, and how many more there are. */
export interface RanCommands {
	readonly commands: readonly RanCommand[];
	readonly more: number;
}

/**
 * Reads the commands that the agent of a turn ran from its events, as a stream: there may be hundreds of megabytes. What is no event is
 * passed over, and so is a log that is not there.
 * @param most commands that are kept, each cut after `width` characters.
 */
export async function readRanCommands(file: string, most: number, width: number): Promise<RanCommands> {
	const lines = new LineSplitter(LONGEST_LINE);
	const commands = new Map<string, RanCommand>();
	const left = new Set<string>();
	const take = (line: string | undefined): void => {
		const item = line === undefined ? undefined : commandIn(line);
		if (!item) return;
		const { id, command, exit_code: exitCode, duration_ms: durationMs } = item;
		if (commands.size >= most && !commands.has(id)) left.add(id);
		else
			commands.set(id, {
				command: command.slice(0, width),
				exitCode: typeof exitCode === "number" ? exitCode : null,
				...(typeof durationMs === "number" ? { durationMs } : {}),
			});
	};
	try {
		for await (const bytes of createReadStream(file, { highWaterMark: 1 << 18 }))
			for (const line of lines.push(bytes)) take(line);
	} catch {
		// As far as it could be read.
	}
	return { commands: [...commands.values()], more: left.size };
}

/** An item of Codex's events that is a command. */
interface CommandItem {
	readonly id: string;
	readonly command: string;
	readonly exit_code?: unknown;
	readonly duration_ms?: unknown;
}

function commandIn(line: string): CommandItem | undefined {
	// Most of a log is what commands printed, and what the model said.
	if (!line.includes('"command_execution"')) return undefined;
	try {
		const { item } = JSON.parse(line);
		const isCommand = item?.type === "command_execution" && typeof item.id === "string";
		return isCommand && typeof item.command === "string" ? item : undefined;
	} catch {
		return undefined;
	}
}
