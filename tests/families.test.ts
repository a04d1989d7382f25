import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { asWritten } from "./support/edited-orchfile.ts";
import { FAMILIES, type Family } from "./support/families.ts";
import { createWorld, ORCHFILE, type RunSettings } from "./support/world.ts";

/** This repository's orchfile, as one would have it whose backlog is of this family. */
async function orchfileOf({ layout, items }: Family): Promise<RunSettings> {
	const own = await readFile(ORCHFILE, "utf8");
	const text = own.replace(
		"export const graph = {",
		() => `export const graph = {\n\tlayout: ${JSON.stringify(layout)} as any,`,
	);
	if (!items) return asWritten(text);
	const discover = `task("discover", verb.discoverItems(${JSON.stringify(items)}))`;
	return asWritten(text.replace('task("discover", verb.discover)', () => discover));
}

const HELD: readonly unknown[] = ["held", "unknown"];

test.each(FAMILIES)("$name: checked, planned and rehearsed as its readers would", async (family) => {
	await using world = await createWorld([]);
	const { repository } = world;
	for (const [file, text] of Object.entries(family.files)) await repository.write(file, text);
	await repository.commit("a backlog");
	const settings = await orchfileOf(family);

	const checked = await world.run(["check", "--json"], settings);
	const { issues, findings } = JSON.parse(checked.stdout);
	expect(issues).toBe(family.order.length + Object.keys(family.others).length);
	const unknown = Object.values(family.others).filter((meaning) => meaning === "unknown").length;
	const told = findings.filter(({ kind }: { kind: string }) => kind !== "milestone-document");
	expect(told, checked.stdout).toHaveLength(unknown);
	expect(checked.exitCode).toBe(0);

	const plan = await world.run(["plan", "--json"], settings);
	const planned = JSON.parse(plan.stdout) as readonly {
		readonly id: string;
		readonly branch: string;
		readonly held?: string;
	}[];
	const open = planned.filter(({ held }) => !held);
	expect(open.map(({ id }) => id)).toEqual(family.order);
	expect(new Set(open.map(({ branch }) => branch)).size).toBe(open.length);

	const ran = await world.run(["dev", "--all", "--rehearse", "-j", "1"], settings);
	const waiting = family.order.filter((id) => family.blockedBy?.[id]?.some((by) => HELD.includes(family.others[by])));
	expect(ran, ran.stdout + ran.stderr).toMatchObject({ exitCode: waiting.length > 0 ? 1 : 0 });
	const { stdout } = await world.run(["plan", "--rehearse"], settings);
	expect(stdout, stdout).toContain(`${waiting.length} to run`);
});

test("what a section or a line says, and can't be meant, is told with its line", async () => {
	const family = FAMILIES.find(({ name }) => name.startsWith(".scratch"));
	if (!family) throw new Error("there is no such family");
	await using world = await createWorld([]);
	const { repository } = world;
	const folder = ".scratch/bath/issues";
	await repository.write(`${folder}/01-tub.md`, "# Tub\n\nStatus: perhaps\n");
	await repository.write(
		`${folder}/02-mirror.md`,
		"# Mirror\n\nStatus: ready-for-agent\n\n## Blocked by\n\n- 01\n- [x](../gone.md)\n",
	);
	await repository.write(`${folder}/03-lamp.md`, "# Lamp\n\n## Blocked by\n\n- 01\n- the electrician\n");
	await repository.write(`${folder}/04-rug.md`, "No heading\n");
	await repository.commit("a backlog");
	const { exitCode, stdout } = await world.run(["check"], await orchfileOf(family));
	expect(exitCode).toBe(2);
	expect(stdout).toMatch(/01-tub\.md:3: warning: .*perhaps/);
	expect(stdout).toMatch(/02-mirror\.md:8: error: blocked_by names \.\.\/gone\.md/);
	expect(stdout).toMatch(/03-lamp\.md:6: error: blocked_by\.1: "the electrician"/);
	expect(stdout).toMatch(/04-rug\.md:1: error: title: nothing; expected .*`# \{title\}`/);
});
