import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "./documents.ts";

/** A fenced block of a guide. */
export interface Block {
	readonly language: string;
	readonly text: string;
	/** The line above it, blank lines left out. */
	readonly above: string;
}

/** The pages of the guides, in the order of their index. */
export function guidePages(): string[] {
	return [...readGuide("README.md").matchAll(/\]\(([a-z-]+\.md)\)/g)].map(([, file = ""]) => file);
}

/** The fenced blocks of a page, in order. */
export function blocksOf(page: string): Block[] {
	return blocksIn(readGuide(page));
}

/** The fenced blocks of a text. */
export function blocksIn(markdown: string): Block[] {
	const fences = /([^\n]*)\n*^```([a-z]*)\n([\s\S]*?)^```$/gm;
	return [...markdown.matchAll(fences)].map(([, above = "", language = "", text = ""]) => ({
		language,
		text,
		above,
	}));
}

/**
 * This repository's orchfile with what the guide on tasks adds to it, and the verbs that it adds, by their files, all as they are in a
 * repository that has installed the package; made in this folder, which is to be empty.
 */
export async function orchfileOfGuide(
	folder: string,
): Promise<{ readonly orchfile: string; readonly verbs: Readonly<Record<string, string>> }> {
	const patch = blocksOf("adding-a-task.md").find(({ language }) => language === "diff");
	await copyFile(join(ROOT, "orchfile.ts"), join(folder, "orchfile.ts"));
	await writeFile(join(folder, "size.patch"), patch?.text ?? "");
	await promisify(execFile)("git", ["apply", "size.patch"], { cwd: folder });
	const read = async (file: string) =>
		(await readFile(join(folder, file), "utf8"))
			.replaceAll(/"\.\/(?:tasks\/index|contract\/\w+|engine\/\w+)\.ts"/g, '"orchfile"')
			.replaceAll(/"\.\/tasks\/(\w+)\.ts"/g, '"./$1.mts"');
	const verbs = { "size.mts": await read("tasks/size.ts"), "notify.mts": await read("tasks/notify.ts") };
	return { orchfile: await read("orchfile.ts"), verbs };
}

function readGuide(page: string): string {
	return readFileSync(join(ROOT, "docs/guides", page), "utf8");
}
