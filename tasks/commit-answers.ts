import type { IssuePlan } from "./contract/issue.ts";
import { Failure, problemOf } from "./contract/problem.ts";
import { typesSubjects } from "./init.ts";
import { commitFiles } from "./repo/persons-commit.ts";
import { told } from "./told.ts";

/** The first line of a commit that has a person's answers, in the form that is usual in the repository. */
export async function answerSubject({ id, repository }: IssuePlan): Promise<string> {
	return (await typesSubjects(repository.root)) ? `docs: answer ${id}` : `Answer ${id}`;
}

/**
 * Commits an issue's document, and nothing else, with the repository's hooks.
 * @returns the commit.
 * @throws Failure `answers-not-committed`, or what else git refuses.
 */
export async function commitAnswers(issue: IssuePlan): Promise<string> {
	const { repository, docPath: file, id } = issue;
	const subject = await answerSubject(issue);
	return told(async () => commitFiles(repository, [file], `${subject}\n`))().catch((error: unknown) => {
		const problem = problemOf(error);
		if (problem?.kind !== "git-failed") throw error;
		const { stderr: message } = problem;
		throw new Failure({ kind: "answers-not-committed", file, issue: id, message }, { cause: error });
	});
}
