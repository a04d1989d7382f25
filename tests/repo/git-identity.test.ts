import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Beginning, beginningOf } from "../support/beginning.ts";
import { editAndPass, runAndPass } from "../support/scripts.ts";
import { createWorld, type World } from "../support/world.ts";

const PERSON = "[user]\n\tname = Ada\n\temail = ada@example.com\n";
const ADA = "Ada <ada@example.com>";

type Variables = Readonly<Record<string, string>>;

/** Places where a person can say who they are, beside their `~/.gitconfig`: what sets it up, and the variables that say so. */
const PLACES: Readonly<Record<string, (world: World) => Promise<Variables>>> = {
	GIT_CONFIG_GLOBAL: async ({ repository }) => {
		const file = join(repository.folder, "elsewhere");
		await writeFile(file, PERSON);
		return { GIT_CONFIG_GLOBAL: file };
	},
	"GIT_CONFIG_GLOBAL, from the folder it was typed in": async ({ repository }) => {
		await writeFile(join(repository.path, "docs/elsewhere"), PERSON);
		return { GIT_CONFIG_GLOBAL: "elsewhere" };
	},
	GIT_CONFIG_SYSTEM: async ({ repository }) => {
		const file = join(repository.folder, "of-all");
		await writeFile(file, PERSON);
		return { GIT_CONFIG_SYSTEM: file };
	},
	GIT_CONFIG_COUNT: async () => ({
		GIT_CONFIG_COUNT: "2",
		...{ GIT_CONFIG_KEY_0: "user.name", GIT_CONFIG_VALUE_0: "Ada" },
		...{ GIT_CONFIG_KEY_1: "user.email", GIT_CONFIG_VALUE_1: "ada@example.com" },
	}),
	"git -c": async () => ({ GIT_CONFIG_PARAMETERS: "'user.name'='Ada' 'user.email'='ada@example.com'" }),
	"GIT_AUTHOR_ and GIT_COMMITTER_": async () => ({
		...{ GIT_AUTHOR_NAME: "Ada", GIT_AUTHOR_EMAIL: "ada@example.com" },
		...{ GIT_COMMITTER_NAME: "Ada", GIT_COMMITTER_EMAIL: "ada@example.com" },
	}),
	EMAIL: async ({ repository }) => {
		await writeFile(join(repository.home, ".gitconfig"), "[user]\n\tname = Ada\n");
		return { EMAIL: "ada@example.com" };
	},
	XDG_CONFIG_HOME: async ({ repository }) => {
		await repository.git(["init", "-q", "--bare", join(repository.folder, "xdg")]);
		await repository.write("../xdg/git/config", PERSON);
		return { XDG_CONFIG_HOME: join(repository.folder, "xdg") };
	},
	"the repository's own configuration": async ({ repository }) => {
		for (const words of [
			["user.name", "Ada"],
			["user.email", "ada@example.com"],
		])
			await repository.git(["config", ...words]);
		return {};
	},
	...Object.fromEntries(
		["gitdir:FOLDER/", "gitdir:PATH/", "gitdir:PATH/.git", "gitdir/i:PATH/.git", "onbranch:main"].map((condition) => [
			`includeIf "${condition}"`,
			async ({ repository: { home, path, folder } }: World) => {
				const where = condition.replace("FOLDER", folder).replace("PATH", path);
				await writeFile(join(home, "ada"), PERSON);
				await writeFile(join(home, ".gitconfig"), `${OTHER}[includeIf "${where}"]\n\tpath = ada\n`);
				return {};
			},
		]),
	),
};

/** Whom a person is in all other repositories. */
const OTHER = "[user]\n\tname = Other\n\temail = other@example.com\n";

