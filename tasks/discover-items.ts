import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Backlog, Broken } from "./backlog/backlog.ts";
import { identify } from "./backlog/identify.ts";
import { fixedFolder, globPattern, milestonesPattern } from "./backlog/layout-patterns.ts";
import { type ItemsReading, readItems } from "./backlog/read-items.ts";
import { sketchOfIssue } from "./backlog/sketch.ts";
import { type ItemSettings, USUAL_ITEM } from "./contract/items.ts";
import type { Layout } from "./contract/layout.ts";
import type { RunOptions } from "./contract/options.ts";
import { Failure } from "./contract/problem.ts";
import { findBelow, noDocuments, openForRun, tellLinks } from "./discover.ts";
import type { RunContext } from "./engine/task.ts";
import { withAddresses } from "./standing/claims.ts";

/**
 * Finds and reads the issues that are parts of documents in the checkout.
 * @throws Failure when there is no usable repository, or no such document.
 */
export async function discoverItemsIn(
	settings: ItemSettings,
	_: unknown,
	context: RunContext<RunOptions>,
): Promise<Backlog> {
	const { layout } = context.options;
	const repository = await openForRun(context);
	const { root } = repository;
	const pattern = globPattern(settings.files.replace(/\{\w+\}/g, "*"));
	const links: string[] = [];
	const files = (await findBelow(root, fixedFolder(settings.files), links)).filter((file) => pattern.test(file)).sort();
	const linked = tellLinks(root, links, pattern);
	if (files.length === 0 && linked.length > 0) throw new Failure(linked);
	if (files.length === 0) throw await noDocuments(repository, settings.files, "discoverItems");
	const readings = files.map((file) => read(root, file, settings, layout));
	if (readings.every((each) => each.issues.length + each.problems.length === 0))
		throw new Failure({ kind: "no-items", item: settings.item ?? USUAL_ITEM, files });
	const { issues, duplicates } = identify(
		readings.flatMap((each) => each.issues),
		layout.states,
	);
	const isMilestone = milestonesPattern(layout);
	return {
		repository,
		issues: await withAddresses(issues, repository, layout),
		skipped: files.filter((_, at) => readings[at]?.issues.length === 0 && readings[at]?.problems.length === 0),
		lost: linked,
		broken: [
			...readings.flatMap(brokenIn),
			...duplicates.map(({ project, problem, issues: same }) => ({
				project,
				problems: [problem],
				sketches: same.map((each) => sketchOfIssue(each, layout)),
			})),
		],
		milestoneDocs:
			layout.milestones === null
				? []
				: (await findBelow(root, fixedFolder(layout.milestones))).filter((file) => isMilestone.test(file)),
	};
}

/** What is wrong with a document, a fault each: an item that is ticked is in nobody's way. */
function brokenIn({ project, problems, sketches }: ItemsReading): Broken[] {
	return problems.map((problem) => {
		const sketch = sketches.get(problem);
		return { project, problems: [problem], ...(sketch ? { sketches: [sketch] } : {}) };
	});
}

function read(root: string, file: string, settings: ItemSettings, layout: Layout): ItemsReading {
	try {
		return readItems(file, readFileSync(join(root, file)), settings, layout);
	} catch (error) {
		const message = (error as Error).message;
		const problems = [{ kind: "file-unreadable", path: file, message }] as const;
		return { project: undefined, issues: [], problems, sketches: new Map() };
	}
}
