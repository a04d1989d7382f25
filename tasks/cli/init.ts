import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { createInterface } from "node:readline/promises";
import { isName, NAME_RULE } from "../contract/names.ts";
import { Failure } from "../contract/problem.ts";
import { type Found, findForInit, type Written, writeInit } from "../init.ts";
import { isIgnored } from "../repo/worktree/ignored.ts";
import type { RunRequest } from "./arguments.ts";
import { type SampleNames, sampleFiles } from "./sample.ts";
import type { Surroundings } from "./surroundings.ts";
import { installCommand, shellWord } from "./words/format.ts";

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
 * Prepares a repository: an orchfile, and a milestone with one issue where there is no backlog. What stands is left.
 * @returns the exit code.
 */
export async function init(request: RunRequest, around: Surroundings): Promise<number> {
	const { options, dryRun, json } = request;
	const found = await findForInit(options.directory);
	const given = { project: options.project, milestone: options.target, issue: options.issue };
	for (const [key, name] of Object.entries(given)) if (name !== undefined) verifyName(key, name);
	const names = found.hasBacklog ? undefined : await chooseNames(given, found, request, around);
	if (names === "stopped") {
		around.stderr.write("\nNothing was written.\n");
		return 130;
	}
	const orchfile = found.orchfile ?? found.orchfileName;
	const content = await readFile(join(options.packageRoot, SAMPLE), "utf8");
	// The orchfile last: where it stands, init has been through.
	const files = [...(names ? sampleFiles(names) : []), { path: orchfile, content }];
	const written = await writeInit(found.root, files, found.tracksPackages ? IGNORED : undefined, dryRun);
	const next = await nextCommands(found, written, names, request, around);
	if (json) {
		const result = { exitCode: 0, ...written, next: next.map(({ command }) => command) };
		around.stdout.write(`${JSON.stringify(result, undefined, "\t")}\n`);
		return 0;
	}
	around.stdout.write(`${textOf(written, found, dryRun)}\n`);
	if (!dryRun) around.stdout.write(`\n${next.map(({ why, command }) => `${why}\n  ${command}`).join("\n")}\n`);
	return 0;
}

async function chooseNames(
	given: Readonly<Record<keyof SampleNames, string | undefined>>,
	found: Found,
	{ yes, json, dryRun }: RunRequest,
	{ stdin, stderr, env }: Surroundings,
): Promise<SampleNames | "stopped"> {
	const names = { project: found.project, milestone: "M1", issue: "FIRST-1" };
	for (const [key] of QUESTIONS) names[key] = given[key] ?? names[key];
	if (yes || json || dryRun || env.CI || !stdin.isTTY || !stderr.isTTY) return names;
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

function textOf({ added, appended, kept }: Written, found: Found, dryRun: boolean): string {
	const would = dryRun ? "would write" : "written";
	const lines = [
		...added.map((path) => `${would}  ${path}`),
		...appended.map((path) => `${dryRun ? "would add to" : "added to"}  ${path}: ${IGNORED}`),
		...kept.map((path) => `left as it is  ${path}`),
		...(found.hasBacklog ? ["left as they are  the issues that are there; no sample is needed"] : []),
	];
	if (added.some((path) => basename(path) === "orchfile.mts")) {
		lines.push('It is orchfile.mts, not orchfile.ts: package.json does not say "type": "module".');
	}
	return lines.join("\n");
}

interface Next {
	readonly why: string;
	readonly command: string;
}

async function nextCommands(
	{ root, folder, hasPackage, installed, hasTypes }: Found,
	{ added, appended }: Written,
	names: SampleNames | undefined,
	{ options }: RunRequest,
	{ say }: Surroundings,
): Promise<Next[]> {
	const next: Next[] = [];
	const sample = names && `docs/projects/${names.project}`;
	const changed = [
		...new Set(
			[...added, ...appended, ...installed].map((path) => (path.startsWith(`${sample}/`) ? `${sample}` : path)),
		),
	];
	if (!hasPackage) {
		next.push({
			why: "The orchfile imports the package, which this repository does not have yet:",
			command: installCommand(options.packageRoot, folder),
		});
	}
	if (changed.length > 0) {
		const subject = hasTypes ? "chore: add an orchfile" : "Add an orchfile";
		const paths = changed.map(shellWord).join(" ");
		const ignored = await Promise.all(changed.map((path) => isIgnored(root, path)));
		const force = ignored.includes(true) ? "-f " : "";
		next.push({
			why: "An agent sees only what is committed:",
			command: `${say.git(`add ${force}${paths}`)} && ${say.git(`commit -m ${shellWord(subject)} -- ${paths}`)}`,
		});
	}
	if (names) {
		const { milestone } = names;
		next.push({
			why: "Rehearse it, without an account and without cost:",
			command: `${say.goal(milestone)} --rehearse`,
		});
		next.push({ why: "Then let the agent do it:", command: say.goal(milestone) });
	} else next.push({ why: "To see what there is to run:", command: say("discover") });
	return next;
}
