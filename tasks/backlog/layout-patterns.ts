import type { Layout } from "../contract/layout.ts";

/** The folders that a pattern starts with: what has to be looked through for what matches it. */
export function fixedFolder(pattern: string): string {
	const parts = pattern.split("/").slice(0, -1);
	const open = parts.findIndex((part) => /[*?{]/.test(part));
	return parts.slice(0, open === -1 ? undefined : open).join("/");
}

/** Globs as a list. */
export function globsOf(globs: string | readonly string[] = []): readonly string[] {
	return typeof globs === "string" ? [globs] : globs;
}

/** The folders that issue documents lie below; none of them lies in another. */
export function issueFolders({ issues, finished }: Pick<Layout, "issues" | "finished">): readonly string[] {
	const globs = [...globsOf(issues), ...globsOf(finished)].filter((glob) => !glob.startsWith("!"));
	const folders = [...new Set(globs.map(fixedFolder))];
	return folders.filter((each) => !folders.some((other) => each !== other && each.startsWith(`${other}/`)));
}

/** What tells whether a path, relative to the repository and with `/`, is one of something. */
export interface PathPattern {
	test(path: string): boolean;
}

/** What tells whether a path is an issue document. */
export function issuesPattern({ issues, finished }: Pick<Layout, "issues" | "finished">): PathPattern {
	const [open, closed] = [patternOf(globsOf(issues)), patternOf(globsOf(finished))];
	return finished === undefined ? open : { test: (path) => open.test(path) || closed.test(path) };
}

/** Of several globs of issues those that none of these paths matches: a name may be misspelt. */
export function unusedGlobs({ issues }: Pick<Layout, "issues">, paths: readonly string[]): string[] {
	const globs = globsOf(issues).filter((glob) => !glob.startsWith("!"));
	const isUnused = (pattern: RegExp) => !paths.some((path) => pattern.test(path));
	return globs.length === 1 ? [] : globs.filter((glob) => isUnused(globPattern(glob)));
}

/** Asked of every document, by the layout that all of them are read in. */
const finishedPatterns = new WeakMap<object, PathPattern>();

/** True for the document of an issue that is closed by where it lies. */
export function isFinishedPath(path: string, layout: Pick<Layout, "finished">): boolean {
	if (layout.finished === undefined) return false;
	const pattern = finishedPatterns.get(layout) ?? patternOf(globsOf(layout.finished));
	finishedPatterns.set(layout, pattern);
	return pattern.test(path);
}

/** Of several globs that match a path, the last one says. */
function patternOf(globs: readonly string[]): PathPattern {
	const patterns = globs.map((glob) => ({
		takesBack: glob.startsWith("!"),
		pattern: globPattern(glob.replace(/^!/, "")),
	}));
	const [only] = patterns;
	if (only && patterns.length === 1) return only.pattern;
	return { test: (path) => patterns.findLast(({ pattern }) => pattern.test(path))?.takesBack === false };
}

/** What a glob of `*`, `?` and whole folders `**` matches. */
export function globPattern(glob: string): RegExp {
	const pattern = glob.replace(/\*\*\/|\*|\?|[^*?]+/g, (part) => {
		if (part === "**/") return "(?:[^/]+/)*";
		if (part === "*") return "[^/]*";
		return part === "?" ? "[^/]" : escaped(part);
	});
	return new RegExp(`^${pattern}$`, "u");
}

/**
 * What tells whether a path, relative to the repository and with `/`, is the document of a milestone.
 * @param of the milestone; any where none is named.
 */
export function milestonesPattern(
	{ milestones }: Pick<Layout, "milestones">,
	of?: { readonly project: string; readonly milestone: string },
): RegExp {
	if (milestones === null) return /(?!)/;
	const parts = milestones.split(/(\{project\}|\{milestone\})/).map((part) => {
		if (part === "{project}") return of ? escaped(of.project) : "[^/]+";
		if (part !== "{milestone}") return escaped(part);
		return of ? `${escaped(of.milestone)}(?:[.\\-_\\s].*)?` : ".+";
	});
	return new RegExp(`^${parts.join("")}$`, "u");
}

function escaped(text: string): string {
	return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
