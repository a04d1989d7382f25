import { join } from "node:path";
import type { infer as Infer } from "zod";
import type { RunnerWords } from "../../contract/diagnosis.ts";
import { given } from "../../contract/given.ts";
import type { Place } from "../../contract/place.ts";
import { Failure, type Problem } from "../../contract/problem.ts";
import { z } from "../../contract/zod.ts";
import type { CheckRequest, RunnerHealth } from "../runner.ts";
import { causeIn, runCodex, unavailable } from "./ask.ts";
import { homeProblems } from "./home.ts";
import { untrusted } from "./options.ts";
import { codexBinary, codexWords } from "./package.ts";
import { permissionOverrides } from "./permissions.ts";
import { codexHome, existing, secretFiles } from "./secret-files.ts";
import { OF_TURNS, trySandbox } from "./try-sandbox.ts";

const CHECK = z.object({
	status: z.string(),
	summary: z.string(),
	remediation: z.string().nullish(),
	details: z.record(z.string(), z.unknown()).nullish(),
});
type Check = Infer<typeof CHECK>;
const REPORT = z.object({ codexVersion: z.string().nullish(), checks: z.record(z.string(), CHECK) });

/** What Codex itself relies on, and agents must not write to. */
export function placesOf({ program }: CheckRequest): Place[] {
	return [
		{ what: "runner-home", path: codexHome() },
		{ what: "program", path: codexBinary(program) },
	];
}

/** What Codex relies on, and what its sandbox can be completed with: absolute path of bubblewrap. */
export interface CodexHealth extends RunnerHealth {
	readonly bubblewrap?: string;
}

/**
 * Asks Codex itself whether a turn could run, and tries its sandbox out.
 * @throws Failure `runner-unavailable` when it can't even be asked.
 */
export async function examineCodex(request: CheckRequest, signal: AbortSignal): Promise<CodexHealth> {
	const program = codexBinary(request.program);
	const words = codexWords(request.program);
	const denied = secretFiles();
	const [report, tried, home] = await Promise.all([
		askDoctor(program, request.directory, denied, signal),
		trySandbox(program, request, denied, signal),
		homeProblems(),
	]);
	const probe = tried.wrong;
	const problemsOf = (id: string): Problem[] => {
		const check = report.checks[id];
		if (check?.status !== "fail") return [];
		return [unavailable(id, check.summary, check.remediation ?? null, words)];
	};
	const configuration = [
		...configurationProblems(report.checks["config.load"], probe),
		...serverProblems(report.checks["mcp.config"]),
	];
	const credentials = problemsOf("auth.credentials");
	const helpers = problemsOf("sandbox.helpers");
	// What is wrong with the configuration or the login makes the provider look unreachable as well.
	const isClear = [...configuration, ...credentials, ...helpers].length === 0;
	// With a broken configuration the sandbox can't start either.
	const isTried = configuration.length + helpers.length === 0 && probe !== undefined;
	return {
		program,
		version: report.codexVersion ?? null,
		denied: existing(denied).length,
		sockets: tried.bubblewrap !== undefined,
		...given({ bubblewrap: tried.bubblewrap }),
		problems: {
			program: [...configuration, ...home],
			credentials,
			provider: isClear ? refusalsOf(report.checks["network.provider_reachability"], words) : [],
			sandbox: [
				...helpers,
				...(isTried ? [unavailable("sandbox", causeIn(probe) || "it ended without a word", null, words)] : []),
			],
		},
		warnings: warningsOf(report.checks["config.load"], report.checks["mcp.config"]),
		words: {
			credentials: wordsOf(report.checks["auth.credentials"], words),
			provider: wordsOf(report.checks["network.provider_reachability"], words),
		},
	};
}

/**
 * Why the provider can't be reached. The check also fails for one that merely does not answer the route it tries; only no
 * connection is certain.
 */
