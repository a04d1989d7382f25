import { readFileSync } from "node:fs";
import { userInfo } from "node:os";

/**
 * The users of this machine as `/etc/passwd` has them, this one with another home: Java and ssh ask the system for it, whatever `HOME` is.
 * @returns nothing where this user has that home, or no name at all.
 */
export function passwdWith(home: string): string | undefined {
	try {
		const { username, uid, gid, shell, homedir } = userInfo();
		if (homedir === home || /[:\n]/.test(home)) return undefined;
		const lines = readFileSync("/etc/passwd", "utf8").split("\n");
		const own = lines.find((line) => line.startsWith(`${username}:`)) ?? `${username}:x:${uid}:${gid}:::${shell ?? ""}`;
		const fields = own.split(":");
		// The first with an id counts: there may be others, as `toor` beside root.
		return [fields.with(5, home).join(":"), ...lines.filter((line) => line !== own)].join("\n");
	} catch {
		return undefined;
	}
}
