import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { codexBinary } from "../../tasks/runner/codex/package.ts";
import { createRepository } from "../support/repository.ts";
import { editAndPass, writeOutside } from "../support/scripts.ts";
import { snapshot } from "../support/snapshot.ts";
import { createWorld, type World } from "../support/world.ts";

/** Lines for the top of the user's `config.toml` and for its end. */
interface Lines {
	readonly top?: string;
	readonly end?: string;
	/** In the place of a line that is there. */
	readonly edit?: readonly [from: string, to: string];
	/** Whole, in the place of all. */
	readonly whole?: string;
}

/** What keeps every turn from running, and what has to be said of it, after the path of `config.toml` where Codex knows the place. */
const REFUSED: readonly (readonly [name: string, lines: Lines, said: RegExp])[] = [
	["no TOML", { top: "model_verbosity = = 3" }, /config\.toml:1:19: extra `=`, expected nothing\.$/m],
	["a key twice", { top: 'model = "x"' }, /config\.toml:\d+:1: duplicate key\.$/m],
	["a value of another type", { top: 'hide_agent_reasoning = "yes"' }, /config\.toml:1:24: .*expected a boolean/],
	[
		"a value that there is not",
		{ top: 'sandbox_mode = "open"' },
		/config\.toml:1:16: unknown variant `open`, expected/,
	],
	["a profile of before", { top: 'profile = "fast"' }, /legacy `profile = "fast"` config is no longer supported/],
	[
		"a provider that nobody defines",
		{ edit: ['model_provider = "scripted"', 'model_provider = "other"'] },
		/`other` not found/,
	],
	[
		"a provider's protocol of before",
		{ edit: ['"responses"', '"chat"'] },
		/is no longer supported\. How to fix: set `wire_api = "responses"`/,
	],
	[
		"a built-in provider defined anew",
		{ end: '[model_providers.openai]\nname = "x"' },
		/reserved built-in provider IDs: `openai`/,
	],
	[
		"a server of MCP without a command",
		{ end: "[mcp_servers.odd]\nargs = []" },
		/config\.toml:\d+:1: invalid transport/,
	],
	[
		"a server of MCP that is required and not there",
		{ end: '[mcp_servers.gone]\ncommand = "/no/such"\nrequired = true' },
		/gone: stdio command "\/no\/such" is not resolvable/,
	],
	["a notification that is no list", { top: 'notify = "x"' }, /config\.toml:1:10: .*expected a sequence/],
	[
		"permissions that are none",
		{ end: "[permissions.mine]\nfilesystem = 3" },
		/config\.toml:\d+:\d+: invalid type: integer `3`/,
	],
];

/** What a run goes on with, and what is said of it, once. */
const RUNS: readonly (readonly [name: string, lines: Lines, said: RegExp | undefined])[] = [
	["an approval policy that turns have another for", { top: 'approval_policy = "untrusted"' }, undefined],
	["an approval policy of before", { top: 'approval_policy = "on-failure"' }, undefined],
	["an approval policy that there is not", { top: 'approval_policy = "at-times"' }, undefined],
	["a sandbox that is open", { top: 'sandbox_mode = "danger-full-access"' }, undefined],
	["a profile of permissions that nobody defines", { top: 'default_permissions = "mine"' }, undefined],
	["a program to notify that is not there", { top: 'notify = ["/no/such"]' }, undefined],
	[
		"a key that Codex does not know",
		{ top: "aproval_policy = 1" },
		/^Codex is ignoring .* `aproval_policy` is ignored\.$/gm,
	],
	[
		"a feature that Codex does not know",
		{ top: "features.nope = true" },
		/^Codex is ignoring .* `features\.nope` is ignored\.$/gm,
	],
	[
		"a server of MCP that is not there",
		{ end: '[mcp_servers.gone]\ncommand = "/no/such"' },
		/^Codex will do without MCP servers of .*: gone: stdio command "\/no\/such" is not resolvable .*$/gm,
	],
	[
		"a server of MCP that nobody reaches",
		{ end: '[mcp_servers.web]\nurl = "http://127.0.0.1:9/mcp"' },
		/^Codex will do without MCP servers of .*: web: http:\/\/127\.0\.0\.1:9\/mcp .*$/gm,
	],
	["a server of MCP that ends at once", { end: '[mcp_servers.ends]\ncommand = "false"' }, undefined],
	[
		"a server of MCP that is switched off",
		{ end: '[mcp_servers.gone]\ncommand = "/no/such"\nenabled = false' },
		undefined,
	],
];

