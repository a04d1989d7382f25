import { posix } from "node:path";
import { isSameName, ownIdOf, partsOf } from "../contract/identity.ts";
import type { Issue } from "../contract/issue.ts";
import { isLink, targetOf } from "./references.ts";

/**
 * The same issues, naming each other by what they are called. A relation may name another by its id, its file or a link to it, or by its
 * number in the same folder; what names nothing, or not one thing, stays as it is written.
 */
export function withRelations(issues: readonly Issue[]): Issue[] {
	const byId = groupBy(issues, (issue) => ownIdOf(issue).toLowerCase());
	let folders: Folders | undefined;
	const inFolders = () => {
		folders ??= new Folders(issues);
		return folders;
	};
	const meant = (reference: string, from: Issue): string => {
		if (isLink(reference)) return inFolders().at(targetOf(reference, from.docPath))?.id ?? reference;
		const { project, id } = partsOf(reference);
		const found = byId.get(id.toLowerCase()) ?? [];
		const isNumber = /^[0-9]+$/.test(reference);
		const of = project ?? (found.length > 1 || isNumber ? from.project : undefined);
		const fitting = of === undefined ? found : found.filter((each) => isSameName(each.project, of));
		if (fitting.length === 1) return fitting[0]?.id ?? reference;
		if (project !== undefined || (found.length > 0 && !isNumber)) return reference;
		const near = isNumber ? inFolders().numbered(reference, from) : inFolders().named(reference, from);
		return (near ?? (found.length === 1 ? found[0] : undefined))?.id ?? reference;
	};
	return issues.map((issue) => {
		const { blockedBy, blocks, children, relatedTo, parent } = issue;
		// Most name nothing.
		if (blockedBy.length + blocks.length + children.length + relatedTo.length === 0 && parent === null) return issue;
		const all = (references: readonly string[]) => references.map((each) => meant(each, issue));
		return {
			...issue,
			blockedBy: all(blockedBy),
			blocks: all(blocks),
			children: all(children),
			relatedTo: all(relatedTo),
			parent: parent === null ? null : meant(parent, issue),
		};
	});
}

/** Issues by where their documents are. */
class Folders {
	readonly #byPath: ReadonlyMap<string, Issue>;
	readonly #byNumber: ReadonlyMap<string, readonly Issue[]>;

	constructor(issues: readonly Issue[]) {
		this.#byPath = new Map(issues.map((issue) => [issue.docPath, issue]));
		this.#byNumber = groupBy(issues, (issue) => `${posix.dirname(issue.docPath)} ${numberOf(issue)}`);
	}

	at(path: string): Issue | undefined {
		return this.#byPath.get(path);
	}

	named(name: string, from: Issue): Issue | undefined {
		return this.at(targetOf(`${name}.md`, from.docPath));
	}

	/** The one issue of this number beside another; nothing where there are several. */
	numbered(number: string, from: Issue): Issue | undefined {
		const found = this.#byNumber.get(`${posix.dirname(from.docPath)} ${plainNumber(number)}`) ?? [];
		const own = found.filter(({ project }) => isSameName(project, from.project));
		return own.length === 1 ? own[0] : undefined;
	}
}

/** The number that an issue's id has, where it has one only, or that its file's name begins with. */
function numberOf(issue: Issue): string {
	const [number, ...others] = ownIdOf(issue).match(/[0-9]+/g) ?? [];
	if (number !== undefined && others.length === 0) return plainNumber(number);
	const [leading] = /^[0-9]+/.exec(posix.basename(issue.docPath)) ?? [];
	return leading === undefined ? "" : plainNumber(leading);
}

function plainNumber(digits: string): string {
	return digits.replace(/^0+(?=[0-9])/, "");
}

/** All of these by what they have in common. */
export function groupBy<T>(all: readonly T[], key: (each: T) => string): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const each of all) {
		const name = key(each);
		const group = groups.get(name);
		if (group) group.push(each);
		else groups.set(name, [each]);
	}
	return groups;
}
