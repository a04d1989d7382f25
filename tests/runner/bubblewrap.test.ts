import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { bubblewrapScript } from "../../tasks/runner/codex/bubblewrap.ts";
import { findIfThere } from "../../tasks/system/find-program.ts";

const folder = mkdtempSync(join(tmpdir(), "orchfile-test-"));
const nothing = openSync("/dev/null", "r");
afterAll(() => {
	closeSync(nothing);
	rmSync(folder, { recursive: true });
});
/** Says what it was started with. */
const program = join(folder, 'it\'s "bwrap" $HOME');
writeFileSync(program, `#!/bin/sh\nprintf '%s\\0' "$@"\n`, { mode: 0o755 });
const filter = join(folder, "fil ter");
writeFileSync(filter, "");

const ODD = [
	"a\nb",
	'it\'s $(id) `id` * "q" $HOME',
	"",
	"--",
	"--dev",
	"/dev",
	"--unshare-net",
	"--apply-seccomp-then-exec",
];
const PROFILE = '{"file_system":"restricted","network":"restricted"}';
const OPENED = '{"file_system":"restricted","network":"enabled"}';
const STAGE = ["/codex", "--permission-profile", PROFILE, "--apply-seccomp-then-exec", "--"];
const MOUNTS = ["--ro-bind", "/", "/", "--dev", "/dev"];

/** What the script makes of what Codex asks for, by a shell; `taken` numbers of files are in use. */
function askedOf(args: readonly string[], shell = "sh", taken = 0): string[] {
	const completion = {
		program,
		help: "its help",
		mounts: ["--bind", "/it's", "$(id)\n`id`"],
		work: join(folder, "work"),
	};
	const places = { hidden: [], shown: [], writable: ["/odd '\"$\n"], denied: [], sockets: ["/no'where"] };
	const text = bubblewrapScript({ ...completion, filter, ...places });
	const stdio = ["ignore", "pipe", "pipe", ...Array(taken).fill(nothing)];
	return execFileSync(shell, ["-c", text, "bwrap", ...args], { encoding: "utf8", stdio } as object)
		.toString()
		.split("\0")
		.slice(0, -1);
}

const SHELLS = ["sh", "dash", "bash"].flatMap((name) => findIfThere(name) ?? []);

test.each(SHELLS)("a command comes out as it went in, whatever it says: %s", (shell) => {
	const asked = askedOf([...MOUNTS, "--unshare-net", "--", ...STAGE, ...ODD], shell);
	const inner = asked.lastIndexOf("/codex");
	expect(asked.slice(inner)).toEqual(["/codex", "--permission-profile", OPENED, ...STAGE.slice(3), ...ODD]);
	expect(asked.slice(0, MOUNTS.length + 3)).toEqual([...MOUNTS, "--bind", "/it's", "$(id)\n`id`"]);
	expect(asked.slice(inner - 3, inner)).toEqual(["--seccomp", expect.stringMatching(/^[3-9]$/), "--"]);
});

test.each([
	["the network is not taken away", [...MOUNTS, "--", ...STAGE]],
	[
		"a folder is called as if it were",
		[...MOUNTS, "--bind", "/repo:--unshare-net", "/repo:--unshare-net", "--", ...STAGE],
	],
	[
		"no devices are asked for, over which all else is mounted",
		["--ro-bind", "/", "/", "--unshare-net", "--", ...STAGE],
	],
	["the command says that it is", [...MOUNTS, "--", ...STAGE, "--unshare-net"]],
	[
		"the profile is the command's",
		[
			...MOUNTS,
			"--unshare-net",
			"--",
			"/codex",
			"--apply-seccomp-then-exec",
			"--",
			"x",
			"--permission-profile",
			PROFILE,
		],
	],
])("sockets stay refused where %s", (_, args) => {
	expect(askedOf(args)).toContain(PROFILE);
	expect(askedOf(args)).not.toContain(OPENED);
});

test("a folder whose name ends like the end of the mounts is one of them", () => {
	const asked = askedOf([...MOUNTS, "--bind", "/repo:--", "/repo:--", "--unshare-net", "--", ...STAGE]);
	expect(asked).toContain(OPENED);
});

test("a program of Codex's that has no path, as for a bubblewrap before 0.9, is not mounted, nor a device in its place", () => {
	const asked = askedOf([...MOUNTS, "--unshare-net", "--", "codex-linux-sandbox", ...STAGE.slice(1), "true"]);
	expect(asked).toContain(OPENED);
	expect(asked.join(" ")).not.toContain("/dev/null /dev/null");
});

test("what is not asked for in the form that is known is handed on as it is", () => {
	expect(askedOf([...MOUNTS, "--unshare-net", "--", ...ODD.slice(0, -1)])).toEqual([
		...MOUNTS,
		"--unshare-net",
		"--",
		...ODD.slice(0, -1),
	]);
	expect(execFileSync("sh", ["-c", bubblewrapScriptOf(), "bwrap", "--help"], { encoding: "utf8" })).toBe("its help\n");
});

test.skipIf(findIfThere("bash") === undefined)(
	"the filter is handed on where all small numbers of files are taken",
	() => {
		const asked = askedOf([...MOUNTS, "--unshare-net", "--", ...STAGE, ...ODD], "sh", 8);
		expect(asked.join(" ")).toContain("--seccomp 99 -- /codex");
		expect(asked.slice(-ODD.length)).toEqual(ODD);
	},
);

function bubblewrapScriptOf(): string {
	const places = { hidden: [], shown: [], writable: [], denied: [], sockets: [] };
	return bubblewrapScript({ program, help: "its help", mounts: [], work: join(folder, "work"), ...places });
}
