import { execFile } from "node:child_process";
import { chmod, existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, realpath, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { codexBinary } from "../../tasks/runner/codex/package.ts";
import { removeFolder } from "../../tasks/system/remove-folder.ts";
import type { DriverJob, DriverRequest, DriverResult } from "../support/confine-driver.ts";
import { ROOT, temporaryFolder } from "../support/documents.ts";
import { build } from "../support/esbuild.ts";

const onLinux = test.skipIf(process.platform !== "linux");
const BUNDLED = join(dirname(codexBinary()), "../codex-resources/bwrap");
const NOBODY = 65_534;

let programs: Awaited<ReturnType<typeof temporaryFolder>>;
let driver: string;
beforeAll(async () => {
	programs = await temporaryFolder();
	await promisify(chmod)(programs.path, 0o755);
	driver = join(programs.path, "driver.mjs");
	const entryPoints = [join(ROOT, "tests/support/confine-driver.ts")];
	await build({ entryPoints, outfile: driver, bundle: true, format: "esm", platform: "node" });
	const old = `#!/bin/sh\n[ "$1" = --help ] || exec ${BUNDLED} "$@"\n`;
	await writeFile(join(programs.path, "bwrap"), old, { mode: 0o755 });
});
afterAll(() => programs[Symbol.asyncDispose]());

const users: readonly (readonly [string, number | undefined])[] =
	process.getuid?.() === 0
		? [
				["root", undefined],
				["a user", NOBODY],
			]
		: [["this user", undefined]];

/** The bubblewraps that there are, and what each lays a folder by: one knows no overlays, and a copy takes their place. */
function bubblewraps(): (readonly [path: string, kind: string])[] {
	const found = (process.env.PATH ?? "").split(":").map((folder) => join(folder, "bwrap"));
	const own = found.filter(existsSync).slice(0, 1);
	return [
		[BUNDLED, "overlay"],
		[join(programs.path, "bwrap"), "copy"],
		...own.map((path) => [path, expect.any(String)] as const),
	];
}

/** What a check may come to do to the folder that it runs in. */
const VANDAL = `pwd; cat file dep/tool dir/inner link; ls -A
echo changed >file; echo x >new; rm -r dir; mkdir dir; echo y >dir/other; chmod 700 sub; mv sub moved; echo z >>moved/deep/file
ln -s /etc/passwd dep/link; rm dep/tool; echo cache >dep/cache; ln -sf new link; rm -rf .hidden; touch -d 2001-01-01 kept
[ "$(cat dir/other moved/deep/file)" = "$(printf 'y\\ndeep\\nz')" ] && [ ! -e dir/inner ] && [ ! -e sub ] && echo done`;

onLinux.each(users)(
	"what a command does to a folder reaches neither that nor what lies in it: as %s",
	async (_, user) => {
		for (const [bubblewrap, kind] of bubblewraps()) {
			await using world = await createWorld(user);
			const before = await world.listing();
			const [plain, changed] = await world.drive(bubblewrap, [
				{ command: ["sh", "-c", VANDAL], layered: world.layered() },
				{
					command: [
						"sh",
						"-c",
						"cat file added/a/b sub/deep/file kept; ls -A . dep sub; stat -c '%a %n' sub script; readlink given",
					],
					layered: world.layered({
						files: [
							{ path: "file", content: "another\n" },
							{ path: "added/a/b", content: "added\n" },
							{ path: "sub/deep/file", from: world.place("source") },
							{ path: "script", from: world.place("script") },
							{ path: "given", from: world.place("other/given") },
							{ path: "dir", content: "a file now\n" },
							{ path: "link/under", content: "no link any more\n" },
						],
						without: [".hidden", "sub/gone", "sub/never/there", "link"],
					}),
				},
			]);
			expect(plain, bubblewrap).toMatchObject({ end: { kind: "ended", exitCode: 0 } });
			expect(plain?.layers).toEqual(
				kind === "overlay" || kind === "copy" ? (kind === "copy" ? [kind] : [kind, kind]) : expect.anything(),
			);
			expect(plain?.output).toBe(
				`${world.at}\nfile\ntool\ninner\nfile\n.hidden\ndep\ndir\nfile\nkept\nlink\nsub\ndone\n`,
			);
			expect(changed?.output).toBe(
				`another\nadded\nsource\nkept\n.:\nadded\ndep\ndir\nfile\ngiven\nkept\nlink\nscript\nsub\n\ndep:\ntool\n\nsub:\ndeep\n750 sub\n755 script\nnowhere\n`,
			);
			expect(await world.listing()).toBe(before);
			expect(await readdir(world.place("driver")).catch(() => "gone")).toBe("gone");
		}
	},
);

onLinux("two commands at once, in one folder, do not meet", async () => {
	for (const [bubblewrap] of bubblewraps()) {
		await using world = await createWorld(undefined);
		const before = await world.listing();
		const meet = (own: string, other: string) =>
			`echo ${own} >>file; echo x >${own}; i=0; until [ -e /tmp/${other} ]; do touch /tmp/${own}; sleep 0.01; done; touch /tmp/${own}
			cat file; ls -A dep; [ ! -e ${other} ] && echo alone`;
		const results = await world.drive(bubblewrap, [
			{ command: ["sh", "-c", meet("one", "two")], layered: world.layered() },
			{ command: ["sh", "-c", meet("two", "one")], layered: world.layered(), isBeside: true },
		]);
		expect(results.map(({ output }) => output)).toEqual(["file\none\ntool\nalone\n", "file\ntwo\ntool\nalone\n"]);
		expect(await world.listing()).toBe(before);
	}
});

onLinux("what a killed command has laid can be removed", async () => {
	await using world = await createWorld(undefined);
	const before = await world.listing();
	const [result] = await world.drive(BUNDLED, [
		{
			command: ["sh", "-c", "mkdir -m 0 closed; rm -r dir; exec sleep 60"],
			limits: { timeout: 300 },
			layered: world.layered(),
		},
	]);
	expect(result?.end).toEqual({ kind: "timed-out", limit: 300 });
	expect(await world.listing()).toBe(before);
});

/** A folder as a checkout, one with what a set-up has made, and where the first is to be found. */
async function createWorld(user: number | undefined) {
	const folder = await realpath(await mkdtemp("/tmp/orchfile-test-"));
	const place = (name: string) => join(folder, name);
	for (const each of ["lower/dir", "lower/sub/deep", "prepared/dep", "other"])
		await mkdir(place(each), { recursive: true });
	for (const each of ["file", "kept", ".hidden", "dir/inner", "sub/deep/file", "sub/gone"]) {
		const name = each
			.split("/")
			.slice(-2)
			.at(each.includes("deep") ? 0 : -1);
		await writeFile(place(`lower/${each}`), `${name}\n`);
	}
	await promisify(chmod)(place("lower/sub"), 0o750);
	await symlink("file", place("lower/link"));
	await symlink("nowhere", place("other/given"));
	await writeFile(place("prepared/dep/tool"), "tool\n");
	await writeFile(place("source"), "source\n");
	await writeFile(place("script"), "", { mode: 0o755 });
	if (user !== undefined) await promisify(execFile)("chown", ["-R", `${user}:${user}`, folder]);
	const settings = {
		...(user === undefined ? {} : { uid: user, gid: user }),
		env: { PATH: process.env.PATH, HOME: place("other"), TMPDIR: "/tmp" },
	};
	const at = place("prepared");
	return {
		at,
		place,
		layered: (changes: NonNullable<DriverJob["layered"]>["changes"] = { files: [], without: [] }) => ({
			at,
			lower: place("lower"),
			inner: [{ at: "dep", lower: place("prepared/dep") }],
			changes,
		}),
		/** Everything there is, byte for byte, with modes and times. */
		async listing(): Promise<string> {
			const script = `find lower prepared source script other -printf '%p %y %m %T@ %l\\n' | sort; find lower prepared source -type f | sort | xargs cat`;
			return (await promisify(execFile)("sh", ["-c", script], { cwd: folder })).stdout;
		},
		async drive(bubblewrap: string, jobs: readonly DriverJob[]): Promise<DriverResult[]> {
			const request: DriverRequest = {
				bubblewrap,
				folder: place("driver"),
				keep: [],
				writable: [],
				readOnly: [],
				secrets: [],
				jobs,
			};
			return JSON.parse(
				(await promisify(execFile)(process.execPath, [driver, JSON.stringify(request)], settings)).stdout,
			);
		},
		[Symbol.asyncDispose]: () => removeFolder(folder),
	};
}
