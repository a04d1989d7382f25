import { describe, expect, test } from "vitest";
import { type DocumentReading, readDocument } from "../../tasks/backlog/document.ts";
import { identify } from "../../tasks/backlog/identify.ts";
import { globPattern, issuesPattern } from "../../tasks/backlog/layout-patterns.ts";
import { orderIssues } from "../../tasks/backlog/order.ts";
import { readItems } from "../../tasks/backlog/read-items.ts";
import { readLayout } from "../../tasks/backlog/read-layout.ts";
import { verifyItemSettings } from "../../tasks/contract/items.ts";
import { isOpen, meaningOf } from "../../tasks/contract/state.ts";
import { problemsIn } from "../support/documents.ts";
import { FAMILIES, type Family } from "../support/families.ts";

function readFamily({ layout: settings, items, files }: Family) {
	const layout = readLayout(settings);
	if (items) {
		verifyItemSettings(items);
		const pattern = globPattern(items.files.replace(/\{\w+\}/g, "*"));
		const readings = Object.entries(files)
			.filter(([file]) => pattern.test(file))
			.map(([file, text]) => readItems(file, Buffer.from(text), items, layout));
		const problems = readings.flatMap((each) => each.problems);
		return { layout, problems, skipped: [], read: readings.flatMap(({ issues }) => issues) };
	}
	const isIssue = issuesPattern(layout);
	const readings: DocumentReading[] = Object.entries(files)
		.filter(([file]) => isIssue.test(file))
		.map(([file, text]) => readDocument(file, Buffer.from(text), layout));
	return {
		layout,
		problems: readings.flatMap(problemsIn),
		skipped: readings.flatMap((each) => (each.kind === "no-front-matter" ? [each.file] : [])),
		read: readings.flatMap((each) => (each.kind === "issue" ? [each.issue] : [])),
	};
}

describe.each(FAMILIES)("$name", (family) => {
	const { layout, problems, skipped, read } = readFamily(family);
	const { issues, duplicates } = identify(read, layout.states);

	test("every document is an issue, or counted as none", () => {
		expect({ problems, duplicates }).toEqual({ problems: [], duplicates: [] });
		expect(skipped).toEqual(family.skipped ?? []);
		expect(issues.map(({ id }) => id).sort()).toEqual([...family.order, ...Object.keys(family.others)].sort());
	});

	test("what is open is in its order, and nothing else is", () => {
		const open = issues.filter((issue) => isOpen(issue, layout.states));
		const { ordered, problems: found } = orderIssues(open, issues, layout);
		expect(found).toEqual([]);
		expect(ordered.map(({ issue }) => issue.id)).toEqual(family.order);
		const others = issues.filter((issue) => !open.includes(issue));
		const meant = others.map((issue) => [issue.id, meaningOf(issue, layout.states)]);
		expect(Object.fromEntries(meant)).toEqual(family.others);
	});

	test("relations and fields are those that a reader sees", () => {
		const byId = new Map(issues.map((issue) => [issue.id, issue]));
		for (const [id, names] of Object.entries(family.blockedBy ?? {}))
			expect(byId.get(id)?.blockedBy, id).toEqual(names);
		for (const [id, fields] of Object.entries(family.fields ?? {})) expect(byId.get(id), id).toMatchObject(fields);
	});
});