describe("who makes the commits stands in", () => {
	let world: World;
	let beginning: Beginning;

	// Two have been worked on, and wait for their commits; a third waits for both. Each place has the same to begin with.
	beforeAll(async () => {
		world = await createWorld([
			{ id: "A-1", script: editAndPass },
			{ id: "A-2", script: editAndPass },
			{ id: "A-3", blocked_by: ["A-1", "A-2"], script: editAndPass },
		]);
		for (const id of ["A-1", "A-2"]) expect((await world.run(["phase:dev", id])).exitCode).toBe(0);
		await rm(join(world.repository.home, ".gitconfig"));
		beginning = await beginningOf(world);
	});
	afterAll(async () => {
		await beginning?.[Symbol.asyncDispose]();
		await world?.[Symbol.asyncDispose]();
	});

	test.each(Object.keys(PLACES))("%s", async (place) => {
		await beginning.again();
		const env = (await PLACES[place]?.(world)) ?? {};
		const settings = { env, cwd: join(world.repository.path, "docs"), asksCodex: false };
		const { exitCode, stderr } = await world.run(["dev", "M1"], settings);
		expect(exitCode, stderr).toBe(0);
		const made = await world.repository.git(["log", "--format=%an <%ae>%n%cn <%ce>", "main..issue/A-3"]);
		// A commit each, and the merge of what the third needs.
		expect(made.split("\n")).toEqual(Array.from({ length: 8 }, () => ADA));
		const { stdout } = await world.run(["doctor", "M1"], settings);
		expect(stdout).toMatch(new RegExp(`^\\S+ +identity +.*${ADA}`, "m"));
	});
});

test("a rehearsal is nobody's, whatever variables say, and is told from the work by that", async () => {
	await using world = await createWorld([{ id: "A-1" }]);
	const env = { GIT_AUTHOR_NAME: "Ada", GIT_AUTHOR_EMAIL: "ada@example.com", GIT_COMMITTER_EMAIL: "ada@example.com" };
	const { exitCode, stderr } = await world.run(["dev", "M1", "--rehearse"], { env });
	expect(exitCode, stderr).toBe(0);
	const made = await world.repository.git(["log", "--format=%an %ae %cn %ce", "main..rehearsal/A-1"]);
	expect(made).toMatch(/^(?:orchfile rehearsal rehearsal@orchfile\.invalid ?){2}$/);
	const cleaned = await world.run(["clean", "--rehearse", "--yes"], { env });
	expect(cleaned.exitCode, cleaned.stderr).toBe(0);
	expect(await world.repository.git(["branch", "--list", "rehearsal/*"])).toBe("");
});

test("what the checkout's includeIf says of signing and of ignored files holds in a worktree as well", async () => {
	const written = "echo built > a.out; echo kept > kept.txt";
	await using world = await createWorld([{ id: "A-1", script: runAndPass(written) }]);
	const { repository } = world;
	await writeFile(join(repository.home, "ignore"), "*.out\n");
	await writeFile(
		join(repository.home, "ada"),
		`${PERSON}[core]\n\texcludesFile = ~/ignore\n[commit]\n\tgpgSign\n[gpg]\n\tprogram = false\n`,
	);
	const include = `[includeIf "gitdir:${repository.path}/.git"]\n\tpath = ada\n`;
	await writeFile(join(repository.home, ".gitconfig"), `${OTHER}${include}`);
	const refused = await world.run(["dev", "M1"]);
	expect(refused.exitCode, refused.stderr).toBe(1);
	expect(refused.stderr).toMatch(/gpg failed to sign/);
	await writeFile(
		join(repository.home, "ada"),
		(await readFile(join(repository.home, "ada"), "utf8")).replace("gpgSign", "gpgSign = false"),
	);
	expect((await world.run(["persist", "A-1"])).exitCode).toBe(0);
	expect(await repository.git(["diff", "--name-only", "main", "issue/A-1"])).toBe("kept.txt");
	expect(await repository.git(["log", "-1", "--format=%an", "issue/A-1"])).toBe("Ada");
});

test("a filter that comes from a variable and would run an agent's file is found", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const env = { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "filter.x.clean", GIT_CONFIG_VALUE_0: "./clean.sh" };
	const { exitCode, stderr } = await world.run(["dev", "M1"], { env });
	expect(exitCode).toBe(2);
	expect(stderr).toMatch(
		/filter\.x\.clean would run a file that agents can write.*: \.\/clean\.sh\n.*GIT_CONFIG_COUNT/,
	);
});
