import type { AnswerProblem } from "../../../contract/problems/answer.ts";
import { listed, oneLine, plural, shellWord } from "../format.ts";
import { holderWords, type Kinds, type Message, type Say } from "../say.ts";

/** The words for each AnswerProblem. */
export const ANSWER: Kinds<AnswerProblem, Message, [Say]> = {
	"nothing-to-answer": ({ issue }, say) => ({
		what: `There is no attempt on ${issue} to answer.`,
		remedy: `To have it done: ${say.goal(issue)}`,
	}),
	"answered-while-run": ({ issue, holder }, say) => ({
		what: `${issue} is being worked on: ${holderWords(holder)}. What it comes to may ask something else.`,
		remedy: `Once it has ended: ${say(`answer ${shellWord(issue)}`)}`,
	}),
	"attempt-since": ({ issue }, say) => ({
		what: `Another attempt on ${issue} has begun since you were asked.`,
		remedy: `To see where it stands: ${say(`why ${shellWord(issue)}`)}`,
	}),
	"nobody-to-ask": ({ issue, questions }, say) => {
		const some = questions.map((each) => `\n  ${oneLine(each, 300)}`).join("");
		const asks = questions.length === 0 ? "has no open question" : `asks ${plural(questions.length, "question")}`;
		const texts = questions.length === 0 ? " -m REMARK" : " -m ANSWER".repeat(questions.length);
		return {
			what: `${issue} ${asks}, and there is no terminal to ask in.${some}`,
			remedy: `${questions.length > 1 ? "To answer them, in this order" : "To answer"}: ${say(`answer ${shellWord(issue)}${texts}`)}`,
		};
	},
	"no-editor": ({ issue, editor }, say) => ({
		what:
			editor === undefined ? "There is no editor to ask in." : `The editor can't be started: ${oneLine(editor, 120)}`,
		remedy: `Set one, as GIT_EDITOR, core.editor, VISUAL or EDITOR, or do without: ${say(`answer ${shellWord(issue)} -m ANSWER`)}`,
	}),
	"editor-failed": ({ editor, exitCode }) => ({
		what: `The editor ${exitCode === null ? "was ended" : `exited with ${exitCode}`}, so that nothing was written: ${oneLine(editor, 120)}`,
	}),
	"answers-unreadable": ({ path, message }) => ({ what: `Answers can't be read from ${path}: ${message}.` }),
	"answers-too-long": ({ file, size: bytes, most }) => ({
		what: `With these answers ${file} would have ${kilobytes(bytes)}, and a document has ${kilobytes(most)} at most.`,
		remedy: "Put what is long into a file of the repository, and name that in the answer.",
	}),
	"document-shared": ({ file, issue, others }) => ({
		what: `${file} has other issues too (${listed(others)}), and nothing tells where ${issue} begins.`,
		remedy: "Write the answers into it, where its agent looks for them, and commit that.",
	}),
	"document-no-file": ({ file, issue }) => ({
		what: `The document of ${issue} is no markdown file of this checkout: ${file}`,
		remedy: "Write the answers where its agent looks for them, and commit that.",
	}),
	"document-moved-on": ({ file, issue }, say) => ({
		what: `${file} has changed since ${issue} was looked for in it.`,
		remedy: `Once it is as it should be: ${say(`answer ${shellWord(issue)}`)}`,
	}),
	"base-not-checked-out": ({ file, base, branch }, say) => ({
		what: `${branch === undefined ? "No branch" : branch} is checked out, and ${file} is read from ${base}.`,
		remedy: `To write there: ${say.git(`switch ${shellWord(base)}`)}`,
	}),
	"document-changed-too": ({ file, how }, say) => {
		const path = shellWord(file);
		if (how === "untracked")
			return {
				what: `${file} is in no commit yet.`,
				remedy: `Commit it first: ${say.git(`add ${path}`)} && ${say.git(`commit -- ${path}`)}`,
			};
		const what =
			how === "staged"
				? `${file} has changes that are staged, and others that are not.`
				: `${file} has other changes that are not committed.`;
		return { what, remedy: `Commit them first, or leave --commit out: ${say.git(`commit -- ${path}`)}` };
	},
	"checkout-under-way": ({ underWay }, say) => ({
		what: `A ${underWay.what} is under way in this checkout, so that git commits no single file.`,
		remedy: `End it first: ${say.git("status")}`,
	}),
	"answers-not-committed": ({ file, issue, message }, say) => ({
		what: `git has not committed ${file}: ${message
			.split("\n")
			.slice(-20)
			.map((line) => `\n  ${oneLine(line, 300)}`)
			.join("")}`,
		remedy: `The answers stand in it. Once that is mended: ${say(`answer ${shellWord(issue)} --commit`)}`,
	}),
};

function kilobytes(bytes: number): string {
	return `${Math.ceil(bytes / 1024)} KB`;
}
