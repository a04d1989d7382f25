import { constants, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { findProgram } from "../find-program.ts";
import { askProgram } from "./ask-program.ts";

/** A pipe: what Node calls one is a socket, which no program can open anew as `/dev/stdout`. */
export interface OutputPipe {
	readonly reader: Socket;
	/** File descriptor, to be closed once whoever writes has it. */
	readonly writer: number;
}

/** Makes a pipe, in a folder where it does not stay. @throws Failure `program-missing`. */
export async function makePipe(folder: string): Promise<OutputPipe> {
	const path = join(folder, "pipe");
	const { exitCode, output } = await askProgram(findProgram("mkfifo"), ["-m", "600", path]);
	if (exitCode !== 0) throw new Error(`mkfifo: ${output}`);
	const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
	const writer = openSync(path, constants.O_WRONLY);
	rmSync(path);
	return { reader: new Socket({ fd: reader, readable: true, writable: false }), writer };
}
