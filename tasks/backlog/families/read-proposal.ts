import type { Issue } from "../../contract/issue.ts";
import type { Layout } from "../../contract/layout.ts";
import { isOpen } from "../../contract/state.ts";
import { readDocument } from "../document.ts";
import { identify } from "../identify.ts";
import {
	fixedFolder,
	globPattern,
	issueFolders,
	issuesPattern,
	milestonesPattern,
	type PathPattern,
} from "../layout-patterns.ts";
import { saysNoState } from "../no-state.ts";
import { readItems } from "../read-items.ts";
import { readLayout } from "../read-layout.ts";
import { fits } from "./evidence.ts";
import { FAMILIES } from "./families.ts";
import type { Proposal } from "./proposal.ts";
import type { Seen } from "./seen.ts";

/** What is read as a proposal has it. Every document of its folders is in one of these lists, or the document of a milestone. */
export interface Reading {
	readonly layout: Layout;
	readonly issues: readonly Issue[];
	/** Documents that issues are in. */
	readonly documents: number;
	/** Documents that can't be used. */
	readonly broken: readonly string[];
	/** Documents whose id another document has. */
	readonly twice: readonly string[];
	/** Issues whose documents say nothing of a state, and so are taken for open. */
	readonly stateless: readonly string[];
	/** Documents that are no issues. */
	readonly others: readonly string[];
	/** Those of them that have what issues of the family have: they lie elsewhere, or are called otherwise. */
	readonly alike: readonly string[];
}

/** The folders whose documents a proposal is about. */
export function foldersOf({ layout, items }: Proposal): readonly string[] {
	return items ? [fixedFolder(items.files)] : issueFolders(readLayout(layout));
}

/**
 * Reads documents as a proposal has it.
 * @param files all documents of its folders.
 */
export function readProposal(proposal: Proposal, files: readonly string[], look: (file: string) => Seen): Reading {
	const layout = readLayout(proposal.layout);
	const { items } = proposal;
	const isIssue: PathPattern = items ? globPattern(items.files.replace(/\{\w+\}/g, "*")) : issuesPattern(layout);
	const isMilestone = milestonesPattern(layout);
	const broken: string[] = [];
	const others = files.filter((file) => !isIssue.test(file) && !isMilestone.test(file));
	const read = files
		.filter((file) => isIssue.test(file))
		.flatMap((file): readonly Issue[] => {
			if (items) {
				const { issues, problems } = readItems(file, look(file).bytes, items, layout);
				if (problems.length > 0) broken.push(file);
				else if (issues.length === 0) others.push(file);
				return issues;
			}
			const reading = readDocument(file, look(file).bytes, layout);
			if (reading.kind === "issue") return [reading.issue];
			(reading.kind === "broken" ? broken : others).push(file);
			return [];
		});
	const { issues, duplicates } = identify(read, layout.states);
	const known = new Set(issues.map(({ docPath }) => docPath));
	const twice = duplicates
		.flatMap((each) => each.issues.map(({ docPath }) => docPath))
		.filter((file) => !known.has(file));
	const family = FAMILIES.find(({ name }) => name === proposal.family);
	const alike = others.filter((file) => family && family.has.length > 0 && fits(family, proposal.folder, look(file)));
	const isStateless = (issue: Issue) =>
		!items && isOpen(issue, layout.states) && saysNoState(issue.docPath, look(issue.docPath).bytes, layout);
	const stateless = issues.filter(isStateless).map(({ id }) => id);
	return { layout, issues, documents: known.size, broken, twice: [...new Set(twice)], stateless, others, alike };
}
