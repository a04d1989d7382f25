import type { ComparedCheck } from "./compared-check.ts";
import { type Unit, WHOLE } from "./units.ts";

/** Tests that the base does not have, and that are not skipped; none where it can't be told what it has. */
export function newTests({ now, was, isOwn, hasReport }: ComparedCheck): [string, Unit][] {
	const before = was ?? (isOwn ? new Map<string, Unit>() : undefined);
	if (!before || !hasReport) return [];
	return [...now].filter(([name, { status }]) => name !== WHOLE && !before.has(name) && status !== "skipped");
}

/** Tests that pass on both, and whose old version fails on the commit: their new one asks for something else, or for nothing. */
export function rewrittenTests({ now, was, oldTests, hasReport }: ComparedCheck): string[] {
	const isPass = (unit: Unit | undefined) => unit?.status === "passed" && !unit.isFlaky;
	return [...(oldTests ?? [])]
		.filter(([name, { status }]) => status === "failed" && isPass(now.get(name)) && isPass(was?.get(name)))
		.map(([name]) => name)
		.filter((name) => name !== WHOLE || !hasReport);
}
