import { access, constants, lstat, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Failure, type Problem } from "../contract/problem.ts";

/**
 * Checks that files can be made in each of these folders, or that the folder itself can. Makes nothing.
 * @throws Failure `folder-unwritable`, one for each place where they can't.
 */
export async function verifyWritable(folders: readonly string[]): Promise<void> {
	const places = new Set(await Promise.all(folders.map(findNearest)));
	const problems = await Promise.all([...places].map(whyNotWritable));
	if (problems.flat().length > 0) throw new Failure(problems.flat());
}

/** The folder, or what of its path there is. */
export async function findNearest(path: string): Promise<string> {
	// A link that leads nowhere is there, and in the way.
	const isThere = await lstat(path).then(
		() => true,
		(error) => error.code !== "ENOENT" && error.code !== "ENOTDIR",
	);
	return isThere || dirname(path) === path ? path : findNearest(dirname(path));
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
