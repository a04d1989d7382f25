/** Keys of a `package.json` that checks are made of: the scripts, and what runners and linters keep there. */
const KEYS: readonly string[] = [
	"scripts",
	"workspaces",
	"config",
	"wireit",
	"nx",
	"turbo",
	"jest",
	"jest-junit",
	"vitest",
	"mocha",
	"ava",
	"tap",
	"nyc",
	"c8",
	"babel",
	"eslintConfig",
	"eslintIgnore",
	"prettier",
	"stylelint",
	"xo",
	"standard",
	"semistandard",
	"ts-standard",
	"tsd",
	"ts-node",
	"typeCoverage",
	"size-limit",
	"lint-staged",
	"commitlint",
	"cspell",
	"remarkConfig",
	"knip",
];

type Json = Readonly<Record<string, unknown>>;

/** What a branch changed of such a file, as `package.json: scripts.test`; its path alone where one of both can't be read. */
export function packageChanges(path: string, base: string | undefined, branch: string | undefined): string[] {
	const [before, after] = [parse(base), parse(branch)];
	if (!before || !after) return base === branch ? [] : [path];
	return KEYS.filter((key) => !isSame(before[key], after[key])).flatMap((key) => {
		const [was, is] = [before[key], after[key]];
		if (key !== "scripts" || !isObject(was ?? {}) || !isObject(is ?? {})) return [`${path}: ${key}`];
		const [old, now] = [(was ?? {}) as Json, (is ?? {}) as Json];
		const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
		return names.filter((name) => !isSame(old[name], now[name])).map((name) => `${path}: scripts.${name}`);
	});
}

/** The branch's file with the base's values for what checks are made of; the base's where the branch's can't be read. */
export function withBaseKeys(base: string | undefined, branch: string): string {
	const before = base === undefined ? {} : parse(base);
	const after = parse(branch);
	if (!before || !after) return base ?? branch;
	const others = Object.entries(after).filter(([key]) => !KEYS.includes(key));
	const own = Object.entries(before).filter(([key]) => KEYS.includes(key));
	return `${JSON.stringify(Object.fromEntries([...others, ...own]), null, 2)}\n`;
}

/** A file of JSON that is an object; nothing where it is none. */
export function parse(text = "{}"): Json | undefined {
	try {
		const value: unknown = JSON.parse(text.replace(/^\ufeff/, ""));
		return isObject(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

/** Whether something is an object of JSON. */
export function isObject(value: unknown): value is Json {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSame(one: unknown, other: unknown): boolean {
	return JSON.stringify(one) === JSON.stringify(other);
}
