import { Failure, type Problem } from "./problem.ts";

/** What an orchfile may say of the commits that keep an attempt's work. Plain data. */
export interface CommitSettings {
	/** Their first line, with `{id}`, `{title}`, `{milestone}`, `{project}` and `{phase}`; `{id}: {title}` when absent. */
	readonly subject?: string;
}

/** What a subject can be made of. */
const PLACEHOLDERS = ["id", "title", "milestone", "project", "phase"];
/** Characters, before the placeholders are filled in. */
const LONGEST = 200;

/**
 * The form of the subject that an orchfile asks for.
 * @throws Failure `commit-invalid`, one for each setting that can't be used.
 */
export function readCommitSubject(settings: CommitSettings): string | undefined {
	const problems: Problem[] = [];
	const refuse = (key: string, value: unknown, expected: string) =>
		problems.push({ kind: "commit-invalid", key, value: JSON.stringify(value) ?? "nothing", expected });
	if (typeof settings !== "object" || settings === null || Array.isArray(settings))
		refuse("", settings, '{ subject: "{id}: {title}" }');
	else
		for (const key of Object.keys(settings)) if (key !== "subject") refuse(key, settings[key as "subject"], "subject");
	const subject = settings?.subject;
	if (subject !== undefined) {
		const expected = expectedOf(subject);
		if (expected !== undefined) refuse("subject", subject, expected);
	}
	if (problems.length > 0) throw new Failure(problems);
	return subject;
}

/** What was expected in the place of a form that can't be used; nothing for one that can. */
function expectedOf(subject: unknown): string | undefined {
	if (typeof subject !== "string") return 'a string, such as "feat({id}): {title}"';
	if (/\p{Cc}/u.test(subject)) return "one line, without control characters";
	if (subject.trim() !== subject) return "no space at its beginning or end";
	if (subject.length > LONGEST) return `at most ${LONGEST} characters`;
	const others = PLACEHOLDERS.reduce((text, name) => text.replaceAll(`{${name}}`, ""), subject);
	if (/[{}]/.test(others)) return `${PLACEHOLDERS.map((name) => `{${name}}`).join(", ")} as the only placeholders`;
	if (!/\{(?:id|title)\}/.test(subject)) return "{id} or {title} in it, so that commits can be told apart";
	return undefined;
}
