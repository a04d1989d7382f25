import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { NODE_WITH_TSX } from "../bench/processes.ts";

test("what nobody catches ends a process whose folder has gone as well", async () => {
	const folder = await mkdtemp(join(tmpdir(), "orchfile-gone-"));
	const program = `
		import { rmdirSync } from "node:fs";
		const { watchLoading } = await import(${JSON.stringify(pathToFileURL(join(import.meta.dirname, "../../tasks/cli/strays.ts")).href)});
		watchLoading("/nowhere/orchfile.ts", () => true);
		// Node asks the system for the folder again after this, and not before.
		process.chdir(${JSON.stringify(folder)});
		rmdirSync(${JSON.stringify(folder)});
		setImmediate(() => { throw new Error("what was thrown"); });
	`;
	const [node = "", ...args] = [...NODE_WITH_TSX, "--input-type=module", "--eval", program];
	const ended = await new Promise<{ code: unknown; stderr: string }>((resolve) =>
		execFile(node, args, { timeout: 60_000 }, (error, _, stderr) =>
			resolve({ code: error?.code ?? error?.signal ?? 0, stderr }),
		),
	);
	expect(ended).toEqual({ code: 1, stderr: expect.stringMatching(/^Error: what was thrown\n[\s\S]*\nENOENT/) });
});
