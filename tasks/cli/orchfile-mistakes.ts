import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { given } from "../contract/given.ts";
import { nearest } from "../contract/names.ts";
import { Failure, type Problem } from "../contract/problem.ts";
import type { Mistake } from "../engine/mistakes.ts";
import { dependentFolder } from "../system/package-manager.ts";
import { type Line, lineOfKeys, lineOfTheirs, lineWith } from "../system/stack.ts";

/** What is wrong with a graph, as problems. @param path the orchfile's, where it is known. */
export function graphFailure(mistakes: readonly Mistake[], path: string | undefined): Failure {
	const lineOf = ({ site, path: keys = [] }: Mistake) => {
		if (site) return lineOfTheirs(site);
		return path === undefined ? undefined : (lineOfKeys(path, keys) ?? lineWith(path, /\bmain\(/) ?? { file: path });
	};
	return new Failure(
		mistakes.map((mistake) => ({
			kind: "graph-invalid",
			...lineOf(mistake),
			what: mistake.what,
			expected: mistake.expected,
			nearest: mistake.meant ? closest(...mistake.meant) : [],
		})),
	);
}

/** A failure whose problems with settings of the orchfile say where these stand. */
export function withLines(thrown: unknown, path: string | undefined): unknown {
	if (!(thrown instanceof Failure) || path === undefined) return thrown;
	const problems = thrown.problems.map((problem): Problem => {
		const keys =
			problem.kind === "layout-invalid"
				? ["layout", ...problem.key.split(".")]
				: problem.kind === "commit-invalid"
					? ["commit", problem.key].filter(Boolean)
					: problem.kind === "default-invalid"
						? ["defaults", problem.option]
						: undefined;
		return keys ? { ...problem, ...(lineOfKeys(path, keys) ?? { file: path }) } : problem;
	});
	return new Failure(problems, { cause: thrown.cause });
}

/** What loading an orchfile threw, before anything was started. @param folder where a person is, or says to be. */
export function loadFailure(thrown: unknown, path: string, folder = process.cwd()): Failure {
	const line = lineOfTheirs(thrown);
	const options = { cause: thrown };
	if (thrown instanceof Failure) return thrown;
	if (!isUnreadable(thrown, line)) {
		const name = /^(\S+) is not defined$/.exec(messageOf(thrown))?.[1];
		const near =
			name && line
				? closest(
						name,
						namesIn(line.file).filter((each) => each !== name),
					)
				: [];
		const message = thrown instanceof Error ? wordsOf(thrown) : `it throws ${JSON.stringify(thrown) ?? String(thrown)}`;
		return new Failure({ kind: "orchfile-threw", path, message, nearest: near, ...line }, options);
	}
	const { message } = thrown as Error;
	// Node says it of the cycle that its own loader makes of it, esbuild of the format.
	if (
		/Top-level await is|ERR_REQUIRE_(?:CYCLE_MODULE|ASYNC_MODULE)/.test(
			`${(thrown as NodeJS.ErrnoException).code} ${message}`,
		)
	)
		return new Failure({ kind: "orchfile-no-module", path, ...lineWith(path, /^await\b/) }, options);
	const needsPackage = /'orchfile'/.test(message) && (thrown as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND";
	const beside = needsPackage ? dependentFolder(folder, "orchfile") : undefined;
	const elsewhere = beside === dirname(path) ? undefined : beside;
	const [, file, number, told] = /^(\/.*?):(\d+):\d+: (?:ERROR: )?(.*)$/m.exec(message) ?? [];
	if (file !== undefined && told !== undefined)
		return new Failure(
			{ kind: "orchfile-broken", path, message: told, needsPackage: false, file, line: Number(number) },
			options,
		);
	return new Failure(
		{
			kind: "orchfile-broken",
			path,
			message: message.split("\n")[0] ?? "",
			needsPackage,
			...given({ elsewhere }),
			...lineOfImport(thrown, path),
		},
		options,
	);
}

/** A thrown value in words: its name and message, with those that it comes from, or itself. @param depth how many of these at most. */
export function wordsOf(thrown: unknown, depth = 3): string {
	if (thrown instanceof Error) {
		const message = thrown.message || "an error without a message";
		const own = thrown.name === "Error" ? message : `${thrown.name}: ${message}`;
		const causes = [
			...(thrown instanceof AggregateError ? thrown.errors : []),
			...(thrown.cause ? [thrown.cause] : []),
		];
		if (causes.length === 0 || depth === 0) return own;
		return `${own} (${causes.map((each) => wordsOf(each, depth - 1)).join("; ")})`;
	}
	if (typeof thrown === "string") return thrown;
	try {
		return JSON.stringify(thrown) ?? String(thrown);
	} catch {
		return "an object";
	}
}

/** True where a module could not be read, found or linked: nobody's code has run. */
function isUnreadable(thrown: unknown, line: Line | undefined): boolean {
	if (!(thrown instanceof Error)) return false;
	const { code = "", name, message } = thrown as NodeJS.ErrnoException;
	if (message.startsWith("Transform failed")) return true;
	// An `import()` or a `JSON.parse` of theirs throws the same, with a line of theirs.
	if (/^ERR_REQUIRE_(?:CYCLE|ASYNC)_MODULE$/.test(code)) return true;
	return (
		line === undefined &&
		(/^ERR_(?:MODULE|PACKAGE|UNSUPPORTED|UNKNOWN|INVALID_MODULE|IMPORT)/.test(code) || name === "SyntaxError")
	);
}

/** Where the import stands that failed: Node tells the file, and what was asked for. */
function lineOfImport(thrown: unknown, path: string): Line | undefined {
	const { message, stack = "" } = thrown as Error;
	const named = /^(file:\/\/\S+?|\/.*?):\d+$/m.exec(stack.split("\n")[0] ?? "")?.[1];
	const importer = / imported from (.+)$/m.exec(message)?.[1] ?? named ?? path;
	const file = importer.startsWith("file:") ? fileURLToPath(importer) : importer;
	const wanted = [...message.matchAll(/'([^']+)'/g)].map(([, each = ""]) => basename(each));
	for (const each of wanted.reverse()) {
		const word = each.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
		const line = lineWith(file, new RegExp(`(?:^|[^\\w])${word}(?:[^\\w]|$)`));
		if (line) return line;
	}
	return undefined;
}

/** The names that a source declares or imports. */
function namesIn(file: string): string[] {
	let text = "";
	try {
		text = readFileSync(file, "utf8");
	} catch {
		return [];
	}
	const declared = [...text.matchAll(/\b(?:const|let|var|function|class)\s+(\w+)/g)].map(([, name = ""]) => name);
	const imported = [...text.matchAll(/\bimport\s*\{([^}]*)\}/g)].flatMap(([, list = ""]) => list.match(/\w+/g) ?? []);
	return [...new Set([...declared, ...imported])].filter((name) => name !== "type" && name !== "as");
}

/** The one name that is so near that it was meant. */
function closest(name: string, known: readonly string[]): string[] {
	return nearest(name, known).slice(0, 1);
}

function messageOf(thrown: unknown): string {
	return thrown instanceof Error ? thrown.message : String(thrown);
}
