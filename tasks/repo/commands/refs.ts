/** A ref that points to a blob, with what that holds. */
export interface BlobRef {
	/** The full name. */
	readonly ref: string;
	readonly blob: string;
	readonly text: string;
}

/** Arguments of the `git for-each-ref` that {@link parseTips} reads. */
export function refTips(prefix: string): string[] {
	return ["for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", prefix];
}

/** Reads commits by the names of branches, without `refs/heads/`, from what the command of {@link refTips} has printed. */
export function parseTips(stdout: string): Map<string, string> {
	return new Map(linesOf(stdout).map((line) => [line.slice(line.indexOf(" ") + 1), line.slice(0, line.indexOf(" "))]));
}

/** Arguments of the `git for-each-ref` that {@link parseRefNames} reads. */
export const BRANCH_NAMES = ["for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads"];

/** Reads names of refs, a line each: a name has neither line feeds nor blanks in it. */
export function parseRefNames(stdout: string): string[] {
	return linesOf(stdout);
}

/** Arguments of the `git for-each-ref` that {@link parseBlobRefs} reads. */
export function blobRefs(prefix: string): string[] {
	return ["for-each-ref", "--format=%(refname)%00%(objectname)%00%(raw)%00", prefix];
}

/** Reads what the command of {@link blobRefs} has printed. After a blob that holds a NUL, nothing is sure to be a ref. */
export function parseBlobRefs(stdout: string): BlobRef[] {
	const fields = stdout.split("\0");
	const refs: BlobRef[] = [];
	for (let at = 0; at + 2 < fields.length; at += 3) {
		const [ref = "", blob = "", text = ""] = fields.slice(at, at + 3);
		// A line feed ends each answer, and so stands before the next one.
		refs.push({ ref: ref.trim(), blob, text });
	}
	return refs;
}

function linesOf(stdout: string): string[] {
	return stdout.split("\n").filter(Boolean);
}
