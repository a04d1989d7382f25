import { join } from "node:path";
import type { Issue } from "../contract/issue.ts";
import type { Layout } from "../contract/layout.ts";
import { isOpen } from "../contract/state.ts";
import type { Backlog } from "./backlog.ts";
import { findByPattern } from "./by-pattern.ts";
import { readFrontMatter } from "./front-matter.ts";
import { readBody } from "./markdown-body.ts";

/** True for a document that says nothing of a state, where the layout has it: its issue is taken for open. */
export function saysNoState(file: string, bytes: Uint8Array, layout: Layout): boolean {
	const reading = readFrontMatter(bytes);
	const { state: name } = layout.fields;
	const data = reading.kind === "found" ? reading.frontMatter.data : {};
	if (name !== null && Object.hasOwn(data, name) && data[name] !== null) return false;
	return !layout.patterns?.state || findByPattern("state", layout, file, () => readBody(bytes)) === undefined;
}

/**
 * Open issues whose documents say nothing of a state; none where no document says anything of it, and nobody has said where it would be.
 * @param linesOf what a document is, by its absolute path.
 */
export function findStateless(
	issues: readonly Issue[],
	{ issues: all, repository }: Pick<Backlog, "issues" | "repository">,
	layout: Layout,
	linesOf: (path: string) => readonly string[],
): string[] {
	const { fields, patterns } = layout;
	if (fields.state === null && !patterns?.state) return [];
	const textOf = (file: string) => Buffer.from(linesOf(join(repository.root, file)).join("\n"));
	const isSilent = ({ state, docLine, docPath }: Issue) =>
		state === "planned" && docLine === undefined && saysNoState(docPath, textOf(docPath), layout);
	const silent = issues.filter((issue) => isOpen(issue, layout.states) && isSilent(issue));
	const isSaid = fields.state !== "state" || patterns?.state !== undefined;
	const isUsed = silent.length > 0 && (isSaid || all.some((issue) => !isSilent(issue)));
	return isUsed ? silent.map(({ id }) => id) : [];
}
