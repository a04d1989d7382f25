import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import * as z from "zod";
import type { RunnerWords } from "../../contract/diagnosis.ts";
import type { Place } from "../../contract/place.ts";
import { Failure, type Problem } from "../../contract/problem.ts";
import { withTemporaryFolder } from "../../system/temporary-folder.ts";
import type { CheckRequest, RunnerHealth } from "../runner.ts";
import { causeIn, runCodex, unavailable } from "./ask.ts";
import { codexBinary } from "./package.ts";
import { profileOverride } from "./permissions.ts";
import { codexHome, existing, secretFiles } from "./secret-files.ts";

const CHECK = z.object({
	status: z.string(),
	summary: z.string(),
	remediation: z.string().nullish(),
	details: z.record(z.string(), z.unknown()).nullish(),
});
const REPORT = z.object({ codexVersion: z.string().nullish(), checks: z.record(z.string(), CHECK) });

/** What Codex itself relies on, and agents must not write to. */
export function placesOf({ program }: CheckRequest): Place[] {
	return [
		{ what: "runner-home", path: codexHome() },
		{ what: "program", path: codexBinary(program) },
	];
}

/**
 * Asks Codex itself whether a turn could run, and tries its sandbox out.
 * @throws Failure `runner-unavailable` when it can't even be asked.
 */
export async function examineCodex(request: CheckRequest, signal: AbortSignal): Promise<RunnerHealth> {
	const program = codexBinary(request.program);
	const denied = secretFiles();
	const [report, letThrough] = await Promise.all([
		askDoctor(program, request.directory, signal),
		probeSandbox(program, request, denied, signal),
	]);
	const problemsOf = (id: string): Problem[] => {
		const check = report.checks[id];
		if (check?.status !== "fail") return [];
		return [unavailable(id, [check.summary, ...placeOf(check)].join(": "), check.remediation ?? null)];
	};
	const configuration = problemsOf("config.load");
	const credentials = problemsOf("auth.credentials");
	const helpers = problemsOf("sandbox.helpers");
	// What is wrong with the configuration or the login makes the provider look unreachable as well.
	const isClear = [...configuration, ...credentials, ...helpers].length === 0;
	// With a broken configuration the sandbox can't start either.
	const isTried = configuration.length + helpers.length === 0 && letThrough !== undefined;
	return {
		program,
		version: report.codexVersion ?? null,
		denied: existing(denied).length,
		problems: {
			program: configuration,
			credentials,
			provider: isClear ? refusalsOf(report.checks["network.provider_reachability"]) : [],
			sandbox: [...helpers, ...(isTried ? [unavailable("sandbox", letThrough, null)] : [])],
		},
		words: {
			credentials: wordsOf(report.checks["auth.credentials"]),
			provider: wordsOf(report.checks["network.provider_reachability"]),
		},
	};
}

/**
 * Why the provider can't be reached. The check also fails for one that merely does not answer the route it tries; only no
 * connection is certain.
 */
function refusalsOf(check: z.infer<typeof CHECK> | undefined): Problem[] {
	if (check?.status !== "fail") return [];
	const refused = Object.values(check.details ?? {}).filter(isRefused);
	if (refused.length === 0) return [];
	return [unavailable("network.provider_reachability", refused.join("; "), check.remediation ?? null)];
}

function wordsOf(check: z.infer<typeof CHECK> | undefined): RunnerWords {
	return { summary: check?.summary ?? null, remedy: check?.remediation ?? null, isSure: check?.status === "ok" };
}

/** Where a broken configuration is broken, as far as the doctor tells. */
function placeOf({ details }: z.infer<typeof CHECK>): string[] {
	const { file, line, error } = details ?? {};
	return [error, [file, line].filter(Boolean).join(":")].filter(
		(text): text is string => typeof text === "string" && text !== "",
	);
}

function isRefused(detail: unknown): boolean {
	return typeof detail === "string" && /connect failed \(required\)/.test(detail);
}

async function askDoctor(codex: string, cwd: string, signal: AbortSignal): Promise<z.infer<typeof REPORT>> {
	// A failed check makes the doctor exit with 1; its report is on standard output all the same.
	const { stdout, stderr } = await runCodex(codex, ["doctor", "--json"], cwd, signal);
	try {
		return REPORT.parse(JSON.parse(stdout));
	} catch (cause) {
		const summary = stderr.trim().split("\n").at(-1) || "`codex doctor --json` gave no report";
		throw new Failure(unavailable("doctor", summary, null), { cause });
	}
}

/**
 * A shell script that fails, and says why, unless what has to be denied is. First the folders, up to an empty word, that
 * must not be writable; these are not written to, in case they can be. Then what is really written: a file inside, and one outside.
 */
const PROBE = `
write() { (echo probe > "$1") 2> /dev/null; }
while [ -n "$1" ]; do [ ! -w "$1" ] || { echo "$1 can be written" >&2; exit 1; }; shift; done
shift
write "$1" || { echo "$1, which is inside, can't be written" >&2; exit 1; }
! write "$2" || { echo "$2, which is outside, can be written" >&2; exit 1; }
shift 2
for path; do [ ! -r "$path" ] || { echo "$path can be read" >&2; exit 1; }; done`;

/**
 * Why the sandbox can't start or does not keep what it should, or nothing. A turn in a sandbox that can't start would
 * "complete" with every command failed, and a Codex that knows no permission profiles would run unconfined.
 */
async function probeSandbox(
	codex: string,
	{ directory, gitFolder }: CheckRequest,
	denied: readonly string[],
	signal: AbortSignal,
): Promise<string | undefined> {
	return withTemporaryFolder(async (working) => {
		const profile = { name: basename(working), writable: [working], denied, network: false };
		const options = ["-P", profile.name, "-C", working, "-c", profileOverride(profile)];
		const inside = join(working, "inside");
		const outside = `${working}.outside`;
		const kept = [codexHome(), directory, ...(gitFolder === undefined ? [] : [gitFolder])];
		const command = ["/bin/sh", "-c", PROBE, "sh", ...kept, "", inside, outside, ...existing(denied)];
		const { exitCode, stderr } = await runCodex(codex, ["sandbox", ...options, "--", ...command], working, signal);
		if (existsSync(outside)) await rm(outside, { force: true });
		return exitCode === 0 ? undefined : causeIn(stderr) || `exit code ${exitCode}`;
	}).catch((error: NodeJS.ErrnoException) => {
		if (error.syscall !== "mkdtemp") throw error;
		throw new Failure(unavailable("temporary folder", error.message, null), { cause: error });
	});
}
