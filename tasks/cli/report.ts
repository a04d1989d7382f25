import type { RunRequest } from "./arguments.ts";
import { nightOf } from "./night.ts";
import type { Shown } from "./shown.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Say } from "./words/say.ts";
import { writePage } from "./write-page.ts";

const pages = new WeakMap<Shown, string>();

/**
 * Writes the page of a look, and says where it lies; as JSON, all that it would tell, and no page unless a file is named.
 * @returns nothing where it is to be served, and its address told.
 */
export async function reportText(shown: Shown, request: RunRequest, say: Say): Promise<string | undefined> {
	if (request.serve) return undefined;
	const night = await nightOf(shown);
	const isWanted = !request.json || request.out !== undefined || request.open;
	const path = isWanted ? await writePage(night, request, say) : undefined;
	if (path !== undefined) pages.set(shown, path);
	if (request.json) return JSON.stringify(night.report, undefined, "\t");
	return path ?? "There is no issue to tell of.";
}

/** Shows the page that was written, where that is wanted. It lies where it was said to lie, whether it can be shown or not. */
export async function openPage(shown: Shown, request: RunRequest, around: Surroundings): Promise<number> {
	const path = pages.get(shown);
	if (request.open && path !== undefined) await showInBrowser(path, around);
	return 0;
}

/** Has the system show a page, by its path or its address, and says where it can't. */
export async function showInBrowser(place: string, { stderr }: Pick<Surroundings, "stderr">): Promise<void> {
	const missing = await (await import("../system/open-file.ts")).openFile(place);
	if (missing !== undefined) stderr.write(`The page can't be shown here: there is no ${missing}.\n`);
}
