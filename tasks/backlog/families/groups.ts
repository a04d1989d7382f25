import { globPattern } from "../layout-patterns.ts";
import type { Family } from "./family.ts";

/** Files of one folder that may be the documents of a family. */
export interface Group {
	readonly folder: string;
	readonly files: readonly string[];
}

/** How far down a backlog is looked for. */
const DEEPEST = 5;
/** Folders whose backlogs are somebody else's, or made up. */
const FOREIGN =
	/(?:^|\/)(?:node_modules|vendor|third_party|dist|build|target|fixtures?|__fixtures__|testdata|examples?|templates?)(?:\/|$)/i;
/** What no glob of a layout can have. */
const NO_GLOB = /[[\]{}!*?]/;

/** The files that lie as those of a family, by the folder that its globs begin at; the outermost first. */
export function groupsOf({ folder, issues }: Family, files: readonly string[]): Group[] {
	const [glob = "", ...others] = issues;
	const ends = new RegExp(`/${globPattern(glob).source.slice(1)}`, "u");
	const isIssue = globPattern(glob);
	const taken = others.map((each) => globPattern(each.replace(/^!/, "")));
	const groups = new Map<string, string[]>();
	for (const file of files) {
		if (!ends.test(file) || FOREIGN.test(file)) continue;
		for (const at of foldersAbove(file)) {
			const rest = file.slice(at.length + 1);
			if (!folder.test(at) || NO_GLOB.test(at) || !isIssue.test(rest)) continue;
			if (taken.some((each) => each.test(rest))) continue;
			const own = groups.get(at) ?? [];
			own.push(file);
			groups.set(at, own);
			break;
		}
	}
	return [...groups].map(([at, own]) => ({ folder: at, files: own })).sort((a, b) => depth(a) - depth(b));
}

function foldersAbove(file: string): string[] {
	const parts = file.split("/").slice(0, -1);
	return parts.slice(0, DEEPEST).map((_, at) => parts.slice(0, at + 1).join("/"));
}

function depth({ folder }: Group): number {
	return folder.split("/").length;
}

/** A path as a glob that matches it. */
export function asGlob(path: string): string {
	return path.replace(new RegExp(NO_GLOB, "g"), "?");
}
