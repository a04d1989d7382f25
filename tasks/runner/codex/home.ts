import { Failure, type Problem } from "../../contract/problem.ts";
import { verifyWritable } from "../../system/writable.ts";
import { codexHome } from "./secret-files.ts";

/** What keeps Codex from writing its threads and databases, without which no turn begins; its own doctor does not look at that. */
export async function homeProblems(home = codexHome()): Promise<readonly Problem[]> {
	try {
		await verifyWritable([home]);
		return [];
	} catch (error) {
		if (error instanceof Failure) return error.problems;
		throw error;
	}
}
