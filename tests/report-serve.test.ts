import { once } from "node:events";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { answerDeferred, editAndPass } from "./support/scripts.ts";
import { snapshot } from "./support/snapshot.ts";
import { createWorld } from "./support/world.ts";

test("a page that is served follows a run, starts and writes nothing, and ends well by Ctrl-C", async () => {
	await using world = await createWorld([
		{ id: "A-1", script: editAndPass },
		{ id: "B-1", script: answerDeferred },
	]);
	const { path } = world.repository;
	const before = await snapshot(world.repository, { everything: true });
	const served = world.start(["report", "M1", "--serve"]);
	const [printed] = await once(served.child.stdout ?? process.stdin, "data");
	const address = String(printed).trim();
	await served.until(/To end it: Ctrl-C/);
	const page = async () => (await fetch(address)).text();
	expect(await page()).toContain("2 not begun.");
	expect(await snapshot(world.repository, { everything: true })).toEqual(before);

	const followed = (await fetch(`${address}changes`)).body?.getReader();
	expect((await world.run(["dev", "M1"])).exitCode).toBe(1);
	let text = await page();
	while (!text.includes("1 up to date, 1 has a question for you.")) {
		await followed?.read();
		text = await page();
	}
	const log = /href="(\.\/logs\/A-1\/dev-run\.json)"/.exec(text)?.[1] ?? "";
	expect(await (await fetch(new URL(log, address))).json()).toMatchObject({ outcome: "pass" });

	// A person writes at a document meanwhile, and something runs on.
	const document = join(path, "docs/projects/p/issues/A-1.md");
	const whole = await readFile(document, "utf8");
	await writeFile(document, whole.replace("id:", "id: ["));
	await appendFile(join(path, "logs/orch/M1/A-1/dev.jsonl"), "\n");
	await served.until(/The page stays as it was:\n.*A-1\.md/);
	expect(await page()).toBe(text);

	await followed?.cancel();
	served.child.kill("SIGINT");
	expect(await served.finished).toMatchObject({ exitCode: 0 });
});
