import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { packageManagerOf } from "../../system/package-manager.ts";

/** Cuts a text to one line of at most `width` characters. */
export function oneLine(text: string, width = 200): string {
	const line = inOneLine(text);
	const characters = [...line];
	return characters.length > width ? `${characters.slice(0, width - 1).join("")}…` : line;
}

/** A text as one line, whole. */
export function inOneLine(text: string): string {
	return printable(text).replace(/\s+/g, " ").trim();
}

/** Takes out what could command the terminal in a text of an agent or of git: control characters, and marks that turn what comes behind them round. */
export function printable(text: string): string {
	return stripVTControlCharacters(text).replace(/[^\P{Cc}\n\t]|\p{Bidi_Control}/gu, "");
}

/** A duration in milliseconds, as `0.4s`, `12s`, `3m05s` or `2h10m`. */
export function duration(ms: number): string {
	if (ms < 1000) return `${(ms / 1000).toFixed(1)}s`;
	const seconds = Math.round(ms / 1000);
	if (seconds < 60) return `${seconds}s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60) return `${minutes}m${String(seconds % 60).padStart(2, "0")}s`;
	return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, "0")}m`;
}

/** A count, with a unit from a thousand on: `820`, `12.3k`, `1.2M`. */
export function count(number: number): string {
	if (number < 1000) return String(number);
	return number < 999_950 ? `${(number / 1000).toFixed(1)}k` : `${(number / 1_000_000).toFixed(1)}M`;
}

/** `1 file`, `2 files`. */
export function plural(number: number, noun: string): string {
	return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** A list in words, cut after `most` entries. */
export function listed(items: readonly string[], most = 5): string {
	const shown = items.slice(0, most).map(printable).join(", ");
	return items.length > most ? `${shown} and ${items.length - most} more` : shown;
}

/** A word as a POSIX shell takes it. */
export function shellWord(text: string): string {
	return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** What installs this package, which no registry has, for a folder, by the package manager that is in use there. */
export function installCommand(packageRoot: string, folder: string): string {
	const from = shellWord(packageRoot);
	const at = folder === process.cwd() ? "" : shellWord(folder);
	switch (packageManagerOf(folder)) {
		case "npm":
			return `npm install --save-dev ${from}${at && ` --prefix ${at}`}`;
		case "pnpm": {
			// In a workspace, pnpm wants to hear that its root is meant.
			const root = existsSync(join(folder, "pnpm-workspace.yaml")) ? " --workspace-root" : "";
			return `pnpm${at && ` --dir ${at}`} add --save-dev${root} ${from}`;
		}
		case "yarn":
			return `yarn${at && ` --cwd ${at}`} add --dev ${shellWord(`orchfile@file:${packageRoot}`)}`;
		case "bun":
			return `bun add --dev${at && ` --cwd ${at}`} ${shellWord(`orchfile@file:${packageRoot}`)}`;
	}
}

/** `git`, with `-C` where the repository is not the one that `cwd` is in. */
export function gitCommand(root: string, cwd: string): string {
	return `${cwd}${sep}`.startsWith(`${root}${sep}`) ? "git" : `git -C ${shellWord(root)}`;
}

/** `git`, with `-C` where `cwd` is not the top of the checkout that `folder` is in. */
export function gitAt(folder: string, cwd: string): string {
	const root = topOf(folder);
	return root === cwd || dirname(root) === root ? "git" : `git -C ${shellWord(root)}`;
}

/**
 * A branch as git takes it for a revision: by its name, or by more of it where a tag is called so too, which git would take
 * first (gitrevisions(7)). What is no branch stays as it is.
 * @param folder in a checkout of the repository.
 */
export function revisionOf(branch: string, folder: string): string {
	const pointer = join(topOf(folder), ".git");
	const gitDir = statSync(pointer, { throwIfNoEntry: false })?.isFile()
		? resolve(
				pointer,
				"..",
				textOf(pointer)
					.replace(/^gitdir: /, "")
					.trim(),
			)
		: pointer;
	const common = resolve(gitDir, textOf(join(gitDir, "commondir")).trim());
	const packed = textOf(join(common, "packed-refs"));
	const exists = (ref: string) => existsSync(join(common, ref)) || packed.includes(` ${ref}\n`);
	return exists(`refs/tags/${branch}`) && exists(`refs/heads/${branch}`) ? `heads/${branch}` : branch;
}

function textOf(file: string): string {
	return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/** The top of the checkout that a folder is in; the root of all folders where it is in none. */
export function topOf(folder: string): string {
	let root = folder;
	while (!existsSync(join(root, ".git")) && dirname(root) !== root) root = dirname(root);
	return root;
}
