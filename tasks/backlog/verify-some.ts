import type { Layout } from "../contract/layout.ts";
import { Failure } from "../contract/problem.ts";
import type { Backlog } from "./backlog.ts";
import { globsOf } from "./layout-patterns.ts";

/**
 * A backlog that has documents has issues.
 * @throws Failure `no-issues`, or what makes its documents look like some.
 */
export function verifySome(
	{ issues, broken, skipped, lost = [], repository }: Backlog,
	{ issues: globs }: Pick<Layout, "issues">,
): void {
	if (issues.length > 0 || broken.length > 0 || skipped.length === 0) return;
	if (lost.length > 0) throw new Failure(lost);
	throw new Failure({
		kind: "no-issues",
		pattern: globsOf(globs).join(", "),
		folder: repository.root,
		files: skipped,
	});
}
