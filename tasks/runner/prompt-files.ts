import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Phase, PROMPT_FILES, SKILL_FILE } from "../contract/phase.ts";
import { Failure } from "../contract/problem.ts";
import type { PromptParts } from "../contract/prompt.ts";

/**
 * Reads a phase's prompt and the skill: each from the repository, or from the package where the repository has none.
 * @throws Failure `prompt-missing` when neither has it.
 */
export async function readPromptParts(phase: Phase, root: string, packageRoot: string): Promise<PromptParts> {
	const [skill, prompt] = await Promise.all(
		[SKILL_FILE, PROMPT_FILES[phase]].map((file) => readEither(file, [root, packageRoot])),
	);
	return { skill: skill ?? "", phase: prompt ?? "" };
}

async function readEither(file: string, folders: readonly string[]): Promise<string> {
	for (const folder of folders) {
		try {
			return await readFile(join(folder, file), "utf8");
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === "ENOENT") continue;
			throw new Failure(
				{ kind: "file-unreadable", path: join(folder, file), message: (error as Error).message },
				{ cause: error },
			);
		}
	}
	throw new Failure({ kind: "prompt-missing", file });
}
