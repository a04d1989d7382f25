import { execFile, execFileSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { given } from "../../tasks/contract/given.ts";
import { bubblewrapScript, type Completion, FEW_SOCKETS, secondWork } from "../../tasks/runner/codex/bubblewrap.ts";
import { bundledBubblewraps, codexBinary } from "../../tasks/runner/codex/package.ts";
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
function askedOf(args: readonly string[], shell = "sh", taken = 0, needless?: string): string[] {
	const completion = {
		program,
		help: "its help",
		mounts: ["--bind", "/it's", "$(id)\n`id`"],
		work: join(folder, "work"),
	};
	const places = { hidden: [], shown: [], writable: ["/odd '\"$\n"], denied: [], sockets: ["/no'where"] };
	const text = bubblewrapScript({ ...completion, filter, ...places, ...given({ needless }) });
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

/** As Codex 0.163 asks for it; what its inner stage is started with, by a bubblewrap of its own as the first process. */
const KNOWN = ["--sandbox-policy-cwd", "/repo", "--command-cwd", "/repo/--", "--permission-profile", PROFILE];
const AS_CODEX = ["--as-pid-1", ...MOUNTS, "--unshare-net", "--argv0", "codex-linux-sandbox", "--"];
const KNOWN_STAGE = ["/codex", ...KNOWN, "--apply-seccomp-then-exec", "--"];

test.each(SHELLS)("an inner stage that is needless is left out, and nothing of the command: %s", (shell) => {
	const command = ["/bin/it's", "--argv0", "--as-pid-1", ...ODD];
	const asked = askedOf([...AS_CODEX, ...KNOWN_STAGE, ...command], shell, 0, "/codex");
	expect(asked.slice(-command.length - 1)).toEqual(["--", ...command]);
	expect(asked.slice(0, MOUNTS.length)).toEqual(MOUNTS);
	const beforeCommand = asked.slice(0, -command.length - 1);
	expect(beforeCommand).toEqual(expect.arrayContaining(["--unshare-net", "--seccomp"]));
	for (const left of ["--as-pid-1", "--argv0", "codex-linux-sandbox", "/codex", PROFILE, OPENED])
		expect(beforeCommand).not.toContain(left);
});

test.each<[string, readonly string[], string?]>([
	["another Codex's", [...AS_CODEX, "/other/codex", ...KNOWN_STAGE.slice(1), "true"]],
	["asked for more", [...AS_CODEX, "/codex", ...KNOWN, "--more", "--apply-seccomp-then-exec", "--", "true"]],
	["asked for more, with a value", [...AS_CODEX, "/codex", "--more", "1", ...KNOWN_STAGE.slice(1), "true"]],
	["asked for something else", [...AS_CODEX, ...KNOWN_STAGE.with(3, "--other-cwd"), "true"]],
	["asked for in another order", [...AS_CODEX, ...STAGE, "true"]],
	["given a network", [...AS_CODEX.filter((each) => each !== "--unshare-net"), ...KNOWN_STAGE, "true"]],
	["given a profile of another form", [...AS_CODEX, ...KNOWN_STAGE.with(6, '{"network":"limited"}'), "true"]],
])("an inner stage stays, with all that it was asked for, where it is %s", (_, args) => {
	const asked = askedOf(args, "sh", 0, "/codex");
	expect(asked).toEqual(expect.arrayContaining(["--as-pid-1", "--argv0", "codex-linux-sandbox"]));
	const stage = args.slice(args.indexOf("codex-linux-sandbox") + 2);
	expect(asked.slice(-stage.length).map((each) => (each === OPENED ? PROFILE : each))).toEqual(stage);
});

test("an inner stage stays where there is no filter that does what it does", () => {
	const script = bubblewrapScriptOf({ needless: "/codex" });
	const args = ["-c", script, "bwrap", ...AS_CODEX, ...KNOWN_STAGE, "true"];
	expect(execFileSync("sh", args, { encoding: "utf8" }).split("\0")).toContain("--apply-seccomp-then-exec");
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

const [bundled] = bundledBubblewraps(codexBinary());
const AT_SOCKET = "it's \\ a  'socket' ";

/** Listens on sockets in a network of its own, whose list has no others, and says what a script makes of them. */
const LISTENING = `
const [folder, many, name, script, ...args] = process.argv.slice(1);
const paths = Array.from({ length: Number(many) }, (_, at) => folder + "/" + at + name);
(async () => {
	for (const path of paths) await new Promise((then) => require("node:net").createServer().listen(path, then));
	process.stdout.write(require("node:child_process").execFileSync("sh", ["-c", script, "bwrap", ...args]));
	process.exit();
})();`;

test.skipIf(bundled === undefined).each([
	["the shell", 2, true],
	["grep, as there are more than there were", FEW_SOCKETS + 1, true],
	["grep", 2, false],
])("every socket is found, whatever its name: by %s", (_, many, few) => {
	const place = mkdtempSync(join(folder, "sockets-"));
	const script = bubblewrapScriptOf({ few });
	const node = [process.execPath, "-e", LISTENING, place, String(many), AT_SOCKET, script];
	const alone = ["--unshare-net", "--unshare-pid", "--dev-bind", "/", "/", "--proc", "/proc", "--"];
	const asked = execFileSync(
		bundled as string,
		[...alone, ...node, ...MOUNTS, "--unshare-net", "--", ...STAGE, "true"],
		{
			encoding: "utf8",
		},
	).split("\0");
	const covered = asked.filter((_, at) => asked[at - 2] === "--ro-bind" && asked[at - 1] === "/dev/null");
	expect(new Set(covered)).toEqual(new Set(Array.from({ length: many }, (_, at) => join(place, at + AT_SOCKET))));
});

test("each of many commands at once has a folder of its own, of those that are there and beyond", async () => {
	const work = mkdtempSync(join(folder, "work-"));
	for (const each of ["1", "2", "3"]) for (const end of ["", ".2"]) mkdirSync(join(work, each + end));
	const script = bubblewrapScriptOf({ work, mounts: ["--overlay", "/upper", work, secondWork(work)], ready: 3 });
	const args = ["-c", script, "bwrap", ...MOUNTS, "--unshare-net", "--", ...STAGE, "true"];
	const all = await Promise.all(Array.from({ length: 8 }, () => promisify(execFile)("sh", args)));
	const pairs = all.map(({ stdout }) => {
		const asked = stdout.split("\0");
		return asked.slice(asked.indexOf("/upper") + 1).slice(0, 2) as [string, string];
	});
	expect(pairs.filter(([first, second]) => second !== `${first}.2`)).toEqual([]);
	const folders = pairs.map(([first]) => first);
	expect(new Set(folders).size).toBe(8);
	expect(folders).toEqual(expect.arrayContaining(["1", "2", "3"].map((each) => join(work, each))));
	expect(pairs.flat().filter((each) => !existsSync(each) || readdirSync(each).length > 0)).toEqual([]);
});

test.each([
	["/hidden/codex", 2],
	["/codex", 0],
])("Codex's own program is mounted where it would be hidden: %s", (stage, times) => {
	const script = bubblewrapScriptOf({ hidden: ["/hidden"] });
	const args = ["-c", script, "bwrap", ...MOUNTS, "--unshare-net", "--", stage, ...STAGE.slice(1), "true"];
	const asked = execFileSync("sh", args, { encoding: "utf8" }).split("\0");
	expect(asked.slice(0, asked.indexOf("--unshare-net")).filter((each) => each === stage)).toHaveLength(times);
});

function bubblewrapScriptOf(more: Partial<Completion> = {}): string {
	const places = { hidden: [], shown: [], writable: [], denied: [], sockets: [] };
	const made = { program, help: "its help", mounts: [], work: join(folder, "work"), ...places };
	return bubblewrapScript({ ...made, ...more });
}
