import type { Layout } from "../contract/layout.ts";

/** The folders that a pattern starts with: what has to be looked through for what matches it. */
export function fixedFolder(pattern: string): string {
	const parts = pattern.split("/").slice(0, -1);
	const open = parts.findIndex((part) => /[*?{]/.test(part));
	return parts.slice(0, open === -1 ? undefined : open).join("/");
}

/** What tells whether a path, relative to the repository and with `/`, is an issue document. */
export function issuesPattern({ issues }: Pick<Layout, "issues">): RegExp {
	const pattern = issues.replace(/\*\*\/|\*|\?|[^*?]+/g, (part) => {
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
