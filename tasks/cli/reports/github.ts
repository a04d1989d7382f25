import { realpathSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";

/** A message that GitHub shows beside a line of a file, or on top where it has none. */
export interface Annotation {
	readonly level: "error" | "warning";
	/** Relative to the repository. */
	readonly file?: string;
	readonly line?: number;
	readonly title: string;
	readonly message: string;
}

/** The runner of GitHub Actions, as a step of it sees it. */
export interface Github {
	/** Writes a workflow command. Everything else that is written is {@link inert}. */
	command(line: string): void;
	/** The top of the checkout, absolute; paths in annotations start there. */
	readonly workspace: string;
	/** The file whose Markdown becomes the step's summary. */
	readonly summaryFile: string | undefined;
}

/** GitHub shows more of an annotation than anybody reads, and cuts a title. */
const MOST_IN_MESSAGE = 4000;
const MOST_IN_TITLE = 200;

/** The runner around this process, or nothing elsewhere. */
export function findGithub(env: NodeJS.ProcessEnv, cwd: string, write: (text: string) => void): Github | undefined {
	if (env.GITHUB_ACTIONS !== "true") return undefined;
	return {
		command: (line) => write(`${line}\n`),
		workspace: env.GITHUB_WORKSPACE || cwd,
		summaryFile: env.GITHUB_STEP_SUMMARY || undefined,
	};
}

/** A workflow command with its properties and data as the runner reads them back. */
export function workflowCommand(name: string, properties: Readonly<Record<string, string>>, data: string): string {
	const words = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(value)}`);
	return `::${[name, words.join(",")].filter(Boolean).join(" ")}::${escapeData(data)}`;
}

/** Has annotations shown. `root` is the top of the repository that their files are in. */
export function annotate(annotations: readonly Annotation[], root: string, github: Github): void {
	for (const each of annotations) github.command(annotationCommand(each, root, github.workspace));
}

/** An annotation as a workflow command. */
export function annotationCommand(annotation: Annotation, root: string, workspace: string): string {
	const { level, file, line, title, message } = annotation;
	const path = file !== undefined ? fileInWorkspace(join(root, file), workspace) : undefined;
	const place = path === undefined ? {} : { file: path, line: String(line ?? 1) };
	return workflowCommand(level, { ...place, title: cut(title, MOST_IN_TITLE) }, cut(message, MOST_IN_MESSAGE));
}

/**
 * Text that the runner can't take for a command. It reads `::name::` at the start of a line, after any blanks, and the
 * older `##[name]` anywhere. Both get a blank; `::stop-commands::` would not do, since this program's own commands come
 * in between, and standard output and standard error reach the runner in no certain order.
 */
export function inert(text: string): string {
	return text.replace(/^([\p{Z}\p{C}]*):(?=:)/gmu, "$1: ").replaceAll("##[", "## [");
}

/** JSON of the same value that the runner can't take for a command; none of its lines begins with a colon. */
export function inertJson(json: string): string {
	return json.replaceAll("##[", "##\\u005b");
}

/** Standard output and standard error of which nothing can command the runner: much of it is a stranger's text. */
export function inertStreams<S extends { readonly stdout: NodeJS.WriteStream; readonly stderr: NodeJS.WriteStream }>(
	{ stdout, stderr }: S,
	json: boolean,
): { readonly stdout: NodeJS.WriteStream; readonly stderr: NodeJS.WriteStream } {
	return { stdout: changedStream(stdout, json ? inertJson : inert), stderr: changedStream(stderr, inert) };
}

function changedStream<S extends NodeJS.WriteStream>(stream: S, change: (text: string) => string): S {
	return Object.create(stream, { write: { value: (text: string) => stream.write(change(text)) } });
}

/** A file as annotations name it; nothing for one outside, which GitHub could not show. */
function fileInWorkspace(file: string, workspace: string): string | undefined {
	const path = relative(realPath(workspace), file);
	return path.startsWith("..") || isAbsolute(path) ? undefined : path.split(sep).join("/");
}

/** The workspace may be reached through a link; a repository's folder is named without. */
function realPath(path: string): string {
	try {
		return realpathSync(path);
	} catch {
		return path;
	}
}

function escapeData(text: string): string {
	return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
	return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

function cut(text: string, most: number): string {
	const characters = [...text];
	return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : text;
}
