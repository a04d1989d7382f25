import type { ZodSafeParseError } from "zod";
import { parseDuration, parseTokens } from "../contract/amounts.ts";
import { given } from "../contract/given.ts";
import type { Issue } from "../contract/issue.ts";
import { DEFAULT_LAYOUT, type Field, type Layout } from "../contract/layout.ts";
import { isMilestone, isName, isReference, MILESTONE_RULE, NAME_RULE } from "../contract/names.ts";
import type { Problem } from "../contract/problem.ts";
import { isClosed } from "../contract/state.ts";
import { z } from "../contract/zod.ts";
import { findByPattern } from "./by-pattern.ts";
import { expectedOf, shown } from "./expectation.ts";
import { type FrontMatterReading, readFrontMatter } from "./front-matter.ts";
import { hashDocument } from "./hash-document.ts";
import { isFinishedPath } from "./layout-patterns.ts";
import { findLostFence } from "./lost-fence.ts";
import { readBody } from "./markdown-body.ts";
import { findMisread } from "./misread.ts";
import { inOurTerms } from "./our-terms.ts";
import { isLink } from "./references.ts";
import { type Sketch, sketchOf, sketchOfText } from "./sketch.ts";

/** What is expected where a string should stand: YAML takes `007`, `1e5` or a date for something else. */
const A_STRING = "a string; quote it";

/** Schema of an id or a project. */
const name = z.string({ error: A_STRING }).refine(isName, { error: NAME_RULE });

const milestone = z.string({ error: A_STRING }).refine(isMilestone, { error: MILESTONE_RULE });

const OTHERS = "the id of an issue, `PROJECT/ID`, or the path of its document";

/** Schema of what names another issue. */
const reference = z.string({ error: A_STRING }).refine((text) => isReference(text) || isLink(text), { error: OTHERS });

const references = z
	.array(reference, { error: "a list of ids, as in [A-1, A-2]" })
	.nullish()
	.transform((value) => value ?? []);
const texts = z
	.array(z.string({ error: A_STRING }), { error: "a list of strings" })
	.nullish()
	.transform((value) => value ?? []);
const amountOf = (error: string) =>
	z
		.number({ error })
		.nonnegative("a number from 0")
		.nullish()
		.transform((value) => value ?? null);

/** A check of the issue's own; a line alone is called by itself. */
const check = z.union(
	[
		z
			.string()
			.trim()
			.min(1)
			.transform((run) => ({ name: run, run })),
		z.strictObject({
			name: z.string().trim().min(1),
			run: z.string().trim().min(1),
			junit: z.string().min(1).exactOptional(),
		}),
	],
	{ error: "a command, or `name`, `run` and perhaps `junit`" },
);
const checks = z.array(check, { error: "a list of checks" }).nullish();
const word = z.string({ error: A_STRING }).trim().min(1, "some text").nullish();

/** A value that is written as options of the same kind are. */
function readAs(parse: (text: string) => number | undefined, expected: string) {
	return z
		.union([z.string(), z.number()], { error: expected })
		.nullish()
		.transform((value, context) => {
			if (value == null) return undefined;
			const parsed = parse(String(value).trim());
			if (parsed === undefined) context.addIssue({ code: "custom", message: expected });
			return parsed;
		});
}

/** Problems of one document that are told one by one: a long list may have thousands. */
const MOST_PROBLEMS = 10;

/** Front matter of an issue. Other keys are left alone: documents are often synchronised with a tracker. */
export const FRONT_MATTER = z.object({
	id: name,
	title: z.string({ error: A_STRING }).trim().min(1, "some text"),
	project: name,
	state: z
		.string({ error: A_STRING })
		.nullish()
		.transform((value) => value ?? "planned"),
	priority: amountOf("a number from 0, or a word such as high; layout.priorities says what others mean"),
	estimate: amountOf("a number"),
	milestone: milestone.nullish().transform((value) => value ?? null),
	assignees: texts,
	labels: texts,
	parent: reference.nullish().transform((value) => value ?? null),
	children: references,
	blocked_by: references,
	blocked: references,
	related_to: references,
	checks,
	removes_tests: z.boolean({ error: "true or false" }).nullish(),
	model: word,
	effort: word,
	budget: readAs(parseTokens, "a number of tokens, such as 200k or 2M"),
	timeout: readAs(parseDuration, "a number with a unit, such as 90s, 40m or 2h"),
});

/** Fields that are nothing to an agent, and make no turn another. */
const UNTOLD = ["removes_tests", "budget", "timeout"] as const;

/** What reading one markdown file gave. `project` of a broken document is a guess that says whom it concerns. */
export type DocumentReading =
	/** `faults`: what is wrong in keys that have no effect, since they never have or since the issue is closed. */
	| { readonly kind: "issue"; readonly issue: Issue; readonly faults?: readonly Problem[] }
	/** `lost`: what makes it look like an issue all the same. */
	| { readonly kind: "no-front-matter"; readonly file: string; readonly lost?: Problem }
	| {
			readonly kind: "broken";
			readonly project: string | undefined;
			readonly problems: readonly Problem[];
			readonly sketch: Sketch;
	  };

/**
 * Reads one issue document.
 * @param file its path relative to the repository, with `/`.
 */
