import { readFileSync } from "node:fs";
import { join } from "node:path";
import { absolutePath } from "../../system/find-program.ts";
import { homeFolder } from "../../system/home-folder.ts";
import { RUN_VARIABLE, THIS_RUN } from "../../system/this-run.ts";
import { codexHome } from "./secret-files.ts";

/**
 * The variables the agent's process is given. Everything else stays outside: by default an agent's shell would see the
 * whole environment, tokens of other services included.
 */
const ALLOWED = new Set([
	"HOME",
	"USER",
	"LOGNAME",
	"SHELL",
	"LANG",
	"TZ",
	"TERM",
	"XDG_CONFIG_HOME",
	"XDG_CACHE_HOME",
	"XDG_DATA_HOME",
	"CODEX_HOME",
	"CODEX_API_KEY",
	"OPENAI_API_KEY",
	"HTTP_PROXY",
	"HTTPS_PROXY",
	"ALL_PROXY",
	"NO_PROXY",
	"http_proxy",
	"https_proxy",
	"all_proxy",
	"no_proxy",
	"SSL_CERT_FILE",
	"SSL_CERT_DIR",
	"CODEX_CA_CERTIFICATE",
	"NODE_EXTRA_CA_CERTS",
	"SystemRoot",
]);

/**
 * The environment of the agent's process: the allow-list, the keys of the user's providers, the absolute part of `PATH`,
 * and whose process it is. Of all that the agent's commands get less.
 */
export function agentEnvironment(from: NodeJS.ProcessEnv = process.env): Record<string, string> {
	const keys = keyVariables(from);
	const allowed = Object.entries(from).filter(
		(entry): entry is [string, string] =>
			entry[1] !== undefined && (ALLOWED.has(entry[0]) || keys.has(entry[0]) || entry[0].startsWith("LC_")),
	);
	return {
		HOME: homeFolder(from),
		...Object.fromEntries(allowed),
		PATH: absolutePath(from.PATH ?? ""),
		[RUN_VARIABLE]: THIS_RUN.nonce,
	};
}

/** The variables in which Codex looks for the keys of providers: `env_key` in the user's own configuration. */
function keyVariables(from: NodeJS.ProcessEnv): ReadonlySet<string> {
	let text = "";
	try {
		text = readFileSync(join(codexHome(from), "config.toml"), "utf8");
	} catch {
		// Without one, there are Codex's own providers only.
	}
	return new Set([...text.matchAll(/\benv_key\s*=\s*["']([A-Za-z_]\w*)["']/g)].map(([, name = ""]) => name));
}
