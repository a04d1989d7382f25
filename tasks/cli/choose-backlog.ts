import { createInterface } from "node:readline/promises";
import { FAMILIES } from "../backlog/families/families.ts";
import { nearest } from "../contract/names.ts";
import { Failure } from "../contract/problem.ts";
import type { FoundBacklog } from "../find-backlogs.ts";
import type { RunRequest } from "./arguments.ts";
import type { Surroundings } from "./surroundings.ts";
import { didYouMean } from "./words/did-you-mean.ts";
import { foundText } from "./words/found-words.ts";

/** What `--family` says where no backlog is to be taken. */
const NONE = "none";

/**
 * The backlog that the orchfile is to be about: the one that was asked for, or that with the most open issues; a person is asked.
 * @returns nothing where there is none, or none is wanted.
 */
export async function chooseBacklog(
	backlogs: readonly FoundBacklog[],
	request: RunRequest,
	around: Surroundings,
): Promise<FoundBacklog | "stopped" | undefined> {
	const { family } = request;
	if (family === undefined) return backlogs.length > 1 && mayAsk(request, around) ? ask(backlogs, around) : backlogs[0];
	if (family === NONE) return undefined;
	const found = backlogs.find(({ proposal }) => proposal.family === family);
	if (found) return found;
	const known = FAMILIES.map(({ name }) => name);
	const names = [...new Set(backlogs.map(({ proposal }) => proposal.family))];
	const what = known.includes(family)
		? `no backlog in the form of ${family} was found here; ${names.length > 0 ? `what was: ${names.join(", ")}` : "nor any other"}`
		: `"${family}" is no form of a backlog that is known: ${[...known, NONE].join(", ")}. ${didYouMean(nearest(family, known))}`.trim();
	throw new Failure({ kind: "usage", message: what });
}

/** True where somebody is there to answer. */
export function mayAsk({ yes, json, dryRun }: RunRequest, { stdin, stderr, env }: Surroundings): boolean {
	return !(yes || json || dryRun || env.CI || !stdin.isTTY || !stderr.isTTY);
}

async function ask(
	backlogs: readonly FoundBacklog[],
	{ stdin, stderr }: Surroundings,
): Promise<FoundBacklog | "stopped"> {
	for (const [at, each] of backlogs.entries()) stderr.write(`${at + 1}. ${foundText(each)}\n`);
	const reader = createInterface({ input: stdin, output: stderr });
	const closed = new Promise<undefined>((resolve) => reader.once("close", () => resolve(undefined)));
	try {
		for (;;) {
			const question = reader.question("Which one is to be run? [1]: ").catch(() => undefined);
			const typed = await Promise.race([question, closed]);
			if (typed === undefined) return "stopped";
			const chosen = backlogs[Number(typed.trim() || "1") - 1];
			if (chosen) return chosen;
			stderr.write(`That is none of them: type a number from 1 to ${backlogs.length}.\n`);
		}
	} finally {
		reader.close();
	}
}