function refusalsOf(check: Check | undefined, words: readonly string[]): Problem[] {
	if (check?.status !== "fail") return [];
	const refused = Object.values(check.details ?? {}).filter(isRefused);
	if (refused.length === 0) return [];
	return [unavailable("network.provider_reachability", refused.join("; "), check.remediation ?? null, words)];
}

function wordsOf(check: Check | undefined, words: readonly string[]): RunnerWords {
	const remedy = check?.remediation ?? `To see more: ${words.join(" ")} doctor`;
	return { summary: check?.summary ?? null, remedy, isSure: check?.status === "ok" };
}

/**
 * What is wrong with the configuration. The doctor says that it can't be loaded; all that it knows of why may be "invalid data".
 * Whatever else reads the configuration says it in full, as the try-out of the sandbox does.
 */
function configurationProblems(check: Check | undefined, probe: string | undefined): Problem[] {
	if (check?.status !== "fail") return [];
	const [, said] = /^error: ([\s\S]*?)(?:\n\s*\n|$(?![\s\S]))/im.exec(probe ?? "") ?? [];
	const why = said === undefined ? placeOf(check) : [said.trim().replace(/\s*\n\s*/g, " ")];
	return [unavailable("config.load", [check.summary, ...why].join(": "), `Correct that in ${configFile()}`)];
}

/** Servers of MCP without which no turn starts: those that the configuration says are required. */
function serverProblems(check: Check | undefined): Problem[] {
	if (check?.status !== "fail") return [];
	const remedy = `Give these servers what they need, or take them, or \`required\`, out of ${configFile()}`;
	return [unavailable("mcp.config", [check.summary, ...serversIn(check)].join(": "), remedy)];
}

/** What runs all the same, but hardly as it was meant. */
function warningsOf(configuration: Check | undefined, servers: Check | undefined): string[] {
	const { "startup warning": unknown } = configuration?.details ?? {};
	const missing = servers?.status === "warning" ? serversIn(servers) : [];
	return [
		...(typeof unknown === "string" ? [unknown.replace(/\s*\n\s*/g, " ")] : []),
		...(missing.length > 0 ? [`Codex will do without MCP servers of ${configFile()}: ${missing.join("; ")}`] : []),
	];
}

/** What the doctor says of single servers, among its numbers of them. */
function serversIn({ details }: Check): string[] {
	return Object.entries(details ?? {}).flatMap(([name, value]) => {
		if (typeof value !== "string" || /^\d+$/.test(value)) return [];
		return [/ reachability failed$/.test(name) ? value : `${name}: ${value}`];
	});
}

function configFile(): string {
	return join(codexHome(), "config.toml");
}

/** Where a broken configuration is broken, as far as the doctor tells. */
function placeOf({ details }: Check): string[] {
	const { file, line, error } = details ?? {};
	return [error, [file, line].filter(Boolean).join(":")].filter(
		(text): text is string => typeof text === "string" && text !== "",
	);
}

function isRefused(detail: unknown): boolean {
	return typeof detail === "string" && /connect failed \(required\)/.test(detail);
}

/** Asks with what turns are given: what that takes the place of keeps none from running. */
async function askDoctor(
	codex: string,
	cwd: string,
	denied: readonly string[],
	signal: AbortSignal,
): Promise<Infer<typeof REPORT>> {
	const profile = { name: `orchfile-${process.pid}`, writable: [], denied, network: false };
	const overrides = [...OF_TURNS, untrusted([cwd]), ...permissionOverrides(profile)];
	// A failed check makes the doctor exit with 1; its report is on standard output all the same.
	const { stdout, stderr } = await runCodex(
		codex,
		["doctor", "--json", ...overrides.flatMap((each) => ["-c", each])],
		cwd,
		signal,
	);
	try {
		return REPORT.parse(JSON.parse(stdout));
	} catch (cause) {
		const summary = stderr.trim().split("\n").at(-1) || "`codex doctor --json` gave no report";
		throw new Failure(unavailable("doctor", summary, null), { cause });
	}
}
