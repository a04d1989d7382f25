import { access, constants, stat } from "node:fs/promises";
import { Failure, type Problem } from "../contract/problem.ts";
import { findNearest } from "./paths.ts";

/**
 * Checks that files can be made in each of these folders, or that the folder itself can. Makes nothing.
 * @throws Failure `folder-unwritable`, one for each place where they can't.
 */
export async function verifyWritable(folders: readonly string[]): Promise<void> {
	const places = new Set(await Promise.all(folders.map(findNearest)));
	const problems = await Promise.all([...places].map(whyNotWritable));
	if (problems.flat().length > 0) throw new Failure(problems.flat());
}

async function whyNotWritable(path: string): Promise<Problem[]> {
	const unwritable = (message: string): Problem[] => [{ kind: "folder-unwritable", path, message }];
	try {
		if (!(await stat(path)).isDirectory()) return unwritable("it is no folder");
		await access(path, constants.W_OK | constants.X_OK);
		return [];
	} catch (error) {
		return unwritable((error as NodeJS.ErrnoException).code ?? String(error));
	}
}
