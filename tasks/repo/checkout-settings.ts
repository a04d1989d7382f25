import type { RepositoryPaths } from "../contract/issue.ts";
import type { Setting } from "./commands/config-list.ts";
import { readSettings } from "./settings.ts";

/** What a person says in settings of how files and commits of theirs are to be. */
const OF_A_PERSON =
	/^(?:(?:user|author|committer|gpg)\..+|commit\.gpgsign|core\.(?:attributesfile|autocrlf|eol|excludesfile)|(?:filter|merge)\..+)$/;

/** What git has found out about the disk when it made the repository, and what holds where it has written nothing of it. */
const OF_THE_DISK: Readonly<Record<string, string>> = {
	"core.filemode": "true",
	"core.ignorecase": "false",
	"core.symlinks": "true",
};

/** Of each run, which has paths of its own. */
const answers = new WeakMap<RepositoryPaths, Promise<readonly string[]>>();

/**
 * Options for a git that works in a worktree. The same holds there of a person's settings as in the checkout that it belongs to,
 * where `includeIf "gitdir:…"` or `"onbranch:…"` may include what it does not here; and what the disk is like, no setting for
 * all repositories says. None where neither makes a difference.
 */
export function asInCheckout(repository: RepositoryPaths): Promise<readonly string[]> {
	const known = answers.get(repository);
	if (known) return known;
	const answer = readSettings(repository).then((settings) =>
		[...misjudged(settings), ...included(settings)].flatMap((setting) => ["-c", setting]),
	);
	answer.catch(() => answers.delete(repository));
	answers.set(repository, answer);
	return answer;
}

function included(settings: readonly Setting[]): string[] {
	if (!settings.some(({ key }) => key.startsWith("includeif."))) return [];
	return settings
		.filter(({ key, scope }) => scope !== "command" && OF_A_PERSON.test(key))
		.map(({ key, value }) => `${key}=${value}`);
}

/** With `core.ignoreCase` where case counts, git would take a new `README.MD` for the `README.md` that it knows, and lose it. */
function misjudged(settings: readonly Setting[]): string[] {
	return Object.entries(OF_THE_DISK).flatMap(([name, usual]) => {
		const found = settings.filter(({ key }) => key === name);
		const own = found.findLast(({ scope }) => scope === "local" || scope === "worktree")?.value ?? usual;
		return (found.at(-1)?.value ?? usual) === own ? [] : [`${name}=${own}`];
	});
}
