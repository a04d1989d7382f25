import { existsSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { PATIENCE } from "../support/observe.ts";
import { answerFailed, editAndPass, gate, gated } from "../support/scripts.ts";
import { noTerminal, openTerminal, type Terminal } from "../support/terminal.ts";
import { createWorld } from "../support/world.ts";

const hasProc = existsSync("/proc/self");

test("thirty issues in a terminal of 24 rows: what runs and what failed is seen, and nothing scrolls by", async ({
	skip,
}) => {
	skip(noTerminal !== undefined || !hasProc, noTerminal ?? "the terminal's device is looked up in /proc");
	const held = gate();
	const ids = Array.from({ length: 30 }, (_, at) => `A-${String(at + 1).padStart(2, "0")}`);
	await using world = await createWorld(
		ids.map((id) => ({
			id,
			title: `Title of ${id} 日本語のタイトル e\u0301 👍 ${"and more ".repeat(20)}`,
			script: id === "A-01" ? editAndPass : id === "A-02" ? answerFailed : gated(editAndPass, held),
		})),
	);
	await using terminal = openTerminal(world, ["dev", "M1", "-j", "1"], { columns: 80, rows: 24 });
	await held.reached;
	await sees(terminal, /^. A-03 {2}\S+ .*Title of A-03/u);
	await sees(terminal, /^1 done, 1 failed, 1 running, 27 to go {2}\d/);
	const { screen, scrolled } = terminal.emulator();
	expect(screen).toContainEqual(expect.stringMatching(/^✖ A-02 {2}failed {2}/));
	expect(screen).toContainEqual(expect.stringMatching(/^ {2}… \d+ more issues: 1 done, \d+ to go$/));
	// Ten drawings a second, and not one line of them in what has scrolled by.
	const drawn = terminal.output().length;
	await vi.waitUntil(() => terminal.output().length > drawn + 3_000, { timeout: PATIENCE });
	expect(terminal.emulator().scrolled).toBe(scrolled);
	for (const [columns, rows] of [
		[60, 15],
		[120, 40],
		[44, 8],
	] as const) {
		await terminal.resize(columns, rows);
		await sees(terminal, /^1 done, 1 failed, 1 running, 27 to go/);
		await sees(terminal, /^. A-03 /u);
		const drawing = terminal.output().length;
		await vi.waitUntil(() => terminal.output().length > drawing + 1_000, { timeout: PATIENCE });
		// Looked at again and again, since what has come so far may end in the middle of a drawing.
		await vi.waitFor(
			() => {
				const { screen } = terminal.emulator();
				expect(screen.filter((line) => line.includes("running"))).toHaveLength(1);
				expect(screen.filter((line) => / A-03 /.test(line))).toHaveLength(1);
			},
			{ timeout: PATIENCE, interval: 100 },
		);
	}
	terminal.type("\u0003");
	const { exitCode, output } = await terminal.finished;
	expect(exitCode, output).toBe(130);
});

/** Waits until a line of the screen is as it has to be. */
async function sees(terminal: Terminal, line: RegExp): Promise<void> {
	await vi.waitFor(() => expect(terminal.emulator().screen).toContainEqual(expect.stringMatching(line)), {
		timeout: PATIENCE,
		interval: 100,
	});
}
