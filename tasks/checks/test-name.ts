import { createHash } from "node:crypto";
import { posix } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** Longest name of a test that is kept as it is. */
const LONGEST = 400;

/** Stands between the parts of a test's name. */
export const SEPARATOR = " › ";

/** What a report says of who a test is. */
export interface TestPlace {
	/** Names of the suites around it, the outermost first. */
	readonly suites: readonly string[];
	readonly classname: string;
	readonly name: string;
	/** Path of its file, where the report has it. */
	readonly file: string;
}

/**
 * A name for a test that is the same in every run and in every folder: none of `folders` is in it, nor a time. What reporters set
 * alike for all tests is left out: `test` is what Node calls every class.
 */
export function testName(place: TestPlace, folders: readonly string[]): string {
	const [classname = "", name = "", file = "", ...suites] = [
		place.classname,
		place.name,
		place.file,
		...place.suites,
	].map((text) => withoutFolders(oneLine(text), folders));
	const isClass = classname !== "" && classname !== name && classname !== "test";
	const above = isClass ? [classname] : suites.filter(Boolean);
	const isTold = file === "" || [...above, name].some((part) => tellsFile(part, file));
	const parts = [...(isTold ? [] : [file]), ...above, name || "(without a name)"];
	return shortened(parts.join(SEPARATOR));
}

/** Whether a name tells the file: by its path, as a module, or as the class that is alone in it. */
function tellsFile(part: string, file: string): boolean {
	const module = file.replace(/\.[^./]+$/, "");
	const isClass = /[.\\:]/.test(part) && part.split(/[.\\:]+/).at(-1) === posix.basename(module);
	return part.includes(module) || part.includes(module.replaceAll("/", ".")) || isClass;
}

/** Whether a name is a file's, by its path or as a module: it stands for tests only as long as that can't be loaded. */
export function isFile(name: string): boolean {
	return /^\S*[./]\S*$/.test(name.split(SEPARATOR).at(-1) ?? "");
}

/** A text without the folders that a check ran in: paths in it are relative to them. */
export function withoutFolders(text: string, folders: readonly string[]): string {
	return [...folders]
		.filter((folder) => folder.length > 1)
		.sort((a, b) => b.length - a.length)
		.reduce((rest, folder) => {
			if (!rest.includes(folder)) return rest;
			const inside = rest.replaceAll(`file://${folder}/`, "").replaceAll(`${folder}/`, "");
			return inside.replaceAll(folder, ".");
		}, text)
		.replace(/^\.\//, "");
}

/** The name under which a test is told from those that have the same: the second is `name (2)`. */
export function ownName(name: string, isTaken: (name: string) => boolean, next: Map<string, number>): string {
	if (!isTaken(name)) return name;
	let number = next.get(name) ?? 2;
	while (isTaken(`${name} (${number})`)) number += 1;
	next.set(name, number + 1);
	return `${name} (${number})`;
}

function oneLine(text: string): string {
	return stripVTControlCharacters(text)
		.replace(/[\s\p{Cc}]+/gu, " ")
		.trim();
}

/** Two long names that differ in their end alone stay two. */
function shortened(name: string): string {
	if (name.length <= LONGEST) return name;
	const hash = createHash("sha256").update(name).digest("hex").slice(0, 10);
	return `${name.slice(0, LONGEST)}… ${hash}`;
}
