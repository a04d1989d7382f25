import { given } from "../../contract/given.ts";
import type { TurnEnd } from "../runner.ts";
import type { ChildEnd } from "./child-protocol.ts";
import type { TurnReader } from "./turn-reader.ts";

/** How a turn ended that nobody stopped: by its events, what its process said last, and the end of its error output. */
export function endOf(
	reader: Pick<TurnReader, "failure" | "completed" | "lastMessage" | "lastMessageCutFrom">,
	said: ChildEnd | undefined,
	tail: string,
): TurnEnd {
	const { failure, completed, lastMessage, lastMessageCutFrom } = reader;
	if (failure !== undefined) return { kind: "failed", message: failure };
	if (said?.kind === "threw") return { kind: said.garbled ? "protocol-error" : "failed", message: said.message };
	if (completed) return { kind: "completed", lastMessage, ...given({ lastMessageCutFrom }) };
	return { kind: "failed", message: tail.trim() || "the agent's process ended before its turn did" };
}
