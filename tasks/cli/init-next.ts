import type { Found, Written } from "../init.ts";
import { isIgnored } from "../repo/worktree/ignored.ts";
import type { RunRequest } from "./arguments.ts";
import type { Surroundings } from "./surroundings.ts";
import { installCommand, shellWord } from "./words/format.ts";

/** A command that comes next, and what for. */
export interface Next {
	readonly why: string;
	readonly command: string;
}

/** What there is to run now. */
export interface ToRun {
	/** The folder of a sample, all of which is to be committed. */
	readonly sample?: string;
	/** A milestone or an issue; nothing where nothing is open. */
	readonly target?: string | undefined;
	/** The orchfile has issues that were there before. */
	readonly hasBacklog: boolean;
}

/** What to type after `init`, in this order. */
export async function nextCommands(
	{ root, folder, hasPackage, installed, hasTypes }: Found,
	{ added, appended }: Written,
	{ sample, target, hasBacklog }: ToRun,
	{ options }: RunRequest,
	{ say }: Surroundings,
): Promise<Next[]> {
	const next: Next[] = [];
	const isSample = (path: string) => sample !== undefined && path.startsWith(`${sample}/`);
	const changed = [
		...new Set([...added, ...appended, ...installed].map((path) => (isSample(path) ? String(sample) : path))),
	];
	if (!hasPackage) {
		next.push({
			why: "The orchfile imports the package, which this repository does not have yet:",
			command: installCommand(options.packageRoot, folder),
		});
	}
	if (changed.length > 0) {
		const subject = hasTypes ? "chore: add an orchfile" : "Add an orchfile";
		const paths = changed.map(shellWord).join(" ");
		const ignored = await Promise.all(changed.map((path) => isIgnored(root, path)));
		const force = ignored.includes(true) ? "-f " : "";
		next.push({
			why: "An agent sees only what is committed:",
			command: `${say.git(`add ${force}${paths}`)} && ${say.git(`commit -m ${shellWord(subject)} -- ${paths}`)}`,
		});
	}
	if (hasBacklog) next.push({ why: "To see what would be run, in this order:", command: say("plan") });
	if (target !== undefined) {
		const of = hasBacklog ? "Rehearse the first" : "Rehearse it";
		next.push({ why: `${of}, without an account and without cost:`, command: `${say.goal(target)} --rehearse` });
		next.push({ why: "Then let the agent do it:", command: say.goal(target) });
	}
	return next;
}
