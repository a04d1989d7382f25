import type { Foreseen } from "../../foresee-conflicts.ts";
import { inOneLine, listed, plural } from "./format.ts";

/** Files of a conflict that are named. */
const MOST_TOLD = 3;

/** Which accepted issues will conflict, a line each. Names of files are a stranger's text. */
export function foreseenLines({ conflicts, more }: Foreseen): string[] {
	const lines = conflicts.map(({ issues, files }) => {
		const paths = files.map(({ path }) => inOneLine(path));
		return `${issues.join(" and ")} both change ${listed(paths, MOST_TOLD)}: they will conflict.`;
	});
	const rest = `${plural(more, "more pair")} of issues ${more === 1 ? "changes" : "change"} the same files: whether they conflict was not tried.`;
	return more > 0 ? [...lines, rest] : lines;
}
