import { spawn } from "node:child_process";

/** What shows a file in the program that is meant for it, by the system. */
const OPENERS: Partial<Record<NodeJS.Platform, readonly string[]>> = {
	darwin: ["open"],
	win32: ["cmd", "/c", "start", ""],
};

/** Has the system show a file, and does not wait for it. @returns the program that is not there, where it could not. */
export async function openFile(path: string): Promise<string | undefined> {
	const [program = "", ...args] = OPENERS[process.platform] ?? ["xdg-open"];
	// In a session of its own: it stays when this program and its terminal go.
	const child = spawn(program, [...args, path], { detached: true, stdio: "ignore" });
	child.unref();
	return new Promise((resolve) => {
		child.once("spawn", () => resolve(undefined));
		child.once("error", () => resolve(program));
	});
}
