import { execFile } from "node:child_process";
import { basename } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { Failure, type Problem } from "../contract/problem.ts";
import { withTemporaryFolder } from "../store/temporary-folder.ts";
import { codexBinary } from "./codex-package.ts";
import { agentEnvironment } from "./environment.ts";
import { profileOverride } from "./permissions.ts";
import type { CheckRequest } from "./runner.ts";
import { codexHome, existing, secretFiles } from "./secret-files.ts";

const run = promisify(execFile);

/** Milliseconds; the doctor takes 0.2 s, and a check that hangs must not hold up a night. */
const TIMEOUT = 30_000;

const CHECK = z.object({
	status: z.string(),
	summary: z.string(),
	remediation: z.string().nullish(),
	details: z.record(z.string(), z.unknown()).nullish(),
});
const REPORT = z.object({ checks: z.record(z.string(), CHECK) });

/** Checks of `codex doctor` without which no turn can succeed. */
const NEEDED = ["config.load", "auth.credentials", "sandbox.helpers"];

/**
 * Asks Codex itself whether a turn could run, before anything is made for it.
 * @throws Failure `runner-unavailable`, one for each thing that is missing.
 */
export async function checkCodex({ directory, program }: CheckRequest, signal: AbortSignal): Promise<void> {
	const codex = codexBinary(program);
	const [report, sandbox] = await Promise.all([askDoctor(codex, directory, signal), probeSandbox(codex, signal)]);
	const failed = (id: string) => (report.checks[id]?.status === "fail" ? [report.checks[id]] : []);
	const problems = NEEDED.flatMap((id): Problem[] =>
		failed(id).map((check) =>
			unavailable(id, [check.summary, ...placeOf(check)].join(": "), check.remediation ?? null),
		),
	);
	// What is wrong with the configuration or the login makes the provider look unreachable as well.
	const [provider] = problems.length === 0 ? failed("network.provider_reachability") : [];
	// The check also fails for a provider that merely does not answer the route it tries; only no connection is certain.
	const refused = Object.values(provider?.details ?? {}).filter(isRefused);
	if (provider && refused.length > 0) {
		problems.push(unavailable("network.provider_reachability", refused.join("; "), provider.remediation ?? null));
	}
	if (problems.length === 0 && sandbox !== undefined) problems.push(unavailable("sandbox", sandbox, null));
	if (problems.length > 0) throw new Failure(problems);
}

function unavailable(check: string, summary: string, remedy: string | null): Problem {
	return { kind: "runner-unavailable", check, summary, remedy };
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

/** Fails, and says why, unless what has to be denied is: first a folder that can be written outside of the sandbox. */
const PROBE = `
[ ! -w "$1" ] || { echo "$1 can be written" >&2; exit 1; }
shift
for path; do [ ! -r "$path" ] || { echo "$path can be read" >&2; exit 1; }; done`;

/**
 * Why the sandbox can't start or does not keep what it should, or nothing. A turn in a sandbox that can't start would
 * "complete" with every command failed, and a Codex that knows no permission profiles would run unconfined.
 */
async function probeSandbox(codex: string, signal: AbortSignal): Promise<string | undefined> {
	return withTemporaryFolder(async (working) => {
		const denied = secretFiles();
		const profile = { name: basename(working), writable: [working], denied, network: false };
		const options = ["-P", profile.name, "-C", working, "-c", profileOverride(profile)];
		const command = ["/bin/sh", "-c", PROBE, "sh", codexHome(), ...existing(denied)];
		const { exitCode, stderr } = await runCodex(codex, ["sandbox", ...options, "--", ...command], working, signal);
		return exitCode === 0 ? undefined : causeIn(stderr) || `exit code ${exitCode}`;
	}).catch((error: NodeJS.ErrnoException) => {
		if (error.syscall !== "mkdtemp") throw error;
		throw new Failure(unavailable("temporary folder", error.message, null), { cause: error });
	});
}

/** The line of an error output that tells the most: Codex puts a stack below its errors. */
function causeIn(stderr: string): string | undefined {
	const lines = stderr.trim().split("\n");
	return lines.find((line) => /^error: /i.test(line))?.replace(/^error: /i, "") ?? lines.at(-1);
}

async function runCodex(codex: string, args: readonly string[], cwd: string, signal: AbortSignal) {
	const options = { cwd, signal, timeout: TIMEOUT, env: agentEnvironment(), maxBuffer: 16 * 1024 * 1024 };
	try {
		const { stdout, stderr } = await run(codex, args, options);
		return { exitCode: 0, stdout, stderr };
	} catch (error) {
		signal.throwIfAborted();
		const {
			code,
			stdout = "",
			stderr = "",
			message,
		} = error as { code?: unknown; stdout?: string; stderr?: string; message: string };
		return { exitCode: code, stdout, stderr: stderr || message };
	}
}
