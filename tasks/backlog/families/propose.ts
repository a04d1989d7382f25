import { posix } from "node:path";
import { DEFAULT_LAYOUT, type LayoutSettings } from "../../contract/layout.ts";
import { isName } from "../../contract/names.ts";
import { readDocument } from "../document.ts";
import { globsOf } from "../layout-patterns.ts";
import { readLayout } from "../read-layout.ts";
import { isOf } from "./evidence.ts";
import type { Family } from "./family.ts";
import { globsIn, leftOut, type Place } from "./globs.ts";
import type { Proposal } from "./proposal.ts";
import { resolveFields } from "./resolve-fields.ts";
import { type Seen, saidAt } from "./seen.ts";
import { findUnusable, type Unusable } from "./unusable.ts";

type Fields = NonNullable<LayoutSettings["fields"]>;

/** Globs that take documents back: where it takes more, they are not what the others are. */
const MOST_LEFT_OUT = 20;

/** How the documents of a family are to be read; nothing where they can't be told from others. */
export function propose(family: Family, place: Place, documents: readonly Seen[]): Proposal | undefined {
	const { folder } = place;
	if (family.items) return proposeItems(family, place, documents);
	const own = documents.filter((each) => isOf(family, each));
	const fields = withOwnProjects(resolveFields(family, folder, own), own);
	const done = family.done ? place.files.filter((file) => place.all.has(family.done?.(file) ?? "")) : [];
	const globs = globsIn(family, place, done);
	const first = { ...globs, ...withProject(fields, own, place.project) };
	const unusable = findUnusable(own, readLayout(first));
	const read = { ...globs, ...withProject(withoutFields(fields, unusable), own, place.project) };
	const layout = readLayout(read);
	const isOwn = new Set(own);
	// What can't be read is for a person to mend.
	const others = isFixed(family) ? [] : documents.filter((each) => !isOwn.has(each) && !each.isBroken);
	const misread = others.filter(({ file, bytes }) => readDocument(file, bytes, layout).kind !== "no-front-matter");
	const without = leftOut(misread, own, folder);
	if (without.length > MOST_LEFT_OUT) return undefined;
	const issues = [...globsOf(read.issues), ...without];
	return { family: family.name, folder, layout: whatIsNeeded({ ...read, issues }), unusable, done };
}

/** Where all documents have one name, one that lacks what the others have is one of them, and is to be told. */
function isFixed({ issues: [glob = ""] }: Family): boolean {
	return !posix.basename(glob).includes("*");
}

function proposeItems({ name, items }: Family, { folder, project }: Place, documents: readonly Seen[]): Proposal {
	const { files = "", beside, ...item } = items ?? {};
	const isUsed = beside && documents.some((each) => each.body().some(({ text }) => text.includes(beside)));
	return {
		family: name,
		folder,
		layout: files.includes("{project}") ? {} : { project },
		items: { files: `${folder}/${files}`, ...item, ...(isUsed ? { beside } : {}) },
		unusable: [],
		done: [],
	};
}

/** Where milestones are folders, and ids are their own in each, so are projects. */
function withOwnProjects(fields: Fields, own: readonly Seen[]): Fields {
	const { id = "id", milestone, project } = fields;
	if (project !== undefined || typeof milestone !== "string" || typeof id !== "string" || !milestone.includes("/"))
		return fields;
	const ids = own.map((each) => String(saidAt(id, "id", each)).toLowerCase());
	if (new Set(ids).size === ids.length) return fields;
	return { ...fields, project: milestone.replace("{milestone}", "{project}") };
}

/** Adds the project of documents that name none. */
function withProject(
	fields: Fields,
	own: readonly Seen[],
	project: string,
): Pick<LayoutSettings, "fields" | "project"> {
	const { project: said = "project" } = fields;
	const isNamed = ({ data }: Seen) => typeof said === "string" && typeof data[said] === "string" && isName(data[said]);
	const isInPath = [said ?? []].flat().some((each) => each.includes("/"));
	return isInPath || own.every(isNamed) ? { fields } : { project, fields };
}

function withoutFields(fields: Fields, unusable: readonly Unusable[]): Fields {
	const without = unusable.map(({ field }) => {
		const rest = [fields[field] ?? []].flat().filter((each) => /[{}#]/.test(each));
		return [field, rest.length > 0 ? rest : null] as const;
	});
	return { ...fields, ...Object.fromEntries(without) };
}

/** Without what goes without saying. */
function whatIsNeeded({ issues = [], milestones, fields = {}, ...rest }: LayoutSettings): LayoutSettings {
	const [only = "", ...others] = globsOf(issues);
	const isUsual = others.length === 0 && only === DEFAULT_LAYOUT.issues;
	return {
		...(isUsual ? {} : { issues: others.length === 0 ? only : [only, ...others] }),
		...(milestones === undefined || milestones === DEFAULT_LAYOUT.milestones ? {} : { milestones }),
		...rest,
		...(Object.keys(fields).length > 0 ? { fields } : {}),
	};
}
