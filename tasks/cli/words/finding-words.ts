import { type Finding, isError } from "../../contract/finding.ts";
import type { Problem } from "../../contract/problem.ts";
import type { Checked } from "../../contract/value.ts";
import { unreachable } from "../../engine/outcome.ts";
import { listed, oneLine, plural, printable } from "./format.ts";
import { messageOf } from "./problem-words.ts";
import { invalidDocument } from "./problems/backlog.ts";
import type { Say } from "./say.ts";

/** What a check found: a line each, `file:line: what, expected, remedy`, and a closing count. */
export function checkText(
	{ issues, findings, unknownKeys, skipped, unusedGlobs, stateless }: Checked,
	say: Say,
): string {
	const errors = findings.filter(isError).length;
	const lines = findings.map((finding) => findingLine(finding, say));
	const found = `${plural(errors, "error")}, ${plural(findings.length - errors, "warning")}`;
	return [
		...lines,
		...unknownLine(unknownKeys),
		...skippedLine(skipped),
		...unusedGlobs.map((glob) => `No file is called ${glob}, as layout.issues has it`),
		...statelessLine(stateless),
		`${plural(issues, "issue")} checked: ${found}.`,
	].join("\n");
}

/** One line for all keys that are probably a tracker's, the rarest first: among these a slip of the pen would be. */
function unknownLine(keys: Checked["unknownKeys"]): string[] {
	const rarest = keys.toSorted((a, b) => a.documents - b.documents);
	const shown = rarest.map(({ key, documents }) => `${oneLine(key, 40)} (${documents})`);
	return keys.length === 0
		? []
		: [
				`Keys that are not read, with the number of documents: ${listed(shown, 8)}. To have them left out here: layout.foreign`,
			];
}

/** One line for the documents that are no issues. */
function skippedLine(files: Checked["skipped"]): string[] {
	return files.length === 0
		? []
		: [`${plural(files.length, "document")} without front matter left out: ${listed(files, 8)}`];
}

/** One line for the issues that are run for want of a state. */
function statelessLine(ids: Checked["stateless"]): string[] {
	return ids.length === 0
		? []
		: [`${plural(ids.length, "issue")} without a state, which counts as open: ${listed(ids, 8)}`];
}

/** One finding, as one line that editors and CI can follow. */
export function findingLine(finding: Finding, say: Say): string {
	return `${finding.file}:${finding.line}: ${isError(finding) ? "error" : "warning"}: ${sentenceOf(finding, say)}`;
}

/** What was found, without its place. */
export function sentenceOf(finding: Finding, say: Say): string {
	switch (finding.kind) {
		case "broken":
			return brokenWords(finding.problem, say).replace(/\s*\n\s*/g, " ");
		case "dangling": {
			const near =
				finding.nearest.length > 0 ? `; did you mean ${listed(finding.nearest)}?` : "; correct the id, or take it out";
			const expected = /\.md$/i.test(finding.id) ? "the document of an issue" : "the id of an issue";
			return `${finding.relation} names ${finding.id}, expected ${expected}${near}`;
		}
		case "cycle":
			return `${finding.relation} goes in a circle: ${finding.ids.join(" ← ")}, expected an end; take one of them out`;
		case "one-sided":
			return `${finding.relation} names ${finding.id}, but ${finding.other} does not name it back; add it there under ${finding.missing}`;
		case "done-but-blocked":
			return `state is ${finding.state}, but it is blocked by ${finding.by}, which is ${finding.byState}; correct one of them`;
		case "milestone-document":
			return finding.found.length === 0
				? `milestone ${finding.milestone} has no document, expected ${finding.expected}; add one for the agent to read`
				: `milestone ${finding.milestone} has several documents, expected one: ${listed(finding.found)}; rename all but one`;
		case "unknown-key":
			return `${printable(finding.key)} is not read; did you mean ${finding.meant}?`;
		case "lost-fence":
			return `${printable(finding.what)}, so it is no issue; expected ${finding.expected}`;
		case "unknown-state":
			return unknownStateWords(finding);
		case "type":
			return `${finding.code}: ${printable(finding.message)}`;
		case "not-committed":
			return `${finding.state === "missing" ? "not committed" : "changed since it was committed"}, expected as it stands in the base; commit it before a run`;
		default:
			return unreachable(finding);
	}
}

function unknownStateWords({ state, near }: Extract<Finding, { kind: "unknown-state" }>): string {
	const word = oneLine(state, 40);
	const meant = near === undefined ? "." : `; did you mean ${near}?`;
	const said = `layout: { states: { open: [${JSON.stringify(word)}] } }`;
	return `state ${word || '""'} is unknown, so the issue is not run${meant} To say what it means, in the orchfile: ${said}, or closed, or held`;
}

/** A problem without the place that a finding begins with. */
function brokenWords(problem: Problem, say: Say): string {
	if (problem.kind === "document-invalid") return printable(invalidDocument(problem));
	const { what, remedy } = messageOf(problem, say);
	return remedy ? `${what} ${remedy}` : what;
}
