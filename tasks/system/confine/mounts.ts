import { readFileSync, statSync } from "node:fs";
import { isInside } from "../paths.ts";

/** File systems that only their owner sees, or that are mounted by being looked at. */
const UNSEEN = /^(?:autofs|fuse\.(?:gvfsd-fuse|portal|xdp-fs))$/;

/** What is mounted below a folder and can be looked at. */
export function mountedBelow(folder: string): string[] {
	const mounted = readFileSync("/proc/self/mountinfo", "utf8")
		.split("\n")
		.flatMap((line) => {
			const [before = "", after = ""] = line.split(" - ");
			const path = before
				.split(" ")[4]
				?.replace(/\\(\d{3})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 8)));
			return path && path !== folder && isInside(path, folder) && !UNSEEN.test(after.split(" ")[0] ?? "") ? [path] : [];
		});
	return outermost(mounted).filter(isSeen);
}

function isSeen(path: string): boolean {
	try {
		statSync(path);
		return true;
	} catch {
		return false;
	}
}

/** Those paths that lie in no other of them. */
export function outermost(paths: readonly string[]): string[] {
	const unique = [...new Set(paths)];
	return unique.filter((path) => !unique.some((other) => other !== path && isInside(path, other)));
}
