import { readItems } from "../read-items.ts";
import { readLayout } from "../read-layout.ts";
import { FAMILIES } from "./families.ts";
import type { Family } from "./family.ts";
import { groupsOf } from "./groups.ts";
import type { Doubt, Proposal } from "./proposal.ts";
import { propose } from "./propose.ts";
import { asSeen, hasAt, type Seen } from "./seen.ts";

/** What was found of backlogs. */
export interface Recognised {
	readonly proposals: readonly Proposal[];
	readonly doubts: readonly Doubt[];
}

/** Documents that are looked at before a whole folder is. */
const SAMPLE = 60;

/**
 * Recognises backlogs by where documents lie and what they have in them.
 * @param files paths relative to the repository, with `/`.
 * @param bytesOf what a file holds.
 * @param project what documents are given that name none.
 */
export function recognise(
	files: readonly string[],
	bytesOf: (file: string) => Uint8Array,
	project: string,
): Recognised {
	const proposals: Proposal[] = [];
	const doubts: Doubt[] = [];
	const all = new Set(files);
	const look = (file: string) => asSeen(file, bytesOf(file));
	const isTaken = (file: string) => proposals.some(({ folder }) => file.startsWith(`${folder}/`));
	for (const family of FAMILIES) {
		for (const group of groupsOf(family, files)) {
			const own = group.files.filter((file) => !isTaken(file));
			const sample = someOf(own).map(look);
			const fitting = sample.filter((each) => fits(family, group.folder, each)).length;
			if (fitting === 0) continue;
			if (fitting * 2 < sample.length) {
				doubts.push({ family: family.name, folder: group.folder, documents: sample.length, fitting });
				continue;
			}
			proposals.push(propose(family, { folder: group.folder, files: own, all, project }, own.map(look)));
		}
	}
	return { proposals, doubts: doubts.filter(({ folder }) => !isTaken(`${folder}/`)) };
}

/** Some, from all over the list. */
function someOf<T>(all: readonly T[]): T[] {
	const step = Math.max(1, all.length / SAMPLE);
	return Array.from({ length: Math.min(all.length, SAMPLE) }, (_, at) => all[Math.floor(at * step)] as T);
}

/** True for a document that has all of what its family has. */
function fits(family: Family, folder: string, document: Seen): boolean {
	const { items, has } = family;
	if (!items) return has.every((each) => [each].flat().some((source) => hasAt(source, document)));
	const settings = { ...items, files: `${folder}/${items.files}` };
	const { issues, problems } = readItems(document.file, document.bytes, settings, readLayout());
	return issues.length > problems.length;
}
