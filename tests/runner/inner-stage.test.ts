import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { runCodex } from "../../tasks/runner/codex/ask.ts";
import { completeSandbox } from "../../tasks/runner/codex/complete-sandbox.ts";
import { bundledBubblewraps, codexBinary } from "../../tasks/runner/codex/package.ts";
import { profileOverride } from "../../tasks/runner/codex/permissions.ts";
import { OF_TURNS } from "../../tasks/runner/codex/try-sandbox.ts";

/** What a command has from whoever started it, but for its number and the count of its filters. */
const HAS = `grep -vE '^(Pid|PPid|Tgid|NSpid|NStgid|Ngid|Vm|Rss|Seccomp_filters|.*ctxt|Mems|Speculation)' /proc/self/status
cat /proc/self/limits; umask; pwd; env | sort; ls /proc/self/fd`;
/** How a command ends, in which something that it has started goes on. */
const ENDS = ["exit 7", "kill -9 $$", "kill -15 $$", "exec ./is-not-there", 'setsid sleep "$0" & sleep "$0" & exit 3'];

const [bubblewrap] = process.platform === "linux" ? bundledBubblewraps(codexBinary()) : [];

test.skipIf(bubblewrap === undefined)(
	"a command has all that Codex's inner stage would give it, and ends as it would, without that",
	async () => {
		const folder = await mkdtemp(join(tmpdir(), "orchfile-test-"));
		try {
			const [sandbox, work, home] = ["sandbox", "work", "home"].map((name) => join(folder, name));
			for (const each of [sandbox, work, home]) await mkdir(each as string);
			const codex = codexBinary();
			const place = { folder: sandbox as string, writable: [work as string], kept: [folder, codex], denied: [] };
			const { path, variables } = await completeSandbox(place, bubblewrap as string, process.env.PATH ?? "");
			const profile = profileOverride({ name: "stage", writable: [], denied: [], network: false });
			const args = ["sandbox", "-P", "stage", "-C", work, ...[...OF_TURNS, profile].flatMap((each) => ["-c", each])];
			const env = { ...variables, PATH: path, CODEX_HOME: home as string };
			const ask = async (script: string) => {
				const words = [...args, "--", "sh", "-c", script, UNLIKE] as string[];
				const { exitCode, stdout } = await runCodex(codex, words, work as string, undefined, env);
				return exitCode === 0 ? stdout : exitCode;
			};
			const all = async () => ({
				first: await ask("tr '\\0' '\\n' </proc/1/cmdline | head -1"),
				rest: [await ask(HAS), ...(await Promise.all(ENDS.map(ask)))],
			});
			const without = await all();
			const script = join(sandbox as string, "bin/bwrap");
			const text = await readFile(script, "utf8");
			await writeFile(script, text.replace("known=1", "known="));
			const withStage = await all();
			expect(withStage.first).toBe("codex-linux-sandbox\n");
			expect(without.first).toBe(`${bubblewrap}\n`);
			expect(without.rest[0]).toContain("NoNewPrivs:\t1");
			expect(without.rest).toEqual(withStage.rest);
			expect(without.rest.slice(1)).toEqual([7, 137, 143, 127, 3]);
			await vi.waitFor(async () => expect(await sleeping()).toEqual([]), { timeout: 10_000 });
		} finally {
			await rm(folder, { recursive: true });
		}
	},
);

/** Seconds for which nothing else sleeps. */
const UNLIKE = `98765.${process.pid}`;

async function sleeping(): Promise<string[]> {
	const numbers = (await readdir("/proc")).filter((each) => /^\d+$/.test(each));
	const lines = numbers.map((each) => readFile(`/proc/${each}/cmdline`, "utf8").catch(() => ""));
	return (await Promise.all(lines)).filter((line) => line.startsWith("sleep") && line.includes(UNLIKE));
}
