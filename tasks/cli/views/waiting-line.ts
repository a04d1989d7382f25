import { cut } from "../words/columns.ts";

/** A line of a terminal that says what is waited for, and is gone once there is something to say. */
export interface WaitingLine {
	/** The stream, before whose first word the line goes. */
	readonly stream: NodeJS.WriteStream;
	erase(): void;
}

/** Writes a line that takes one row, so that it can be erased. */
export function startWaitingLine(stream: NodeJS.WriteStream, text: string, columns: number): WaitingLine {
	let stands = true;
	stream.write(cut(text, columns - 1));
	const erase = () => {
		if (!stands) return;
		stands = false;
		stream.write("\r\u001b[K");
	};
	const write = (said: string) => {
		erase();
		return stream.write(said);
	};
	return { stream: Object.create(stream, { write: { value: write } }), erase };
}
