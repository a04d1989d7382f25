import { existsSync, realpathSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import process from "node:process";
import { packageManagerOf, RUNS } from "../system/package-manager.ts";
import { shellWord } from "./words/format.ts";

/** How this program is called, as a person types it. */
export interface Invocation {
	/** The words before the task. */
	readonly command: string;
	/** What can be asked for beside the tasks of the orchfile. */
	readonly extras: readonly string[];
	/** Path of the orchfile, where it is a file. */
	readonly orchfile?: string;
}

/** An orchfile that `npx orchfile` has found and is about to import. */
interface Import extends Invocation {
	/** Its path, without symlinks. */
	readonly orchfile: string;
	/** Becomes true once the orchfile calls `main`. */
	isTaken: boolean;
}

/** Known to every copy of this package, since the orchfile may import another one than the one that imports it. */
const IMPORT = Symbol.for("orchfile.import");
const known = globalThis as { [IMPORT]?: Import };

/** What the installed program calls itself, in the words of the package manager where it is called. */
export function packaged(): Invocation {
	return { command: `${RUNS[packageManagerOf(process.cwd())]} orchfile`, extras: ["init"] };
}

/** Announces the import of an orchfile. The answer tells, once it is imported, whether it has called `main`. */
export function announceImport(orchfile: string): () => boolean {
	const announced = { ...packaged(), orchfile: realpathSync(orchfile), isTaken: false };
	known[IMPORT] = announced;
	return () => announced.isTaken;
}

/** How this orchfile was started; nothing when it was not, but is imported by some other module. */
export function findInvocation(orchfile: string): Invocation | undefined {
	const announced = known[IMPORT];
	if (announced) {
		if (announced.orchfile !== realPath(orchfile)) return undefined;
		announced.isTaken = true;
		return announced;
	}
	const [, started] = process.argv;
	if (!started || realPath(started) !== realPath(orchfile)) return undefined;
	return { command: `${runsTsx()} tsx ${shellWord(relative(process.cwd(), started) || started)}`, extras: [] };
}

/** What runs tsx where the person is: npx also where it is not installed. */
function runsTsx(): string {
	for (let at = process.cwd(); ; at = dirname(at)) {
		if (existsSync(join(at, "node_modules/.bin/tsx"))) return RUNS[packageManagerOf(process.cwd())];
		if (dirname(at) === at) return RUNS.npm;
	}
}

/** Without symlinks; as it is where nothing is there. */
function realPath(path: string): string {
	return existsSync(path) ? realpathSync(path) : path;
}
