import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, sep } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Backlog, Broken } from "./backlog/backlog.ts";
import { type DocumentReading, readDocument } from "./backlog/document.ts";
import { LARGEST_DOCUMENT } from "./backlog/front-matter.ts";
import { identify } from "./backlog/identify.ts";
import {
	fixedFolder,
	globsOf,
	issueFolders,
	issuesPattern,
	milestonesPattern,
	type PathPattern,
} from "./backlog/layout-patterns.ts";
import { sketchOfIssue, sketchOfText } from "./backlog/sketch.ts";
import type { RepositoryPaths } from "./contract/issue.ts";
import type { Layout } from "./contract/layout.ts";
import type { RunOptions } from "./contract/options.ts";
import { Failure, type Problem } from "./contract/problem.ts";
import type { RunContext } from "./engine/task.ts";
import { verifyAddresses } from "./repo/addresses.ts";
import { openRepository } from "./repo/repository.ts";
import { withAddresses } from "./standing/claims.ts";
import { asIdentified } from "./standing/identified.ts";

/** Files read without letting anything else happen. */
const BREATH = 200;

/**
 * Finds and reads the issue documents in the checkout: usually the markdown files in folders named `issues` below
 * `docs/projects`. A broken document is part of the answer; whether it matters is for the plan to say.
 * @throws Failure when there is no usable repository, or nothing in it to read.
 */
export async function discoverIssues(_: unknown, context: RunContext<RunOptions>): Promise<Backlog> {
	const { layout } = context.options;
	const repository = await openForRun(context);
	const links: string[] = [];
	const files = await findMarkdown(repository.root, layout, links);
	const isIssue = issuesPattern(layout);
	const isMilestone = milestonesPattern(layout);
	const documents = files.filter((file) => isIssue.test(file));
	const linked = links.length === 0 ? [] : tellLinks(repository.root, links, isIssue);
	if (documents.length === 0 && linked.length > 0) throw new Failure(linked);
	if (documents.length === 0) throw await noDocuments(repository, globsOf(layout.issues).join(", "), "layout.issues");
	const readings = await readAll(repository.root, documents, layout);
	const { issues, duplicates } = identify(
		readings.flatMap((each) => (each.kind === "issue" ? [each.issue] : [])),
		layout.states,
	);
	return {
		repository,
		issues: asIdentified(await withAddresses(issues, repository, layout)),
		skipped: readings.flatMap((each) => (each.kind === "no-front-matter" ? [each.file] : [])),
		lost: [...readings.flatMap((each) => (each.kind === "no-front-matter" && each.lost ? [each.lost] : [])), ...linked],
		broken: [
			...readings.flatMap((each) => (each.kind === "broken" ? [asBroken(each)] : [])),
			...duplicates.map(({ project, problem, issues }) => ({
				project,
				problems: [problem],
				sketches: issues.map((issue) => sketchOfIssue(issue, layout)),
			})),
		],
		faults: readings.flatMap((each) => (each.kind === "issue" ? (each.faults ?? []) : [])),
		milestoneDocs: files.filter((file) => isMilestone.test(file)),
	};
}

/**
 * The repository that a run is in, with the logs of before where all checkouts have them.
 * @throws Failure when there is none that can be used.
 */
export async function openForRun(context: RunContext<RunOptions>): Promise<RepositoryPaths> {
	const { directory, layout, rehearse } = context.options;
	const opened = await openRepository(directory);
	const repository = rehearse ? { ...opened, rehearsal: true as const } : opened;
	await verifyAddresses(layout, repository);
	if (existsSync(join(repository.commonDir, "worktrees"))) await adoptFormerLogs(repository, context);
	return repository;
}

/** That there is nothing to read where it was looked for, with where there may be. */
export async function noDocuments(
	repository: RepositoryPaths,
	pattern: string,
	setting: Extract<Problem, { readonly kind: "no-documents" }>["setting"],
): Promise<Failure> {
	const elsewhere = await (await import("./repo/documents.ts")).findMarkdownFolders(repository);
	return new Failure({ kind: "no-documents", folder: repository.root, pattern, setting, elsewhere });
}

