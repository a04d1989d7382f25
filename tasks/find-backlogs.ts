import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Doubt, Proposal } from "./backlog/families/proposal.ts";
import { foldersOf, type Reading, readProposal } from "./backlog/families/read-proposal.ts";
import { recognise } from "./backlog/families/recognise.ts";
import { asSeen, type Seen } from "./backlog/families/seen.ts";
import type { RunOptions } from "./contract/options.ts";
import { isOpen } from "./contract/state.ts";
import type { Checked } from "./contract/value.ts";
import { findBelow } from "./discover.ts";
import { listFiles, listIgnored } from "./repo/listed-files.ts";

/** A backlog that was found: how it can be read, and what is read so. */
export interface FoundBacklog extends Reading {
	readonly proposal: Proposal;
}

/** The backlogs of a repository, that with most open issues first, and what looks like one and was not taken for it. */
export interface FoundBacklogs {
	readonly backlogs: readonly FoundBacklog[];
	readonly doubts: readonly Doubt[];
}

/** Documents, and what says of some that they are done. */
const LISTED = ["*.md", ":(glob)**/.DONE", ":(glob)**/kitty-specs/*/status.events.jsonl"];

/**
 * Looks for backlogs in any form that is known.
 * @param project what documents are given that name none.
 */
export async function findBacklogs(root: string, project: string): Promise<FoundBacklogs> {
	const look = lookingIn(root);
	const { proposals, doubts } = recognise(await listFiles(root, ...LISTED), look, project);
	const backlogs = await Promise.all(
		proposals.map(async (proposal) => {
			// By its folders on the disk, as a run does it.
			const files = await Promise.all(foldersOf(proposal).map((folder) => findBelow(root, folder)));
			return { proposal, ...readProposal(proposal, files.flat().sort(), look) };
		}),
	);
	const open = ({ issues, layout }: FoundBacklog) => issues.filter((issue) => isOpen(issue, layout.states)).length;
	return { backlogs: backlogs.sort((a, b) => open(b) - open(a)), doubts };
}

/** Folders of the families that have one of their own: to go through all that is ignored would take too long. */
const OWN_FOLDERS = [
	...["docs/projects", "docs/plans", "backlog", ".backlog", ".claude/epics", "specs", "kitty-specs", ".scratch"],
	...[".planning/phases", "tasks", "issues", "tickets"],
];

/** Folders with what would be a backlog, if git did not ignore it: an agent sees only what is committed. */
export async function findIgnored(
	root: string,
	project: string,
): Promise<{ readonly folder: string; readonly documents: number }[]> {
	const files = await listIgnored(root, ...OWN_FOLDERS.map((each) => `:(glob)${each}/**/*.md`));
	const { proposals } = files.length === 0 ? { proposals: [] } : recognise(files, lookingIn(root), project);
	return proposals.map(({ folder }) => ({
		folder,
		documents: files.filter((file) => file.startsWith(`${folder}/`)).length,
	}));
}

function lookingIn(root: string): (file: string) => Seen {
	const known = new Map<string, Seen>();
	return (file) => {
		const seen = known.get(file) ?? asSeen(file, bytesAt(join(root, file)));
		known.set(file, seen);
		return seen;
	};
}

/**
 * What `check` says of a backlog that is read so.
 * @throws Failure where the repository can't be used as it is.
 */
export async function checkFound(
	{ proposal: { items }, layout }: FoundBacklog,
	{ target: _, issue: __, project: ___, ...options }: RunOptions,
): Promise<Checked> {
	const context = { options: { ...options, layout }, signal: new AbortController().signal, report: () => {} };
	const { checkBacklog } = await import("./check.ts");
	const { discoverIssues } = await import("./discover.ts");
	const { discoverItemsIn } = await import("./discover-items.ts");
	const backlog = await (items ? discoverItemsIn(items, undefined, context) : discoverIssues(undefined, context));
	return checkBacklog({ backlog }, context);
}

/** What can't be read is told by whoever runs it. */
function bytesAt(path: string): Uint8Array {
	try {
		return readFileSync(path);
	} catch {
		return Buffer.from("\0");
	}
}
