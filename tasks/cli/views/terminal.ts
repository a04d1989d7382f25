/** Whether a machine started this: nobody is there to look at a live list, or to answer. `CI=false` means what it says. */
export function isUnattended(env: NodeJS.ProcessEnv): boolean {
	return env.GITHUB_ACTIONS === "true" || !/^(?:0|false|no|off)?$/i.test(env.CI ?? "");
}

/** Whether a live list can be drawn on this stream; no variable such as `FORCE_COLOR` makes a terminal of a pipe. */
export function canDraw(stream: Pick<NodeJS.WriteStream, "isTTY">, env: NodeJS.ProcessEnv): boolean {
	return stream.isTTY === true && env.TERM !== "dumb" && !isUnattended(env);
}

/** Columns of a terminal that does not tell how many it has. */
const USUAL = 80;

/** Columns that a person sees at once; nothing where a pipe, a file or a log is written, of which nobody has to see less. */
export function columnsOf(
	stream: Pick<NodeJS.WriteStream, "isTTY" | "columns">,
	env: NodeJS.ProcessEnv,
): number | undefined {
	if (stream.isTTY !== true || isUnattended(env)) return undefined;
	return stream.columns > 0 ? stream.columns : USUAL;
}

/** Whether there is somebody who can be asked. */
export function canAsk(
	stdin: Pick<NodeJS.ReadStream, "isTTY">,
	stderr: Pick<NodeJS.WriteStream, "isTTY">,
	env: NodeJS.ProcessEnv,
): boolean {
	return stdin.isTTY === true && stderr.isTTY === true && !isUnattended(env);
}
