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
		...asFewGlobs(done, place.files),
	];
	const milestones = family.milestones && `${folder}/${family.milestones}`;
	const isUsed = milestones && (family.fields?.milestone || isThere(milestonesPattern({ milestones })));
	return {
		issues: below(family.issues),
		...(finished.length > 0 ? { finished } : {}),
		...(isUsed ? { milestones } : {}),
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

/** A folder's glob where all of its documents are meant, and else each by itself. */
function asFewGlobs(done: readonly string[], files: readonly string[]): string[] {
	const isDone = new Set(done);
	const globs = done.map((file) => {
		const folder = posix.dirname(file);
		const beside = files.filter((each) => posix.dirname(each) === folder);
		const end = /-[A-Z]+\.md$/.exec(file)?.[0];
		return end && beside.length > 1 && beside.every((each) => isDone.has(each))
			? `${asGlob(folder)}/*${end}`
			: asGlob(file);
	});
	return [...new Set(globs)];
}
