import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { answer, run } from "../../tasks/rehearsal/answers.ts";
import type { Script } from "../support/scripted-model.ts";
import { devResult } from "../support/scripts.ts";
import { createWorld } from "../support/world.ts";

/** Has Codex itself change a file, as models do: it starts a program of its own in the sandbox for that. */
const patch = (...lines: readonly string[]) =>
	run(`apply_patch <<'END'\n*** Begin Patch\n${lines.join("\n")}\n*** End Patch\nEND`);

test("Codex's patches change files of the worktree, and none outside, by a path or by a link", async () => {
	const outputs: string[] = [];
	let outside = "";
	const script: Script = async function* (prompted) {
		outputs.push(yield patch("*** Add File: added.txt", "+hello"));
		outputs.push(yield patch("*** Update File: added.txt", "@@", "-hello", "+hello you"));
		yield run(`ln -s ${outside} out; ln -s ${outside}/kept kept`);
		for (const path of ["../escaped", ".git/hooks/escaped", `${outside}/escaped`, "out/escaped"])
			outputs.push(yield patch(`*** Add File: ${path}`, "+escaped"));
		outputs.push(yield patch("*** Update File: kept", "@@", "-as it was", "+escaped"));
		yield run("rm out kept");
		yield answer(devResult(prompted));
	};
	await using world = await createWorld([{ id: "A-1", script }]);
	const { repository } = world;
	outside = join(repository.folder, "outside");
	await mkdir(outside);
	await writeFile(join(outside, "kept"), "as it was\n");
	const { exitCode, stderr } = await world.run(["dev", "A-1"]);
	expect(exitCode, stderr).toBe(0);
	expect(await repository.git(["show", "issue/A-1:added.txt"])).toBe("hello you");
	const failed = outputs.map((output) => !output.includes("Success."));
	expect(failed, outputs.join("\n---\n")).toEqual([false, false, true, true, true, true, true]);
	expect(await readFile(join(outside, "kept"), "utf8")).toBe("as it was\n");
	const written = await readdir(repository.folder, { recursive: true });
	expect(written.filter((path) => path.endsWith("escaped"))).toEqual([]);
});
