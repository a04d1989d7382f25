import type { Script } from "./scripted-model.ts";

/** Each further turn of the issue takes the next script; the last one is for all that follow. */
export function inTurn(...scripts: readonly [Script, ...Script[]]): Script {
	let turn = 0;
	return (prompted) => {
		const script = scripts[Math.min(turn++, scripts.length - 1)] as Script;
		return script(prompted);
	};
}

/** Writes `first.txt`, then keeps a command running, beside a process that has left the command's session. */
export const workForLong: Script = async function* () {
	yield { kind: "run", command: "echo half done > first.txt; (setsid sleep 600 &); sleep 600" };
	yield { kind: "silent" };
};
