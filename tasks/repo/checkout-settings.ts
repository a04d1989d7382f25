import type { RepositoryPaths } from "../contract/issue.ts";
import type { Setting } from "./commands/config-list.ts";
import { driversIn, strictly, type Way } from "./commands/filter-drivers.ts";
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

/** Options for every git in a worktree, and for one that runs filters. */
type Answer = Readonly<Record<"always" | Way, readonly string[]>>;

/** Of each run, which has paths of its own. */
const answers = new WeakMap<RepositoryPaths, Promise<Answer>>();

/**
 * Options for a git that works in a worktree. The same holds there of a person's settings as in the checkout that it belongs to,
 * where `includeIf "gitdir:…"` or `"onbranch:…"` may include what it does not here; and what the disk is like, no setting for
 * all repositories says. None where neither makes a difference.
 * @param way of filters, where git runs these: one that fails at a file then fails the command, required or not.
 */
export async function asInCheckout(repository: RepositoryPaths, way?: Way): Promise<readonly string[]> {
	const { always, ...ways } = await answerOf(repository);
	return way === undefined ? always : [...always, ...ways[way]];
}

function answerOf(repository: RepositoryPaths): Promise<Answer> {
	const known = answers.get(repository);
	if (known) return known;
	const answer = readSettings(repository).then((settings) => {
		const drivers = driversIn(settings);
		const always = [...misjudged(settings), ...included(settings)].flatMap((setting) => ["-c", setting]);
		return { always, clean: strictly(drivers, "clean"), smudge: strictly(drivers, "smudge") };
	});
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
