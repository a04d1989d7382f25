import { hash } from "node:crypto";
import type { ZodSafeParseError, ZodSafeParseSuccess } from "zod";
import type { Issue } from "../contract/issue.ts";
import { DEFAULT_LAYOUT, type Field, type Layout } from "../contract/layout.ts";
import { isName } from "../contract/names.ts";
import type { Problem } from "../contract/problem.ts";
import { isClosed } from "../contract/state.ts";
import { findByPattern } from "./by-pattern.ts";
import { type FrontMatterReading, readFrontMatter } from "./front-matter.ts";
import { isFinishedPath } from "./layout-patterns.ts";
import { findLostFence } from "./lost-fence.ts";
import { readBody } from "./markdown-body.ts";
import type { Misread } from "./misnamed.ts";
import { findMisread } from "./misread.ts";
import { inOurTerms, type OurTerms } from "./our-terms.ts";
import type { FrontMatter } from "./read-yaml.ts";
import { expectedOf, type Fields, FRONT_MATTER, shown } from "./schema.ts";
import { type Sketch, sketchOf, sketchOfText } from "./sketch.ts";
import { findUnreadLines, isUnsaid } from "./unread-lines.ts";

/** Problems of one document that are told one by one: a long list may have thousands. */
const MOST_PROBLEMS = 10;

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
	const terms = inOurTerms(reading.frontMatter, layout, file, bytes);
	const strictly = FRONT_MATTER.safeParse(terms.data);
	const unread = isUnsaid(layout, terms.data) ? findUnreadLines(readBody(bytes), layout, terms.data) : [];
	const misread = [...findMisread(reading.frontMatter, terms.data, layout), ...unread];
	const isPlain = strictly.success && misread.length === 0;
	const { faults, parsed } = isPlain ? { faults: [], parsed: strictly } : tell(strictly, misread, terms, file, layout);
	if (parsed)
		return {
			kind: "issue",
			...(faults.length > 0 ? { faults } : {}),
			issue: issueOf(parsed.data, terms, file, bytes, layout),
		};
	const { data } = terms;
	const project = typeof data.project === "string" && isName(data.project) ? data.project : folder;
	return { kind: "broken", project, problems: faults, sketch: sketchOf(file, data, layout) };
}

/** The issue that a document is, with what those fields mean that it does not have. */
function issueOf(data: Fields, terms: OurTerms, file: string, bytes: Uint8Array, layout: Layout): Issue {
	const { checks, removes_tests, model, effort, budget, timeout } = data;
	const untold = UNTOLD.filter((field) => data[field] != null);
	return {
		id: data.id,
		title: data.title,
		project: data.project,
		state: data.state ?? "planned",
		priority: data.priority ?? null,
		estimate: data.estimate ?? null,
		milestone: data.milestone ?? null,
		assignees: data.assignees ?? [],
		labels: data.labels ?? [],
		parent: data.parent ?? null,
		children: data.children ?? [],
		blockedBy: data.blocked_by ?? [],
		blocks: data.blocked ?? [],
		relatedTo: data.related_to ?? [],
		...(checks ? { checks } : {}),
		...(removes_tests ? { removesTests: true } : {}),
		...(model ? { model } : {}),
		...(effort ? { effort } : {}),
		...(budget == null ? {} : { budget }),
		...(timeout == null ? {} : { timeout }),
		...(isFinishedPath(file, layout) ? { isFinished: true } : {}),
		docPath: file,
		docHash: hashDocument(
			bytes,
			untold.map((field) => terms.lineOf([field])),
		),
	};
}

type Parsing = ReturnType<typeof FRONT_MATTER.safeParse>;

/** What is wrong with a document that is not as it should be, and `parsed`, where it can be used all the same. */
function tell(
	strictly: Parsing,
	misread: readonly Misread[],
	terms: OurTerms,
	file: string,
	layout: Layout,
): { readonly faults: readonly Problem[]; readonly parsed: ZodSafeParseSuccess<Fields> | undefined } {
	const { data } = terms;
	const theirs = ([first, ...rest]: readonly PropertyKey[]) => [layout.fields[first as Field] ?? first ?? "", ...rest];
	const parsed = strictly.success ? strictly : withoutEffectless(strictly, data, file, layout);
	const faults: Problem[] = misread.map(({ field: _, ...fault }) => ({ kind: "document-invalid", file, ...fault }));
	const isMisread = misread.some(({ field }) => field !== "title" && !hasNoEffect(field, data, file, layout));
	const wrong = strictly.error?.issues.filter(({ path }) => misread.every(({ field }) => field !== path[0])) ?? [];
	for (const issue of wrong.slice(0, MOST_PROBLEMS)) {
		const by = issue.path.length === 1 ? terms.patternOf(issue.path[0] as Field) : undefined;
		faults.push({
			kind: "document-invalid",
			file,
			line: terms.lineOf(issue.path),
			what: `${theirs(issue.path).join(".")}: ${shown(issue.path, data)}${by ? ` by \`${by}\`` : ""}`,
			expected: expectedOf(issue, data, layout),
		});
	}
	const next = wrong[MOST_PROBLEMS];
	if (next) {
		const what = `${wrong.length - MOST_PROBLEMS} more faults from here on`;
		faults.push({ kind: "document-invalid", file, line: terms.lineOf(next.path), what, expected: "none" });
	}
	return { faults, parsed: parsed.success && !isMisread ? parsed : undefined };
}

const NOTHING: FrontMatter = { data: {}, lineOf: () => 1, textOf: () => undefined, comments: [] };

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
	return { kind: "found", frontMatter: NOTHING };
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

/**
 * Hash of what a document asks of an agent. Left out are lines that are nothing to it: whether the issue removes tests, by which work is
 * judged, and what its turns may use at most. No turn is another for them.
 * @param lines of such values, from 1.
 */
function hashDocument(bytes: Uint8Array, lines: readonly number[]): string {
	if (lines.length === 0) return hash("sha256", bytes, "hex");
	// A character a byte, so that each other byte counts.
	const all = Buffer.from(bytes).toString("latin1").split("\n");
	const told = all.filter((line, at) => !(lines.includes(at + 1) && ALONE.test(line)));
	return hash("sha256", Buffer.from(told.join("\n"), "latin1"), "hex");
}

/** A line with nothing else on it, be it a comment. */
const ALONE = /^[^\s:{]+[ \t]*:[ \t]*(?:true|false|"?[\d.]+[a-zM]*"?)[ \t]*\r?$/i;
