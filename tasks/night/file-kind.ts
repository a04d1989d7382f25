import type { FileDiff } from "../contract/report.ts";

/** Files that package managers write, by their names. */
const LOCKS =
	/(?:^|\/)(?:(?:package-lock|npm-shrinkwrap|packages\.lock)\.json|(?:pnpm-lock|conda-lock)\.ya?ml|bun\.lockb?|go(?:\.work)?\.sum|gradle\.lockfile|Package\.resolved|\.terraform\.lock\.hcl|(?:yarn|Cargo|Gemfile|poetry|uv|Pipfile|pdm|composer|flake|mix|pubspec|Podfile|deno|Cartfile|buf|rebar)\.lock|Manifest\.toml)$/;

/** What programs write as a rule, by where it lies and what it is called. */
const GENERATED =
	/(?:^|\/)(?:dist|build|out|node_modules|vendor|third_party|__generated__|__snapshots__|\.yarn)\/|\.(?:min|bundle|generated|gen)\.[^/.]+$|\.(?:map|snap|designer\.cs|pb\.go|pb\.cc|pb\.h|pbxproj)$|_pb2(?:_grpc)?\.pyi?$|\.g\.dart$/;

/** Characters of a line that nobody has written. */
const MINIFIED = 2000;

/** What a file is to a person who looks at a diff. */
export function kindOfFile(
	path: string,
	about: { readonly modes: readonly string[]; readonly isBinary: boolean; readonly isMarked: boolean },
	patch: string,
): FileDiff["kind"] {
	if (about.modes.includes("160000")) return "submodule";
	if (LOCKS.test(path)) return "lock";
	if (about.isBinary) return "binary";
	return about.isMarked || GENERATED.test(path) || isMinified(path, patch) ? "generated" : "text";
}

function isMinified(path: string, patch: string): boolean {
	return /\.(?:[cm]?js|css|json|svg|html?)$/.test(path) && longestLine(patch) > MINIFIED;
}

function longestLine(text: string): number {
	let [longest, from] = [0, 0];
	for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", from)) {
		longest = Math.max(longest, at - from);
		from = at + 1;
	}
	return longest;
}
