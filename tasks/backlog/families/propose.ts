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
export function propose(
	known: Family,
	place: Place,
	documents: readonly Seen[],
	look: (file: string) => Seen,
): Proposal | undefined {
	const { folder } = place;
	if (known.items) return proposeItems(known, place, documents);
	const family = withFolders(known, place);
	const own = documents.filter((each) => isOf(family, each));
	const fields = withOwnProjects(resolveFields(family, folder, own), own);
	const done = findDone(family, place, own, fields, look);
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

/** The family with milestones that are folders, where they have documents. */
function withFolders(family: Family, { folder, files, all }: Place): Family {
	const name = family.folders?.find((each) =>
		files.some((file) => all.has(`${folder}/${file.slice(folder.length + 1).split("/")[0]}/${each}`)),
	);
	if (name === undefined) return family;
	const fields = { ...family.fields, milestone: ["{milestone}/**"] };
	return { ...family, milestones: `{milestone}/${name}`, fields };
}

/** The documents that are done by what lies beside them. */
function findDone(
	{ done, closed }: Family,
	{ files, all }: Place,
	own: readonly Seen[],
	{ id = "id", state = "state" }: Fields,
	look: (file: string) => Seen,
): string[] {
	if (done) return files.filter((file) => all.has(done(file)));
	if (!closed) return [];
	const known = new Map<string, ReadonlySet<string>>();
	const idsIn = (file: string) => {
		const ids = known.get(file) ?? closed.idsIn(new TextDecoder().decode(look(file).bytes));
		known.set(file, ids);
		return ids;
	};
	const isClosed = (document: Seen) => {
		const beside = closed.beside(document.file);
		if (!all.has(beside) || [state ?? []].flat().some((each) => saidAt(each, "state", document) !== undefined))
			return false;
		const name = [id ?? []]
			.flat()
			.map((each) => saidAt(each, "id", document))
			.find((each) => each !== undefined);
		return idsIn(beside).has(String(name));
	};
	return own.filter(isClosed).map(({ file }) => file);
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
