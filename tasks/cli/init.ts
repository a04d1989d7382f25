import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { createInterface } from "node:readline/promises";
import { isName, NAME_RULE } from "../contract/names.ts";
import { Failure } from "../contract/problem.ts";
import { type FoundBacklogs, findBacklogs, findIgnored } from "../find-backlogs.ts";
import { type Found, findForInit, type Written, writeInit } from "../init.ts";
import type { RunRequest } from "./arguments.ts";
import { chooseBacklog, mayAsk } from "./choose-backlog.ts";
import { checkedText, firstOf, foundAsJson, lookAt, missingText, unknownStates } from "./init-found.ts";
import { nextCommands } from "./init-next.ts";
import { orchfileText } from "./orchfile-text.ts";
import { type SampleNames, sampleFiles } from "./sample.ts";
import type { Surroundings } from "./surroundings.ts";
import { foundText, ignoredText, notTakenText } from "./words/found-words.ts";

/** What `npm pack` made of this repository's own orchfile. */
const SAMPLE = "dist/sample/orchfile.ts";
const IGNORED = "node_modules/";

/** Each name of the sample, what asks for it, and the word of the command line that gives it. */
const QUESTIONS = [
	["project", "Project, a folder below docs/projects"],
	["milestone", "Milestone, which you will run"],
	["issue", "Id of a first issue"],
] as const;

/**
 * Prepares a repository: an orchfile that reads the backlog that is there, or with a milestone and one issue where there is none. What
 * stands is left.
 * @returns the exit code: 0 whatever is wrong with the documents, which `check` tells at the end.
 */
export async function init(request: RunRequest, around: Surroundings): Promise<number> {
	const { options, dryRun, json } = request;
	const found = await findForInit(options.directory);
	const given = { project: options.project, milestone: options.target, issue: options.issue };
	for (const [key, name] of Object.entries(given)) if (name !== undefined) verifyName(key, name);
	const project = given.project ?? found.project;
	const all = found.saysLayout ? NOTHING : await findBacklogs(found.root, project);
	const backlog = await chooseBacklog(all.backlogs, request, around);
	const ignored = found.saysLayout || all.backlogs.length > 0 ? [] : await findIgnored(found.root, project);
	const names = found.saysLayout || backlog ? undefined : await chooseNames(given, found, request, around);
	if (backlog === "stopped" || names === "stopped") {
		around.stderr.write("\nNothing was written.\n");
		return 130;
	}
	const sample = await readFile(join(options.packageRoot, SAMPLE), "utf8");
	const content = backlog ? orchfileText(sample, backlog.proposal, unknownStates(backlog)) : sample;
	// The orchfile last: where it stands, init has been through.
	const orchfile = { path: found.orchfile ?? found.orchfileName, content };
	const files = [...(names ? sampleFiles(names) : []), orchfile];
	const written = await writeInit(found.root, files, found.tracksPackages ? IGNORED : undefined, dryRun);
	const toRun = {
		...(names ? { sample: `docs/projects/${names.project}` } : {}),
		target: names?.milestone ?? (backlog && firstOf(backlog)),
		hasBacklog: names === undefined,
	};
	const next = await nextCommands(found, written, toRun, request, around);
	const checked = backlog && (await lookAt(backlog, options));
	if (json) {
		const more = foundAsJson(all, backlog, checked, around.say);
		const result = { exitCode: 0, ...written, next: next.map(({ command }) => command), ...more, ignored };
		around.stdout.write(`${JSON.stringify(result, undefined, "\t")}\n`);
		return 0;
	}
	const told = [
		...(backlog ? [[foundText(backlog), ...notTakenText(all, backlog)].join("\n")] : []),
		...(ignored.length > 0 ? [ignoredText(ignored).join("\n")] : []),
		textOf(written, dryRun),
		...(backlog && (dryRun || found.orchfile !== undefined) ? missingText(backlog, dryRun, orchfile.path) : []),
		...(checked ? [checkedText(checked, around.say)] : []),
		...(dryRun ? [] : [next.map(({ why, command }) => `${why}\n  ${command}`).join("\n")]),
	];
	around.stdout.write(`${told.join("\n\n")}\n`);
	return 0;
}

const NOTHING: FoundBacklogs = { backlogs: [], doubts: [] };

async function chooseNames(
	given: Readonly<Record<keyof SampleNames, string | undefined>>,
	found: Found,
	request: RunRequest,
	around: Surroundings,
): Promise<SampleNames | "stopped"> {
	const names = { project: found.project, milestone: "M1", issue: "FIRST-1" };
	for (const [key] of QUESTIONS) names[key] = given[key] ?? names[key];
	if (!mayAsk(request, around)) return names;
	const { stdin, stderr } = around;
	const reader = createInterface({ input: stdin, output: stderr });
	const closed = new Promise<undefined>((resolve) => reader.once("close", () => resolve(undefined)));
	try {
		for (const [key, question] of QUESTIONS) {
			while (given[key] === undefined) {
				const typed = await Promise.race([
					reader.question(`${question} [${names[key]}]: `).catch(() => undefined),
					closed,
				]);
				if (typed === undefined) return "stopped";
				const name = typed.trim() || names[key];
				if (isName(name)) {
					names[key] = name;
					break;
				}
				stderr.write(`That can't be a name: it takes ${NAME_RULE}.\n`);
			}
		}
		return names;
	} finally {
		reader.close();
	}
}

function verifyName(key: string, name: string): void {
	if (isName(name)) return;
	const message = `"${name}" can't be the name of ${key === "issue" ? "an issue" : `a ${key}`}: it takes ${NAME_RULE}`;
	throw new Failure({ kind: "usage", message });
}

function textOf({ added, appended, kept }: Written, dryRun: boolean): string {
	const would = dryRun ? "would write" : "written";
	const lines = [
		...added.map((path) => `${would}  ${path}`),
		...appended.map((path) => `${dryRun ? "would add to" : "added to"}  ${path}: ${IGNORED}`),
		...kept.map((path) => `left as it is  ${path}`),
	];
	if (added.some((path) => basename(path) === "orchfile.mts")) {
		lines.push('It is orchfile.mts, not orchfile.ts: package.json does not say "type": "module".');
	}
	return lines.join("\n");
}
