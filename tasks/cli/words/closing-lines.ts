import { styleText } from "node:util";
import type { IssuePlan } from "../../contract/issue.ts";
import type { Closing } from "../../done.ts";
import type { Decoration } from "./doctor-words.ts";
import { plural, printable, shellWord } from "./format.ts";
import type { Say } from "./say.ts";

/** The one line that closing an issue changes in its document, as git shows a change. */
export function lineChange({ issue, before, after }: Closing, decoration: Decoration): string {
	const file = printable(issue.docPath);
	const [old = [], now = []] = [before, after ?? before].map((bytes) => bytes.toString().split(/\r?\n/));
	const at = now.findIndex((line, index) => line !== old[index]);
	const isReplaced = old.length === now.length;
	const styled = (colour: "red" | "green", text: string) => (decoration === "colours" ? styleText(colour, text) : text);
	return [
		`--- a/${file}`,
		`+++ b/${file}`,
		`@@ -${isReplaced ? `${at + 1}` : `${at},0`} +${at + 1} @@`,
		...(isReplaced ? [styled("red", `-${printable(old[at] ?? "")}`)] : []),
		styled("green", `+${printable(now[at] ?? "")}`),
	].join("\n");
}

/** A line for each issue whose document a person has to change. */
export function byHandLines(issues: readonly IssuePlan[]): string[] {
	return issues.map(
		({ id, docPath }) =>
			`${id}: its state is in no line of a front matter of its own. Say by hand that it is done: ${printable(docPath)}`,
	);
}

/** What was done, or what to type for it. */
export function nextLine(
	issues: readonly IssuePlan[],
	done: { readonly isWritten: boolean; readonly commit: string | undefined; readonly subject: string },
	target: string | undefined,
	say: Say,
): string {
	const { isWritten, commit, subject } = done;
	if (commit !== undefined) return `Committed on ${issues[0]?.base.name}: ${commit.slice(0, 10)}`;
	const files = issues.map(({ docPath }) => shellWord(docPath)).join(" ");
	if (isWritten) return `To commit it: ${say.git(`commit -m ${shellWord(subject)} -- ${files}`)}`;
	const command = target === undefined ? say("done --write") : say(`done ${shellWord(target)} --write`);
	return `Nothing was written. To write it into ${plural(issues.length, "document")}: ${command}`;
}
