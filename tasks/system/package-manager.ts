import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What installs packages in a repository, and how it runs a program of one that is installed: none of these looks for it elsewhere but npx. */
export const RUNS = { npm: "npx", pnpm: "pnpm exec", yarn: "yarn", bun: "bun run" } as const;

/** What installs packages in a repository. */
export type PackageManager = keyof typeof RUNS;

/** What each leaves in a folder that it has installed in. */
export const LEFT: readonly (readonly [string, PackageManager])[] = [
	["pnpm-lock.yaml", "pnpm"],
	["pnpm-workspace.yaml", "pnpm"],
	["yarn.lock", "yarn"],
	["bun.lock", "bun"],
	["bun.lockb", "bun"],
	["package-lock.json", "npm"],
	["npm-shrinkwrap.json", "npm"],
];

/**
 * The package manager of a folder: what the nearest `package.json` up to the top of the repository names, or whose lock file lies
 * there; where neither tells, the one that has started this program, or npm.
 */
export function packageManagerOf(folder: string, env: NodeJS.ProcessEnv = process.env): PackageManager {
	for (let at = folder; ; at = dirname(at)) {
		const found = namedIn(join(at, "package.json")) ?? LEFT.find(([name]) => existsSync(join(at, name)))?.[1];
		if (found) return found;
		if (dirname(at) === at || existsSync(join(at, ".git"))) return managerIn(env.npm_config_user_agent) ?? "npm";
	}
}

/**
 * The nearest folder, up to the top of the repository, whose `package.json` has this package among its dependencies. What stands
 * there can import it, and where npm has not hoisted it, nothing else can.
 */
export function dependentFolder(folder: string, name: string): string | undefined {
	for (let at = folder; ; at = dirname(at)) {
		if (specIn(at, name) !== undefined) return at;
		if (dirname(at) === at || existsSync(join(at, ".git"))) return undefined;
	}
}

function specIn(folder: string, name: string): unknown {
	try {
		const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
			readFileSync(join(folder, "package.json"), "utf8"),
		);
		return { ...dependencies, ...devDependencies, ...optionalDependencies }[name];
	} catch {
		return undefined;
	}
}

function namedIn(file: string): PackageManager | undefined {
	try {
		return managerIn(JSON.parse(readFileSync(file, "utf8")).packageManager);
	} catch {
		// None, or one that is being edited.
		return undefined;
	}
}

/** Of `pnpm@9.1.0+sha512…`, or `pnpm/9.1.0 npm/? node/v20 …`. */
function managerIn(text: unknown): PackageManager | undefined {
	return typeof text === "string"
		? (/^(npm|pnpm|yarn|bun)[@/]/.exec(text)?.[1] as PackageManager | undefined)
		: undefined;
}