test.concurrent.each(REFUSED)(
	"%s stops a run before anything is made: what it is, where, and what to do",
	async (_, lines, said) => {
		await using world = await createWorld([{ id: "A", script: editAndPass }]);
		await configure(world, lines);
		const before = await snapshot(world.repository, { everything: true });
		const run = await world.run(["dev", "M1"]);
		expect(run).toMatchObject({ exitCode: 2, stdout: "" });
		expect(run.stderr).toMatch(/^The agent can't run \((?:config\.load|mcp\.config)\): /m);
		expect(run.stderr).toMatch(said);
		expect(run.stderr).toContain(join(world.codexHome, "config.toml"));
		expect(run.stderr).toMatch(/, then: npx tsx \S+ doctor\n$/);
		expect(run.stderr).not.toMatch(/reported config error|invalid data/);
		expect(await snapshot(world.repository, { everything: true })).toEqual(before);

		await configure(world, {});
		expect(await world.run(["doctor"])).toMatchObject({ exitCode: 0 });
	},
);

test.concurrent.each(RUNS)("%s stops no run", async (_, lines, said) => {
	// That it is said once, and not with every turn, takes a second one.
	await using world = await createWorld((said ? ["A", "B"] : ["A"]).map((id) => ({ id, script: editAndPass })));
	await configure(world, lines);
	const run = await world.run(["dev", "M1"]);
	expect(run, run.stderr).toMatchObject({ exitCode: 0 });
	expect(run.stderr.match(said ?? /^(?:.*warning: (?!Model metadata)|Codex )\S.*$/gm) ?? []).toHaveLength(said ? 1 : 0);
	const { stdout } = await world.run(["doctor"]);
	expect(stdout.match(said ? new RegExp(said.source.slice(1), "gm") : /^warning {2}codex .*$/gm) ?? []).toHaveLength(
		said ? 1 : 0,
	);
});

test.concurrent("a server that is required and does not start ends the run, and says so", async () => {
	await using world = await createWorld(["A", "B"].map((id) => ({ id, script: editAndPass })));
	await configure(world, { end: '[mcp_servers.ends]\ncommand = "false"\nrequired = true' });
	const run = await world.run(["dev", "M1"]);
	expect(run.exitCode).toBe(1);
	expect(run.stderr).toMatch(
		/^A failed: runner-error\n {2}.*required MCP servers failed to initialize: ends: .*\n {2}Every further issue would meet the same\. Correct Codex's config\.toml, then: npx tsx \S+ doctor$/m,
	);
	expect(world.model.issuesSeen).toEqual([]);
});

test.concurrent("an address that is none ends the run, and says so", async () => {
	await using world = await createWorld(
		["A", "B"].map((id) => ({ id, script: editAndPass })),
		{ retries: 0 },
	);
	await configure(world, { edit: [world.model.url, "no address"] });
	const run = await world.run(["dev", "M1"]);
	expect(run.exitCode).toBe(1);
	expect(run.stderr).toMatch(
		/^A failed: runner-error\n {2}.*builder error\n {2}Every further issue .* Correct Codex's config\.toml, then:/m,
	);
});

test.concurrent("a provider's variable that is not set is named, as is where its name comes from", async () => {
	await using world = await createWorld([{ id: "A", script: editAndPass }]);
	await configure(world, { end: 'env_key = "NO_SUCH_KEY"' });
	const run = await world.run(["dev", "M1"]);
	expect(run).toMatchObject({ exitCode: 2, stdout: "" });
	expect(run.stderr).toMatch(
		/Set NO_SUCH_KEY for the active model provider\. It is what `env_key` in Codex's config\.toml names\.\n$/,
	);
	expect(await world.run(["dev", "M1"], { env: { NO_SUCH_KEY: "x" } })).toMatchObject({ exitCode: 0 });
});

test.concurrent("what a repository configures for Codex is not read, broken or not, though the user trusts it", async () => {
	const repository = await createRepository([{ id: "A" }]);
	const outside = join(repository.path, "escaped");
	await using world = await createWorld([{ id: "A", script: writeOutside(outside) }], { repository });
	await repository.write(".codex/config.toml", 'model = = 3\nsandbox_mode = "danger-full-access"\n');
	await repository.commit();
	await configure(world, { end: `[projects.${JSON.stringify(repository.path)}]\ntrust_level = "trusted"` });
	const run = await world.run(["dev", "M1"]);
	expect(run, run.stderr).toMatchObject({ exitCode: 0 });
	expect(existsSync(outside)).toBe(false);
	expect(await world.run(["doctor"])).toMatchObject({ exitCode: 0 });
});

test.concurrent("where npx would find another codex or none, the program is named by its path", async () => {
	await using world = await createWorld([{ id: "A", script: editAndPass }]);
	const bin = join(world.repository.path, "node_modules/.bin");
	await mkdir(bin, { recursive: true });
	await writeFile(join(bin, "codex"), "#!/bin/sh\necho a stranger\n", { mode: 0o755 });
	await configure(world, { whole: "" });
	const { stderr } = await world.run(["dev", "M1"]);
	expect(stderr).toContain(`  Set OPENAI_API_KEY, or type: ${codexBinary()} login\n`);
});

async function configure({ codexHome, model }: World, { top, end, edit, whole }: Lines): Promise<void> {
	const usual = edit ? model.configToml.replace(...edit) : model.configToml;
	await writeFile(join(codexHome, "config.toml"), whole ?? [top, usual, end].filter(Boolean).join("\n"));
}
