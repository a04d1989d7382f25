import { oneLine, shellWord } from "./format.ts";
import type { Say } from "./say.ts";

/** What brings a filter where it is not set up, or what it needs, by its name; a line. */
export function bringFilter(name: string, isDefined: boolean, say: Say): string {
	if (/^git-crypt(?:-|$)/.test(name)) return "Unlock it, with the file of its key where there is one: git-crypt unlock";
	if (name === "nbstripout") return "Have it set up: nbstripout --install";
	if (name === "lfs" && isDefined) return `Bring what it needs: ${say.git("lfs pull")}`;
	if (name === "lfs") return `Have it set up: ${say.git("lfs install")}`;
	if (name === "annex" && !isDefined) return `Have it set up: ${say.git("annex init")}`;
	if (isDefined) return `To see what is run: ${say.git(`config --show-origin --get-regexp "^filter\\."`)}\nMend that`;
	const named = say.git(`grep -n ${shellWord(`filter=${oneLine(name)}`)} -- "*.gitattributes"`);
	return `Set it up as its program says; to see what names it: ${named}`;
}
