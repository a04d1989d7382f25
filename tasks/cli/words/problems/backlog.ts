import type { BacklogProblem } from "../../../contract/problems/backlog.ts";
import { didYouMean } from "../did-you-mean.ts";
import { listed, plural, shellWord } from "../format.ts";
import type { Kinds, Message, Say } from "../say.ts";

/** What is wrong with a document, without its place. */
export function invalidDocument({ what, expected }: Extract<BacklogProblem, { kind: "document-invalid" }>): string {
	return `${what}; expected ${expected}.`;
}

/** The words for each BacklogProblem. */
export const BACKLOG: Kinds<BacklogProblem, Message, [Say]> = {
	"no-documents": ({ folder, pattern, setting, elsewhere }) => {
		const folders = elsewhere.map(({ folder, files }) => `${folder} (${files})`);
		const [most] = elsewhere;
		const glob = JSON.stringify(`${most?.folder}/*.md`);
		const example = setting === "layout.issues" ? `layout: { issues: ${glob} }` : `files: ${glob}`;
		return {
			what: `There is no issue document: no file is called ${folder}/${pattern}.${most ? `\nMarkdown is in ${listed(folders, 5)}.` : ""}`,
			remedy: most
				? `Say in the orchfile where issues are, as in \`${example}\`, or write one: the README shows its front matter.`
				: "Write one; the README shows the front matter it needs.",
		};
	},
	"no-items": ({ item, files }) => ({
		what: `There is no issue: ${plural(files.length, "file")}, none with an item such as \`${item}\`:\n${listed(files, 3)}`,
		remedy: "Say in the orchfile what an issue begins with: `item` of `verb.discoverItems`.",
	}),
	"no-issues": ({ folder, pattern, files }) => ({
		what: `There is no issue: ${plural(files.length, "file")} called ${folder}/${pattern}, none with front matter between lines of \`---\`:\n${listed(files, 3)}`,
		remedy:
			'The README shows the front matter an issue needs. Where ids stand elsewhere, say so in the orchfile, as in `layout: { fields: { id: "{id}-*.md" } }`.',
	}),
	"document-invalid": (problem) => ({ what: `${problem.file}:${problem.line}: ${invalidDocument(problem)}` }),
	"duplicate-id": ({ ids, files }) => ({
		what: `${ids.length === 1 ? `The id ${ids[0]} stands` : `The ids ${ids.join(" and ")} stand`} in ${files.length} documents:\n${files.map((file) => `  ${file}`).join("\n")}`,
		remedy: "Give each issue an id of its own (ids that differ by case only are the same folder on some disks).",
	}),
	"unknown-blocker": ({ file, key, id, nearest }) => ({
		what: `${file}: ${key} names ${id}, and there is no such issue.`,
		remedy: didYouMean(nearest) ?? "Correct the id, or take it out.",
	}),
	"newly-blocked": ({ issue, by, file, base }, say) => ({
		what: `${issue} was not begun: since this run began, it waits for ${by}, as ${file} on ${base} says.`,
		remedy: `To have it planned anew: ${say.goal(issue)}`,
	}),
	"blocker-cycle": ({ ids, files }) => ({
		what: `Issues wait for each other: ${ids.join(" ← ")}\n${[...new Set(files)].map((file) => `  ${file}`).join("\n")}`,
		remedy: "Take one of the blocked_by (or blocked) entries out.",
	}),
	"document-not-committed": ({ file, base, state, elsewhere, isIgnored }, say) => ({
		what: `${file} ${state === "missing" ? "is not" : "differs from what is"} committed on ${base}${isIgnored ? ", since git ignores it" : ""}: the agent would not see it as it stands.`,
		remedy: elsewhere
			? `Commit it on ${base}, or start from the branch that has it: --base ${shellWord(elsewhere)}`
			: `Commit it: ${say.git(`add ${isIgnored ? "-f " : ""}${shellWord(file)}`)} && ${say.git(`commit -m "Add issue" -- ${shellWord(file)}`)}`,
	}),
	"document-gone": ({ file, branch }, say) => ({
		what: `${file} is not in the worktree: the branch ${branch} has lost it.`,
		remedy: `To see where: ${say.git(`log --oneline ${say.revision(branch)} -- ${shellWord(file)}`)}`,
	}),
};
