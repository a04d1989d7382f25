import { stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { Failure } from "../contract/problem.ts";
import { isOfOneIssue } from "../night/one-issue.ts";
import { sweepAbandoned } from "../store/checks-logs.ts";
import { keepOutOfGit } from "../store/log-folder.ts";
import { pageName } from "../store/pages.ts";
import { writeFileAtomic } from "../system/atomic-write.ts";
import type { Night } from "./night.ts";
import type { RunRequest } from "./request.ts";
import { aboutOf, targetWords } from "./target-words.ts";
import type { Say } from "./words/say.ts";

/**
 * Writes the page of a night, whole or not at all.
 * @returns its path; nothing where there is no issue to tell of.
 * @throws Failure `page-unwritable`, `folder-unwritable`, `disk-full`.
 */
export async function writePage(night: Night, request: RunRequest, say: Say): Promise<string | undefined> {
	const path = request.out ?? pagePath(night, request);
	if (path === undefined) return undefined;
	const { renderPage } = await import("./page/render-page.ts");
	const page = renderPage({
		...night,
		target: aboutOf(request),
		say,
		now: Date.now(),
		linkTo: ({ logDir }, file) => addressOf(relative(dirname(path), join(logDir, file))),
	});
	try {
		if ((await stat(path).catch(() => undefined))?.isFile() === false)
			throw new Error("there is something that is no file");
		await writeFileAtomic(path, page);
		if (request.out === undefined) await tidy(path, night);
	} catch (error) {
		if (error instanceof Failure) throw error;
		const { code, message } = error as NodeJS.ErrnoException;
		throw new Failure(
			{ kind: "page-unwritable", path, message: code ?? message, target: targetWords(request).trim() },
			{ cause: error },
		);
	}
	return path;
}

/** Beside the logs that it links to: of an issue, of a milestone, of a project or of all. */
function pagePath({ report: { issues } }: Night, { options }: RunRequest): string | undefined {
	const plan = issues.map(({ issue }) => issue);
	const [first] = plan;
	if (!first) return undefined;
	if (isOfOneIssue(plan, options)) return join(first.logDir, pageName());
	const milestone = dirname(first.logDir);
	return options.target === undefined
		? join(dirname(milestone), pageName(options.project))
		: join(milestone, pageName());
}

/** Keeps the logs out of git where nothing else has been written yet, and takes away what a killed run had begun. */
async function tidy(path: string, { report: { issues } }: Night): Promise<void> {
	const [first] = issues;
	if (first) await keepOutOfGit(dirname(dirname(first.issue.logDir)));
	await sweepAbandoned(dirname(path));
}

/** A path as an address, from where the page lies. */
function addressOf(path: string): string {
	const parts = path.split(sep).map(encodeURIComponent);
	return parts[0] === ".." ? parts.join("/") : `./${parts.join("/")}`;
}
