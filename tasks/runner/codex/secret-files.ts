import { accessSync, constants, existsSync, readdirSync } from "node:fs";
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
	".oci",
	".aliyun",
	".pulumi/credentials.json",
	".supabase/access-token",
	".wrangler/config/default.toml",
	".sentryclirc",
	".kaggle/kaggle.json",
	".huggingface/token",
	".cache/huggingface/token",
	".cache/huggingface/stored_tokens",
	".pub-cache/credentials.json",
	".hex/hex.config",
	".sbt/.credentials",
	".ivy2/.credentials",
	".subversion/auth",
	".authinfo",
	".authinfo.gpg",
	".mylogin.cnf",
	".smbcredentials",
	".msmtprc",
	".claude/.credentials.json",
	".claude.json",
	".gemini/oauth_creds.json",
	".local/share/opencode/auth.json",
	".local/share/uv/credentials",
	".local/share/com.vercel.cli/auth.json",
	".local/share/kwalletd",
	// Browsers keep passwords, and cookies that are as good.
	".mozilla",
	".thunderbird",
	"snap/firefox/common/.mozilla",
	"snap/chromium/common/chromium",
	// People type passwords into their shells.
	".bash_history",
	".zsh_history",
	".python_history",
	".node_repl_history",
	".psql_history",
	".mysql_history",
	".sqlite_history",
	".rediscli_history",
	".irb_history",
	".sh_history",
	".histfile",
	".zhistory",
	".local/share/fish/fish_history",
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
	"helm/registry",
	"github-copilot",
	"configstore/firebase-tools.json",
	"pypoetry/auth.toml",
	"dart/pub-credentials.json",
	"hcloud",
	"scw",
	"linode-cli",
	"stripe",
	"netlify",
	".wrangler",
	"ngrok",
	"solana/id.json",
	"filezilla",
	"Bitwarden CLI",
	"google-chrome",
	"chromium",
	"BraveSoftware",
	"microsoft-edge",
	"vivaldi",
	"opera",
];

/** What a machine keeps for its root alone, who may be the one that runs agents. */
const OF_MACHINE = [
	"/etc/shadow",
	"/etc/gshadow",
	"/etc/krb5.keytab",
	"/etc/ssh/ssh_host_*_key",
	"/etc/ssl/private",
	"/etc/letsencrypt",
	"/etc/wireguard",
	"/etc/NetworkManager/system-connections",
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
	return [...new Set([...existing(elsewhere), ...existing(OF_MACHINE).filter(isReadable), ...own].map(realPath))];
}

function isReadable(path: string): boolean {
	try {
		accessSync(path, constants.R_OK);
		return true;
	} catch {
		return false;
	}
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
