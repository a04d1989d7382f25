/** Whether a machine started this: nobody is there to look at a live list, or to answer. `CI=false` means what it says. */
export function isUnattended(env: NodeJS.ProcessEnv): boolean {
	return env.GITHUB_ACTIONS === "true" || !/^(?:0|false|no|off)?$/i.test(env.CI ?? "");
}

/** Whether a live list can be drawn on this stream; no variable such as `FORCE_COLOR` makes a terminal of a pipe. */
export function canDraw(stream: Pick<NodeJS.WriteStream, "isTTY">, env: NodeJS.ProcessEnv): boolean {
	return stream.isTTY === true && env.TERM !== "dumb" && !isUnattended(env);
}

/** Whether there is somebody who can be asked. */
export function canAsk(
	stdin: Pick<NodeJS.ReadStream, "isTTY">,
	stderr: Pick<NodeJS.WriteStream, "isTTY">,
	env: NodeJS.ProcessEnv,
): boolean {
	return stdin.isTTY === true && stderr.isTTY === true && !isUnattended(env);
}
