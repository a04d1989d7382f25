import { type FilterFailed, readFilterFailed } from "./filter-words.ts";

/** What git has said it refuses, before anybody has looked at the files it names. */
export type Said =
	| FilterFailed
	| { readonly kind: "lock-file"; readonly path: string }
	| { readonly kind: "not-signed"; readonly detail: string }
	| { readonly kind: "branch-in-the-way"; readonly branch: string; readonly existing: string }
	| { readonly kind: "branch-checked-out"; readonly branch: string; readonly path: string }
	| { readonly kind: "ref-blocked"; readonly ref: string; readonly path: string }
	| { readonly kind: "git-unwritable"; readonly path: string; readonly detail: string }
	| { readonly kind: "file-refused"; readonly file: string; readonly detail: string }
	| { readonly kind: "index-broken"; readonly index: string }
	| { readonly kind: "object-damaged"; readonly detail: string; readonly file?: string }
	| { readonly kind: "config-broken"; readonly file?: string; readonly line?: number; readonly key?: string }
	| { readonly kind: "identity-lost" };

type Read = readonly [RegExp, (...groups: string[]) => Said];

const NO_PERMISSION = "(Permission denied|Operation not permitted|Read-only file system)";

/** git's words (LC_ALL=C), the first that fit: a reason stands before what follows from it. */
const REFUSALS: readonly Read[] = [
	[/Unable to create '(.+\.lock)': File exists/, (path) => ({ kind: "lock-file", path })],
	[/could not lock config file (.+): File exists/, (file) => ({ kind: "lock-file", path: `${file}.lock` })],
	[/bad config line (\d+) in file (.+)/, (line, file) => ({ kind: "config-broken", file, line: Number(line) })],
	[
		/bad config variable '(.+)' in file '(.+)' at line (\d+)/,
		(key, file, line) => ({ kind: "config-broken", file, line: Number(line), key }),
	],
	[/bad (?:boolean|numeric) config value '.*' for '(.+?)'/, (key) => ({ kind: "config-broken", key })],
	[
		/(?:^error: |^fatal: )(.*(?:failed to sign|load public key|user\.signingkey|cannot run .*(?:gpg|ssh-keygen)|signing key).*)$/m,
		(detail) => ({ kind: "not-signed", detail }),
	],
	[
		/'([^'\n]+)' is already (?:checked out|used by worktree) at '([^'\n]+)'/,
		(branch, path) => ({ kind: "branch-checked-out", branch, path }),
	],
	[
		/'refs\/heads\/([^'\n]+)' exists; cannot create 'refs\/heads\/([^'\n]+)'/,
		(existing, branch) => ({ kind: "branch-in-the-way", branch, existing }),
	],
	[/'(refs\/[^'\n]+)' exists; cannot create '(refs\/[^'\n]+)'/, (path, ref) => ({ kind: "ref-blocked", ref, path })],
	[
		/cannot lock ref '(.+)': there is a non-empty directory '(.+)' blocking/,
		(ref, path) => ({ kind: "ref-blocked", ref, path }),
	],
	[
		/cannot lock ref '(.+?)': unable to create lock file (.+?); non-directory in the way/,
		(ref, path) => ({ kind: "ref-blocked", ref, path }),
	],
	[
		/insufficient permission for adding an object to repository database (.+)/,
		(path) => ({ kind: "git-unwritable", path, detail: "Permission denied" }),
	],
	[
		/cannot lock ref '.+': unable to create directory for (.+)/,
		(path) => ({ kind: "git-unwritable", path, detail: "Permission denied" }),
	],
	[
		new RegExp(`(?:create|append|write|lock|unlink|delete|open|rename|update).*?'([^'\\n]+)': ${NO_PERMISSION}`),
		(path, detail) => ({ kind: "git-unwritable", path, detail }),
	],
	[
		new RegExp(`(?:create|append to|write|lock config file|unlink|open) (/\\S.*?): ${NO_PERMISSION}`),
		(path, detail) => ({ kind: "git-unwritable", path, detail }),
	],
	[
		/invalid path '([^']+)'/i,
		(file) => ({ kind: "file-refused", file, detail: "its name could stand for one of git's own" }),
	],
	[
		/(will not add file alias '(.+)' \('.+' already exists in index\))/,
		(detail, file) => ({ kind: "file-refused", file, detail }),
	],
	[
		/((?:LF|CRLF) would be replaced by (?:CRLF|LF) in (.+))/,
		(detail, file) => ({ kind: "file-refused", file, detail }),
	],
	[
		/^fatal: (failed to encode '(.+)' from .+|BOM is (?:required|prohibited) in '(.+)' if encoded .+)$/m,
		(detail, one, other) => ({ kind: "file-refused", file: one || other, detail }),
	],
	[
		/(?:bad signature|index file corrupt|index file smaller than expected|bad index file|bad index version|index uses .* extension)/,
		() => ({ kind: "index-broken", index: "" }),
	],
	[
		/(.*loose object [0-9a-f]+ \(stored in (.+)\) is corrupt)/,
		(detail, file) => ({ kind: "object-damaged", detail: detail.replace(/^fatal: /, ""), file }),
	],
	[/(?:error|fatal): (object file (.+) is empty)/, (detail, file) => ({ kind: "object-damaged", detail, file })],
	[
		/(?:error|fatal): (.*(?:unable to read (?:sha1 file|tree|object)|bad (?:tree )?object|missing (?:blob|tree|commit)|could not read [0-9a-f]{40}|Not a valid object name [0-9a-f]{40}|git cat-file [0-9a-f]{40}: bad file|failed to read object|unable to find [0-9a-f]{40}|unable to parse|reference is not a tree|packfile .* (?:cannot|does not|is)|failed to unpack).*)/i,
		(detail) => ({ kind: "object-damaged", detail }),
	],
	[
		/identity unknown|auto-detection is disabled|empty ident name|unable to auto-detect email/,
		() => ({ kind: "identity-lost" }),
	],
];

/** Reads from what git has said why it refuses; nothing where its own words have to do. */
export function readRefusal(stderr: string): Said | undefined {
	// Before all else: what a filter says of its own could be taken for words of git.
	const filter = readFilterFailed(stderr);
	if (filter) return filter;
	for (const [pattern, read] of REFUSALS) {
		const match = pattern.exec(stderr);
		if (match) return read(...match.slice(1).map((group) => group ?? ""));
	}
	return undefined;
}
