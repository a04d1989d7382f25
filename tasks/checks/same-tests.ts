import type { TestFileChanges } from "./test-files.ts";
import { SEPARATOR } from "./test-name.ts";
import { type Units, WHOLE } from "./units.ts";

type Renames = TestFileChanges["renamed"];

/**
 * What one run said, under the names that another one has for the same tests: those of a file that has another name by now, and
 * those whose names differ by numbers alone. A name that holds a time or a port differs from run to run.
 */
export function aligned(units: Units | undefined, to: Units, renames: Renames = []): Units | undefined {
	if (!units) return undefined;
	const missing = new Set([...units.keys()].filter((name) => !to.has(name)));
	if (missing.size === 0) return units;
	const added = [...to.keys()].filter((name) => !units.has(name) && name !== WHOLE);
	const names = new Map<string, string>();
	const pair = (old: string | undefined, name: string) => {
		if (old === undefined || !missing.delete(old)) return false;
		names.set(old, name);
		return true;
	};
	const forms = new Map(
		renames.flatMap(({ path, from }) => [[path, from] as const, [dotted(path), dotted(from)] as const]),
	);
	const left = added.filter((name) => !pair(renamed(name, forms), name));
	const shapes = new Map<string, string[]>();
	// The first of each shape is to be paired first, and stands last.
	for (const name of [...missing].reverse()) {
		const alike = shapes.get(shape(name));
		if (alike) alike.push(name);
		else shapes.set(shape(name), [name]);
	}
	for (const name of left) pair(shapes.get(shape(name))?.pop(), name);
	return new Map([...units].map(([name, unit]) => [names.get(name) ?? name, unit]));
}

/** What a test was called when its file had its old name. Reporters name files as paths, or as modules with what is in them. */
function renamed(name: string, forms: ReadonlyMap<string, string>): string | undefined {
	const [first = "", ...rest] = name.split(SEPARATOR);
	for (let end = first.length; end > 0; end = first.lastIndexOf(".", end - 1)) {
		const old = forms.get(first.slice(0, end));
		if (old !== undefined) return [old + first.slice(end), ...rest].join(SEPARATOR);
	}
	return forms.get(name);
}

function dotted(path: string): string {
	return path.replace(/\.[^./]+$/, "").replaceAll("/", ".");
}

/** A name without what differs from run to run: temporary folders, hashes, numbers. */
function shape(name: string): string {
	return name
		.replace(/(\/tmp|\/var\/folders)\/[^\s"'`)\]]+/g, "$1/#")
		.replace(/[0-9a-f]{8,}|\d+/gi, (part) => (/\d/.test(part) ? "#" : part));
}
