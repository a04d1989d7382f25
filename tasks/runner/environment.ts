import { delimiter, isAbsolute } from "node:path";
import { RUN_VARIABLE, THIS_RUN } from "../store/this-run.ts";

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

/** The environment of the agent's process: the allow-list, the absolute part of `PATH`, and whose process it is. */
export function agentEnvironment(from: NodeJS.ProcessEnv = process.env): Record<string, string> {
	const allowed = Object.entries(from).filter(
		(entry): entry is [string, string] =>
			entry[1] !== undefined && (ALLOWED.has(entry[0]) || entry[0].startsWith("LC_")),
	);
	const path = (from.PATH ?? "").split(delimiter).filter(isAbsolute).join(delimiter);
	return { ...Object.fromEntries(allowed), PATH: path, [RUN_VARIABLE]: THIS_RUN.nonce };
}
