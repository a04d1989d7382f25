import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { homeFolder } from "../../system/home-folder.ts";
import { realPath } from "../../system/paths.ts";

/**
 * Files and folders that hold credentials, below the user's home. Left out is what builds can't do without, such as
 * `~/.m2/settings.xml`: a program that finds its configuration unreadable gives up.
 */
const IN_HOME = [
	".ssh",
	".gnupg",
	".password-store",
	".local/share/keyrings",
	".git-credentials",
	".netrc",
	"_netrc",
	".npmrc",
	".pypirc",
	".aws",
	".azure",
	".kube",
	".docker/config.json",
	".cargo/credentials",
	".cargo/credentials.toml",
	".gem/credentials",
	".composer/auth.json",
	".terraform.d/credentials.tfrc.json",
	".vault-token",
	".pgpass",
	".my.cnf",
	".boto",
	".s3cfg",
	".databrickscfg",
	".fly",
	".claude/.credentials.json",
	".claude.json",
	// People type passwords into their shells.
	".bash_history",
	".zsh_history",
	".python_history",
	".node_repl_history",
	".psql_history",
	".mysql_history",
];

/** Files and folders that hold credentials, below `~/.config` or where `XDG_CONFIG_HOME` says. */
const IN_CONFIG = [
	"gh",
	"glab-cli",
	"hub",
	"git/credentials",
	"gcloud",
	"doctl",
	"rclone",
	"op",
	"sops",
	"composer/auth.json",
	"containers/auth.json",
];

/**
 * Where the agents' Codexes keep their databases, below Codex's home. A folder of their own can be denied as a whole, with
 * the files that SQLite makes and removes beside each database.
 */
const SQLITE_FOLDER = "orchfile-sqlite";

/**
 * Files and folders below Codex's own home that hold secrets: its login, its configuration (which may hold keys), and
 * everything it remembers of other conversations. The folder as a whole can't be denied: what lies in it for the agent, its
 * skills, would be too.
 */
const IN_CODEX_HOME = [
	"auth.json",
	".credentials.json",
	"config.toml",
	"*.config.toml",
	"history.jsonl",
	"sessions",
	"archived_sessions",
	"shell_snapshots",
	"memories",
	"log",
	SQLITE_FOLDER,
	// Not what SQLite puts beside it: that comes and goes, and a sandbox that is to cover what has just gone does not start.
	"*.sqlite",
];

/** Variables that name such a file or folder where it is not at its usual place. */
const NAMED_BY = [
	"AWS_SHARED_CREDENTIALS_FILE",
	"AWS_CONFIG_FILE",
	"AZURE_CONFIG_DIR",
	"CLOUDSDK_CONFIG",
	"DOCKER_CONFIG",
	"GH_CONFIG_DIR",
	"GNUPGHOME",
	"GOOGLE_APPLICATION_CREDENTIALS",
	"KUBECONFIG",
	"NETRC",
	"NPM_CONFIG_USERCONFIG",
	"PGPASSFILE",
];

/** Where Codex keeps its login, its configuration and its threads. */
export function codexHome(env: NodeJS.ProcessEnv = process.env): string {
	return env.CODEX_HOME ? resolve(env.CODEX_HOME) : join(homeFolder(env), ".codex");
}

/** Folder of the databases that the agents' Codexes share. */
export function sqliteHome(): string {
	return join(codexHome(), SQLITE_FOLDER);
}

/**
 * Absolute paths that the agent's commands may not read, as things stand: a sandbox takes half a millisecond a command for
 * each, so those that do not exist are left out. What Codex itself may make while it runs is always in.
 */
export function secretFiles(env: NodeJS.ProcessEnv = process.env): string[] {
	const home = homeFolder(env);
	const config = env.XDG_CONFIG_HOME || join(home, ".config");
	const elsewhere = [
		...IN_HOME.map((path) => join(home, path)),
		...[join(home, ".config"), config].flatMap((folder) => IN_CONFIG.map((path) => join(folder, path))),
		...IN_CODEX_HOME.map((path) => join(home, ".codex", path)),
		...NAMED_BY.flatMap((name) => (env[name] ?? "").split(":")).filter(isAbsolute),
	];
	// A pattern is not left to Codex: it would look it up at every command, in all folders below, and a file that goes in
	// that moment keeps the command from starting.
	const own = IN_CODEX_HOME.map((path) => join(codexHome(env), path)).flatMap((path) =>
		basename(path).includes("*") ? existing([path]) : [path],
	);
	// The sandbox does not start when it is to cover a link with an absolute target.
	return [...new Set([...existing(elsewhere), ...own].map(realPath))];
}

/** Those of the paths that exist, an asterisk replaced by whatever there is. */
export function existing(paths: readonly string[]): string[] {
	return paths.flatMap((path) => {
		if (!basename(path).includes("*")) return existsSync(path) ? [path] : [];
		const [start = "", end = ""] = basename(path).split("*");
		return namesIn(dirname(path))
			.filter((name) => name.startsWith(start) && name.endsWith(end))
			.map((name) => join(dirname(path), name));
	});
}

function namesIn(folder: string): string[] {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}
