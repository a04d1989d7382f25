import { expect, test } from "vitest";
import { nodesToTest } from "./node-versions/nodes.ts";
import { until } from "./support/observe.ts";
import type { Script } from "./support/scripted-model.ts";
import { editAndPass, gate } from "./support/scripts.ts";
import { createWorld, ORCHFILE } from "./support/world.ts";

const nodes = nodesToTest();

test("the Nodes to test with are installed", ({ skip }) => {
	const missing = nodes.filter(({ isInstalled }) => !isInstalled).map(({ version }) => version);
	const message = `to test with Node ${missing.join(", ")}, type: npm run node-versions`;
	skip(missing.length > 0 && !process.env.CI, message);
	expect(missing, message).toEqual([]);
	skip(nodes.length === 0, `npm has no Node to test with for ${process.platform} on ${process.arch}`);
});

for (const { version, program } of nodes.filter(({ isInstalled }) => isInstalled)) {
	test.concurrent(`the sources as they are, under tsx on Node ${version}`, async () => {
		const work = gate();
		const workOn: Script = async function* () {
			yield { kind: "run", command: "echo half done > A-2.txt" };
			await work.wait();
			yield { kind: "silent" };
		};
		await using world = await createWorld([
			{ id: "A-1", script: editAndPass },
			{ id: "A-2", script: workOn },
		]);
		const settings = { node: program, orchfile: ORCHFILE };
		const plan = await world.run(["plan", "M1"], settings);
		expect(plan).toMatchObject({ exitCode: 0, stderr: "" });
		expect(plan.stdout).toMatch(/^1 +A-1 .*issue\/A-1/m);

		const running = world.start(["dev", "M1"], settings);
		await Promise.race([work.reached, until(running, () => false)]);
		running.child.kill("SIGINT");
		const { exitCode, stdout, stderr } = await running.finished;
		expect(exitCode, stderr).toBe(130);
		expect(stdout).toMatch(/^A-1 +pass /m);
		expect(stdout).toMatch(/^A-2 +cancelled/m);
		expect(await world.repository.git(["show", "issue/A-1:A-1.txt"])).toBe("written for A-1");
		expect(await world.repository.git(["show", "issue/A-2:A-2.txt"])).toBe("half done");
	});

	if (version.startsWith("20.")) continue;
	test.concurrent(`the sources as they are, on Node ${version} alone`, async () => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		const settings = { node: program, orchfile: ORCHFILE, withoutTsx: true };
		const help = await world.run(["--help"], settings);
		expect(help.exitCode, help.stderr).toBe(0);
		expect(help.stdout).toMatch(/^Usage: /);
		const { exitCode, stdout, stderr } = await world.run(["dev", "M1"], settings);
		expect(exitCode, stderr).toBe(0);
		expect(stdout).toMatch(/^A-1 +pass /m);
	});
}