function asBroken({ project, problems, sketch }: Extract<DocumentReading, { readonly kind: "broken" }>): Broken {
	return { project, problems, sketches: [sketch] };
}

/** Earlier versions kept logs in the checkout that a run was started in. */
async function adoptFormerLogs(
	repository: RepositoryPaths,
	{ options, report }: RunContext<RunOptions>,
): Promise<void> {
	const { findFormerLogs } = await import("./repo/checkouts.ts");
	const folders = findFormerLogs(repository, options.layout);
	if (folders.length > 0)
		await (await import("./standing/adopt-logs.ts")).adoptLogs(folders, repository, options.layout, report);
}

/** The markdown files in the folders where documents are, relative to the repository. */
async function findMarkdown(root: string, layout: Layout, links: string[]): Promise<string[]> {
	const { milestones } = layout;
	const folders = [...issueFolders(layout), ...(milestones === null ? [] : [fixedFolder(milestones)])];
	const found = await Promise.all([...new Set(folders)].map((folder) => findBelow(root, folder, links)));
	return [...new Set(found.flat())].sort();
}

/**
 * The markdown files below a folder, relative to the repository.
 * @param links what is found there of symbolic links, which are not followed.
 */
export async function findBelow(root: string, name: string, links?: string[]): Promise<string[]> {
	const folder = join(root, name);
	const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error) => {
		if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
		throw new Failure({ kind: "file-unreadable", path: folder, message: error.message }, { cause: error });
	});
	const pathOf = ({ parentPath, name }: (typeof entries)[number]) =>
		join(parentPath, name)
			.slice(root.length + 1)
			.split(sep)
			.join("/");
	links?.push(...entries.filter((entry) => entry.isSymbolicLink()).map(pathOf));
	return entries.filter((entry) => entry.isFile() && entry.name.endsWith(".md")).map(pathOf);
}

/**
 * Symbolic links where documents are looked for. git has of one where it leads, and no text, so that an agent that is given it may see
 * another than the one that was read.
 */
export function tellLinks(root: string, links: readonly string[], isIssue: PathPattern): Problem[] {
	const isFolder = (path: string) => {
		try {
			return statSync(join(root, path)).isDirectory();
		} catch {
			return false;
		}
	};
	return [...new Set(links)]
		.filter((path) => isIssue.test(path) || (isIssue.test(`${path}/x.md`) && isFolder(path)))
		.map((file) => {
			const expected = "a file in this place, or `layout.issues` to name the place that it leads to";
			return { kind: "document-invalid", file, line: 1, what: "a symbolic link", expected };
		});
}

async function readAll(root: string, files: readonly string[], layout: Layout): Promise<DocumentReading[]> {
	const readings: DocumentReading[] = [];
	for (const [at, file] of files.entries()) {
		// Thousands of small files read several times faster without a round trip each; a breath now and then lets
		// a signal through.
		if (at % BREATH === 0) await setImmediate();
		readings.push(read(root, file, layout));
	}
	return readings;
}

function read(root: string, file: string, layout: Layout): DocumentReading {
	try {
		return readDocument(file, bytesOf(`${root}/${file}`), layout);
	} catch (error) {
		const message = (error as Error).message;
		const problems = [{ kind: "file-unreadable", path: file, message }] as const;
		return { kind: "broken", project: undefined, problems, sketch: sketchOfText(file, Buffer.from("\0"), layout) };
	}
}

/** One for all documents: nothing of a document but texts is kept, and memory of its own for each takes as long as reading it. */
const SHARED = Buffer.alloc(LARGEST_DOCUMENT + 1);

/** The bytes of a file, until the next one is read. */
function bytesOf(path: string): Uint8Array {
	const file = openSync(path, "r");
	try {
		let length = 0;
		for (;;) {
			const read = readSync(file, SHARED, length, SHARED.length - length, null);
			length += read;
			if (length === SHARED.length) return readFileSync(path);
			if (read === 0) return SHARED.subarray(0, length);
		}
	} finally {
		closeSync(file);
	}
}
