import { findIfThere } from "../system/find-program.ts";
import { bundledBubblewraps, codexBinary } from "./codex/package.ts";
import { secretFiles } from "./codex/secret-files.ts";

/** Absolute paths that nothing which an agent may have written reads: credentials, those of the agents' own programs among them. */
export function secretPaths(): string[] {
	return secretFiles();
}

/** The bubblewraps by which commands may be confined: those that come with the agents' programs, and the system's. */
export function bubblewraps(program?: string): string[] {
	return [...bundled(program), ...[findIfThere("bwrap") ?? []].flat()];
}

function bundled(program: string | undefined): string[] {
	try {
		return bundledBubblewraps(codexBinary(program));
	} catch {
		// It is not installed, which whoever is to take turns tells.
		return [];
	}
}
