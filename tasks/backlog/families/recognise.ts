import { fits, isBeside } from "./evidence.ts";
import { FAMILIES } from "./families.ts";
import { groupsOf } from "./groups.ts";
import type { Doubt, Proposal } from "./proposal.ts";
import { propose } from "./propose.ts";
import type { Seen } from "./seen.ts";

/** What was found of backlogs. */
export interface Recognised {
	readonly proposals: readonly Proposal[];
	readonly doubts: readonly Doubt[];
}

/** Documents that are looked at before a whole folder is. */
const SAMPLE = 60;
/** The share of them that have to be as a family has them, where its folder alone is no evidence. */
const HALF = 0.5;

/**
 * Recognises backlogs by where documents lie and what they have in them.
 * @param files paths relative to the repository, with `/`.
 * @param look what a file is.
 * @param project what documents are given that name none.
 */
export function recognise(files: readonly string[], look: (file: string) => Seen, project: string): Recognised {
	const proposals: Proposal[] = [];
	const doubts: Doubt[] = [];
	const all = new Set(files);
	const isTaken = (file: string) => proposals.some(({ folder }) => file.startsWith(`${folder}/`));
	for (const family of FAMILIES) {
		for (const group of groupsOf(family, files)) {
			const own = group.files.filter((file) => !isTaken(file));
			const issues = own.filter((file) => !isBeside(file));
			const sample = someOf(issues).map(look);
			const fitting = sample.filter((each) => fits(family, group.folder, each)).length;
			if (fitting === 0) continue;
			const place = { folder: group.folder, files: own, all, project };
			const isOne = fitting >= sample.length * (family.least ?? HALF);
			const proposal = isOne ? propose(family, place, own.map(look), look) : undefined;
			if (proposal) proposals.push(proposal);
			else doubts.push({ family: family.name, folder: group.folder, documents: sample.length, fitting });
		}
	}
	return { proposals, doubts: doubts.filter(({ folder }) => !isTaken(`${folder}/`)) };
}

/** Some, from all over the list. */
function someOf<T>(all: readonly T[]): T[] {
	const step = Math.max(1, all.length / SAMPLE);
	return Array.from({ length: Math.min(all.length, SAMPLE) }, (_, at) => all[Math.floor(at * step)] as T);
}
