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

interface Shown {
	readonly id: string;
	readonly branch: string;
	readonly held?: string;
}

test.each(FAMILIES)("$name: found by init, checked, planned and rehearsed as its readers would", async (family) => {
	await using world = await createWorld([], { name: "app" });
	const { repository } = world;
	for (const [file, text] of Object.entries(family.files)) await repository.write(file, text);
	await repository.commit("a backlog");
	const meant = (...of: readonly string[]) => Object.values(family.others).filter((each) => of.includes(each)).length;
	const all = family.order.length + Object.keys(family.others).length;

	const written = await world.run(["init", "--json"]);
	expect(written, written.stderr).toMatchObject({ exitCode: 0, stderr: "" });
	const { found, doubts, check, added } = JSON.parse(written.stdout);
	expect({ found, doubts }).toMatchObject({
		found: [{ taken: true, open: family.order.length, closed: meant("closed"), held: meant("held"), unusable: [] }],
		doubts: [],
	});
	expect(sum(found[0].unknown)).toBe(meant("unknown"));
	expect(check.issues).toBe(all);
	expect(added).toContain("orchfile.mts");

	const text = await repository.read("orchfile.mts");
	const settings = await asWritten(text.replace('"orchfile"', '"./tasks/index.ts"'));
	await repository.commit("an orchfile");
	const checked = await world.run(["check", "--json"], settings);
	const { issues, findings } = JSON.parse(checked.stdout);
	expect(findings).toEqual(check.findings);
	expect(issues).toBe(all);
	const told = findings.filter(({ kind }: { kind: string }) => kind !== "milestone-document");
	expect(told, checked.stdout).toHaveLength(meant("unknown"));
	expect(checked.exitCode).toBe(0);

	const plan = await world.run(["plan", "--json"], settings);
	const planned = JSON.parse(plan.stdout) as readonly Shown[];
	const open = planned.filter(({ held }) => !held);
	expect(open.map(({ id }) => id)).toEqual(family.order);
	expect(new Set(open.map(({ branch }) => branch)).size).toBe(open.length);
	expect(planned).toHaveLength(open.length + meant(...HELD.map(String)));

	// As a reader would have it who writes the layout by hand.
	const byHand = await world.run(["plan", "--json"], await orchfileOf(family));
	expect(planned.map(asRead)).toEqual((JSON.parse(byHand.stdout) as readonly Shown[]).map(asRead));

	// The last that was said to type but one: of the rest, the order is that of the plan.
	const rehearse = JSON.parse(written.stdout).next.at(-2).split(" ").slice(2);
	expect(rehearse).toEqual(["dev", family.order.find((id) => !waits(family, id)), "--rehearse"]);
	const ran = await world.run(rehearse, settings);
	expect(ran, ran.stdout + ran.stderr).toMatchObject({ exitCode: 0 });
});

/** True for what waits for something that is not closed. */
function waits({ blockedBy = {}, others }: Family, id: string): boolean {
	return blockedBy[id]?.some((by) => others[by] !== "closed") ?? false;
}

/** What of an issue is the same, whoever has said how to read it. */
function asRead({ id, branch, held, ...rest }: Shown & { readonly title?: string; readonly docPath?: string }) {
	return { id, branch, held, title: rest.title, docPath: rest.docPath };
}

function sum(counts: Readonly<Record<string, number>>): number {
	return Object.values(counts).reduce((all, each) => all + each, 0);
}

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
