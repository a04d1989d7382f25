import { posix } from "node:path";
import type { LayoutSettings } from "../../contract/layout.ts";
import { globPattern, milestonesPattern } from "../layout-patterns.ts";
import type { Family } from "./family.ts";
import { asGlob, type Group } from "./groups.ts";
import type { Seen } from "./seen.ts";

/** Where a backlog lies, and what else does. */
export interface Place extends Group {
	/** Every file that was found. */
	readonly all: ReadonlySet<string>;
	/** What documents are given that name no project. */
	readonly project: string;
}

/** Where issues, finished ones and milestones are; of all that a family may have, what is there. */
export function globsIn(family: Family, place: Place, done: readonly string[]): LayoutSettings {
	const { folder, all } = place;
	const isThere = (pattern: RegExp) => [...all].some((file) => pattern.test(file));
	const below = (globs: readonly string[] = []) =>
		globs
			.map((each) => each.replace(/^!?/, (mark) => `${mark}${folder}/`))
			.filter((glob, at) => at === 0 || isThere(globPattern(glob.replace(/^!/, ""))));
	const finished = [
		...(family.finished ?? []).map((each) => `${folder}/${each}`).filter((glob) => isThere(globPattern(glob))),
		// Each by itself: what is added to a folder later is not done.
		...done.map(asGlob),
	];
	const milestones = family.milestones && `${folder}/${family.milestones}`;
	const isUsed = milestones && (family.fields?.milestone || isThere(milestonesPattern({ milestones })));
	const areBare = !milestones && family.fields?.milestone;
	return {
		issues: below(family.issues),
		...(finished.length > 0 ? { finished } : {}),
		...(isUsed ? { milestones } : areBare ? { milestones: null } : {}),
	};
}

/** The globs that take documents back: of one name together, as long as no issue is called so. */
export function leftOut(documents: readonly Seen[], own: readonly Seen[], folder: string): string[] {
	const taken = new Set(own.map(({ file }) => posix.basename(file)));
	const names = documents.map(({ file }) => posix.basename(file));
	const globs = documents.map(({ file }) => {
		const name = posix.basename(file);
		const isOften = names.indexOf(name) !== names.lastIndexOf(name) && !taken.has(name);
		return isOften ? `!${folder}/**/${asGlob(name)}` : `!${asGlob(file)}`;
	});
	return [...new Set(globs)];
}
