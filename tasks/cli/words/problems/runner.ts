import type { Place } from "../../../contract/place.ts";
import type { RunnerProblem } from "../../../contract/problems/runner.ts";
import { codexWith, type Kinds, type Message, type Say } from "../say.ts";

/** The words for each RunnerProblem. */
export const RUNNER: Kinds<RunnerProblem, Message, [Say]> = {
	"runner-unavailable": ({ check, summary, remedy, program }, say) => ({
		what: `The agent can't run (${check}): ${summary}.`,
		remedy: [checkWords(check, summary, remedy, codexWith(program), say), ...namespaceWords(check, summary)].join("\n"),
	}),
	"place-writable": ({ what, path, folder }) => ({
		what: `${PLACES[what]} (${path}) lies in ${folder}, which an agent of this run may write to.`,
		remedy: "Move it out of there.",
	}),
	"prompt-missing": ({ file }) => ({ what: `There is no ${file}, neither in the repository nor in the package.` }),
	"prompt-invalid": ({ file, expected }) => ({
		what: `${file} can't be used: it has no line ${expected}, where the fields of the answer go.`,
		remedy: "Add that line, or remove the file to use the prompt of the package.",
	}),
};

const PLACES: Readonly<Record<Place["what"], string>> = {
	repository: "The repository",
	"git-folder": "The repository's git folder",
	logs: "The repository's log folder",
	"temporary-folder": "The folder for temporary files",
	worktree: "The worktree",
	"runner-home": "CODEX_HOME",
	program: "The Codex program",
};

/** What to type where a check of Codex fails. */
function checkWords(
	check: string,
	summary: string,
	remedy: string | null,
	codex: (args: string) => string,
	say: Say,
): string {
	switch (check) {
		case "auth.credentials":
			if (!summary.includes("env var")) return `Set OPENAI_API_KEY, or type: ${codex("login")}`;
			return `${remedy ?? "Set the variable of the provider."} It is what \`env_key\` in Codex's config.toml names.`;
		case "config.load":
		case "mcp.config":
			return `${remedy ?? "Correct Codex's config.toml"}, then: ${say("doctor")}`;
		// Codex's doctor does not try it.
		case "sandbox":
			if (summary.startsWith("/proc/sys/"))
				return "Run it as another user than root, to whom Codex's own sandbox leaves that.";
			if (summary.endsWith("(noexec)"))
				return "Name another folder for temporary files in TMPDIR, one that may hold programs.";
			return `To see it fail: ${codex("sandbox -- true")}`;
		default:
			return remedy ?? `To see more: ${codex("doctor")}`;
	}
}

/** What lets a sandbox start where namespaces are denied, as they are in most containers. */
function namespaceWords(check: string, summary: string): string[] {
	if (check !== "sandbox" || !/namespace|bwrap/i.test(summary)) return [];
	return [
		"Codex's sandbox needs user namespaces. In a container, start that with:",
		"--cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined",
		"On the machine itself: sudo sysctl kernel.unprivileged_userns_clone=1   (Ubuntu: kernel.apparmor_restrict_unprivileged_userns=0)",
	];
}