export function readDocument(file: string, bytes: Uint8Array, layout = DEFAULT_LAYOUT): DocumentReading {
	const ofPattern = layout.patterns && findByPattern("project", layout, file, () => readBody(bytes))?.value;
	const folder = (ofPattern as string | undefined) ?? layout.project ?? /(?:^|\/)projects\/([^/]+)\//.exec(file)?.[1];
	const found = readFrontMatter(bytes);
	const reading = found.kind === "none" ? withoutFrontMatter(file, bytes, layout) : found;
	if (reading.kind === "no-front-matter") return reading;
	if (reading.kind === "broken") {
		const problems = [{ kind: "document-invalid", file, ...reading.problem }] as const;
		return { kind: "broken", project: folder, problems, sketch: sketchOfText(file, bytes, layout) };
	}
	const { data, lineOf, patternOf } = inOurTerms(reading.frontMatter, layout, file, bytes);
	const theirs = ([first, ...rest]: readonly PropertyKey[]) => [layout.fields[first as Field] ?? first ?? "", ...rest];
	const strictly = FRONT_MATTER.safeParse(data);
	const parsed = strictly.success ? strictly : withoutEffectless(strictly, data, file, layout);
	const misread = findMisread(reading.frontMatter, data, layout);
	const faults: Problem[] = misread.map(({ field: _, ...fault }) => ({ kind: "document-invalid", file, ...fault }));
	const isMisread = misread.some(({ field }) => field !== "title" && !hasNoEffect(field, data, file, layout));
	if (!strictly.success || isMisread) {
		const wrong = strictly.error?.issues.filter(({ path }) => misread.every(({ field }) => field !== path[0])) ?? [];
		const project = typeof data.project === "string" && isName(data.project) ? data.project : folder;
		const problems = wrong.slice(0, MOST_PROBLEMS).map((issue): Problem => {
			const by = issue.path.length === 1 ? patternOf(issue.path[0] as Field) : undefined;
			return {
				kind: "document-invalid",
				file,
				line: lineOf(issue.path),
				what: `${theirs(issue.path).join(".")}: ${shown(issue.path, data)}${by ? ` by \`${by}\`` : ""}`,
				expected: expectedOf(issue, data, layout),
			};
		});
		const next = wrong[MOST_PROBLEMS];
		if (next) {
			const what = `${wrong.length - MOST_PROBLEMS} more faults from here on`;
			problems.push({ kind: "document-invalid", file, line: lineOf(next.path), what, expected: "none" });
		}
		faults.push(...problems);
		if (!parsed.success || isMisread)
			return { kind: "broken", project, problems: faults, sketch: sketchOf(file, data, layout) };
	}
	if (!parsed.success) throw parsed.error;
	const { blocked_by, blocked, related_to, checks, removes_tests, model, effort, budget, timeout, ...rest } =
		parsed.data;
	const docHash = hashDocument(
		bytes,
		UNTOLD.filter((field) => parsed.data[field] != null).map((field) => lineOf([field])),
	);
	return {
		kind: "issue",
		...(faults.length > 0 ? { faults } : {}),
		issue: {
			...rest,
			blockedBy: blocked_by,
			blocks: blocked,
			relatedTo: related_to,
			...(checks ? { checks } : {}),
			...(removes_tests ? { removesTests: true } : {}),
			...(model ? { model } : {}),
			...given({ effort: effort || undefined, budget, timeout }),
			...(isFinishedPath(file, layout) ? { isFinished: true } : {}),
			docPath: file,
			docHash,
		},
	};
}

/** A document without front matter is an issue all the same where the layout finds its id elsewhere. */
function withoutFrontMatter(
	file: string,
	bytes: Uint8Array,
	layout: Layout,
): Extract<DocumentReading, { readonly kind: "no-front-matter" }> | Pick<Found, "kind" | "frontMatter"> {
	const lost = findLostFence(bytes, layout);
	if (lost) return { kind: "no-front-matter", file, lost: { kind: "document-invalid", file, ...lost } };
	const isIssue = findByPattern("id", layout, file, () => readBody(bytes)) !== undefined;
	if (!isIssue) return { kind: "no-front-matter", file };
	return { kind: "found", frontMatter: { data: {}, lineOf: () => 1, textOf: () => undefined, comments: [] } };
}

type Found = Extract<FrontMatterReading, { readonly kind: "found" }>;

/** Keys that are read and checked, and change nothing of what is run. */
export const EFFECTLESS: readonly PropertyKey[] = [
	"estimate",
	"assignees",
	"labels",
	"parent",
	"children",
	"related_to",
] satisfies Field[];
/** What has to be known of an issue that is closed, for those that wait for it. */
const NEEDED_CLOSED: readonly PropertyKey[] = ["id", "project", "state"] satisfies Field[];

/** True for a field without which a document does all the same, at least where its issue is closed. */
function hasNoEffect(
	field: PropertyKey,
	{ state }: Readonly<Record<string, unknown>>,
	file: string,
	layout: Layout,
): boolean {
	if (isFinishedPath(file, layout)) return field === "state" || !NEEDED_CLOSED.includes(field);
	const isOver = typeof state === "string" && isClosed({ state }, layout.states);
	return isOver ? !NEEDED_CLOSED.includes(field) : EFFECTLESS.includes(field);
}

/** Reads front matter once more without the keys that can't be read, where none of them has an effect. */
function withoutEffectless(
	failed: ZodSafeParseError<unknown>,
	data: Readonly<Record<string, unknown>>,
	file: string,
	layout: Layout,
): ReturnType<typeof FRONT_MATTER.safeParse> {
	const keys = new Set(failed.error.issues.map(({ path }) => path[0] ?? ""));
	const mayGo = (key: PropertyKey) => hasNoEffect(key, data, file, layout);
	const rest = Object.fromEntries(Object.entries(data).filter(([key]) => !(keys.has(key) && mayGo(key))));
	return FRONT_MATTER.safeParse(keys.has("title") && mayGo("title") ? { ...rest, title: data.id } : rest);
}
