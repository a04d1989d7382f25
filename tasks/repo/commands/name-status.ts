import type { PathChange } from "../../contract/path-change.ts";
import { splitZ } from "./split.ts";

/** Arguments of the `git diff` that {@link parseNameStatus} reads: what `to` has changed since `from`, whatever settings say of renames. */
export function nameStatus(from: string, to: string): string[] {
	return ["diff", "--name-status", "-z", "-M", "-l2000", "--no-ext-diff", "--no-color", from, to, "--"];
}

/** Reads what `git diff --name-status -z -M` has printed. */
export function parseNameStatus(stdout: string): PathChange[] {
	const fields = splitZ(stdout)[Symbol.iterator]();
	const changes: PathChange[] = [];
	const next = () => fields.next().value ?? "";
	for (const status of fields) {
		const path = next();
		if (status.startsWith("R"))
			changes.push({ kind: "renamed", from: path, path: next(), isChanged: status !== "R100" });
		else if (status.startsWith("C")) changes.push({ kind: "added", path: next() });
		else if (status === "T") changes.push({ kind: "changed", path, isRelinked: true });
		else changes.push({ kind: status === "A" ? "added" : status === "D" ? "deleted" : "changed", path });
	}
	return changes;
}
