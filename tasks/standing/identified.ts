import type { Backlog } from "../backlog/backlog.ts";
import { identify } from "../backlog/identify.ts";
import { sketchOfIssue } from "../backlog/sketch.ts";
import { ownIdOf } from "../contract/identity.ts";
import type { Issue } from "../contract/issue.ts";
import type { Layout } from "../contract/layout.ts";
import { isMilestone, isName, MILESTONE_RULE, NAME_RULE } from "../contract/names.ts";
import type { Problem } from "../contract/problem.ts";
import { withAddresses } from "./claims.ts";

/** Lists that were identified in this process: to do so again takes a tenth of the time in which they were read. */
const KNOWN = new WeakMap<readonly Issue[], number>();

/** Says of a list that it is as {@link identified} has it, for as long as nothing is added to it. */
export function asIdentified(issues: readonly Issue[]): readonly Issue[] {
	KNOWN.set(issues, issues.length);
	return issues;
}

/**
 * A backlog as it came out of the graph, whose list an orchfile may have made in its own way: held to what documents are held to. What
 * has an id of another, or a name that can be no branch and no folder, is taken out of the issues and told with what is broken. One
 * that was identified already is as it was.
 */
export async function identified(backlog: Backlog, layout: Layout): Promise<Backlog> {
	if (KNOWN.get(backlog.issues) === backlog.issues.length) return backlog;
	const misnamed = backlog.issues.filter((issue) => findMisnamed(issue) !== undefined);
	const wellNamed = misnamed.length === 0 ? backlog.issues : backlog.issues.filter((each) => !misnamed.includes(each));
	const { issues, duplicates } = identify(wellNamed, layout.states);
	const isNew = issues.some(({ id }, at) => id !== wellNamed[at]?.id);
	const broken = [
		...misnamed.map((issue) => ({ project: projectOf(issue), problems: misnameOf(issue) })),
		...duplicates.map(({ project, problem, issues: same }) => ({
			project,
			problems: [problem],
			sketches: same.map((each) => sketchOfIssue(each, layout)),
		})),
	];
	return {
		...backlog,
		issues: isNew ? await withAddresses(issues, backlog.repository, layout) : issues,
		broken: broken.length === 0 ? backlog.broken : [...backlog.broken, ...broken],
	};
}

/** The field whose value can be no name of a branch or folder, with that value. */
function findMisnamed(issue: Issue): readonly [field: string, value: unknown] | undefined {
	const { project, milestone } = issue;
	const names: readonly (readonly [string, unknown])[] = [
		["id", ownIdOf(issue)],
		["project", project],
		...(milestone === null ? [] : [["milestone", milestone] as const]),
	];
	return names.find(
		([field, value]) => typeof value !== "string" || !(field === "milestone" ? isMilestone(value) : isName(value)),
	);
}

function misnameOf(issue: Issue): Problem[] {
	const [field, value] = findMisnamed(issue) ?? [];
	const what = `${field}: ${(JSON.stringify(value) ?? "nothing").slice(0, 80)}`;
	return [
		{
			kind: "document-invalid",
			file: String(issue.docPath),
			line: 1,
			what,
			expected: field === "milestone" ? MILESTONE_RULE : NAME_RULE,
		},
	];
}

/** A project that is none concerns everybody. */
function projectOf({ project }: Issue): string | undefined {
	return typeof project === "string" && isName(project) ? project : undefined;
}
