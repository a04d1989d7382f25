/** An escape: the body of a function of `c`, with {@link HELPERS}, that is true when it has worked. */
export interface Escape {
	readonly name: string;
	readonly code: string;
	/** Works where nothing is confined: the trap is one. Not for what root may do, or no network has. */
	readonly isTrap?: false;
	/** Who it is open to all the same: agents in Codex's sandbox where that is completed, and where it is not. Never to checks. */
	readonly open?: readonly ("agents" | "codex")[];
}

const HELPERS = `
const { readFileSync, writeFileSync, readdirSync, existsSync, readlinkSync, statSync, chmodSync } = require("node:fs");
const { connect, createServer } = require("node:net");
const { spawnSync, execFileSync } = require("node:child_process");
const { setTimeout: delay } = require("node:timers/promises");
const reach = (...to) => new Promise((resolve) => connect(...to).on("connect", function () { this.destroy(); resolve(true); })
	.on("error", () => resolve(false)));
const writes = (path) => { writeFileSync(path, "escaped"); return true; };
const shell = (script) => spawnSync("sh", ["-c", script], { encoding: "utf8" });
// The number of what a system call failed with; 0 where it has not.
const call = (number, ...args) => {
	const { stdout, status } = spawnSync("perl", ["-e", 'print syscall(' + [number, ...args].join(",") + ') == -1 ? $!+0 : 0'], { encoding: "utf8" });
	return status === 0 ? Number(stdout) : -1;
};
const x64 = process.arch === "x64";
const namespaces = () => ["user", "ipc", "pid", "net", "uts", "mnt"].map((name) => readlinkSync("/proc/self/ns/" + name));
`;

export const ESCAPES: readonly Escape[] = [
	{ name: "a file outside", code: "return writes(c.outside + '/file')" },
	{ name: "a new file outside", code: "return writes(c.outside + '/new')" },
	{ name: "git's folder in what is its own", code: "return writes(c.git)" },
	{ name: "another worktree", code: "return writes(c.outside + '/worktree/file')" },
	{
		name: "a file made writable first",
		code: "return shell('chmod u+w ' + c.outside + '/file && echo x > ' + c.outside + '/file').status === 0",
	},
	{
		name: "a link to outside",
		code: "require('fs').symlinkSync(c.outside + '/file', c.own + '/link-' + process.pid); return writes(c.own + '/link-' + process.pid)",
	},
	{
		name: "a second name for a file outside",
		code: "require('fs').linkSync(c.outside + '/file', c.own + '/second-' + process.pid); return writes(c.own + '/second-' + process.pid)",
	},
	{ name: "a secret file", code: "return readFileSync(c.outside + '/secret', 'utf8').includes('secret')" },
	{
		name: "a secret by its root",
		code: "return readFileSync('/proc/self/root' + c.outside + '/secret', 'utf8').includes('secret')",
	},
	{ name: "a secret folder", code: "return readFileSync(c.outside + '/secrets/key', 'utf8').includes('secret')" },
	{ name: "a secret in the home", code: "return readFileSync(c.home + '/.netrc', 'utf8').includes('secret')" },
	{ name: "a secret folder in the home", code: "return readFileSync(c.home + '/.ssh/key', 'utf8').includes('secret')" },
	{
		name: "the passwords of this machine",
		// Nothing of it is printed.
		code: "require('fs').closeSync(require('fs').openSync('/etc/shadow', 'r')); return true",
		isTrap: false,
	},
	{ name: "this machine's /tmp", code: "return existsSync(c.sockets.tmp)", open: ["codex"] },
	{ name: "a server on this machine", code: "return reach(c.tcp, '127.0.0.1')" },
	{ name: "a server on this machine, by name", code: "return reach(c.tcp, 'localhost')" },
	{
		name: "a UDP server on this machine",
		code: `const socket = require("dgram").createSocket("udp4"); socket.connect(c.udp, "127.0.0.1");
			return new Promise((done) => { socket.on("connect", () => socket.send("x")).on("message", () => (socket.close(), done(true)))
				.on("error", () => (socket.close(), done(false))); })`,
	},
	{ name: "an abstract socket", code: "return reach('\\0' + c.abstract)" },
	{ name: "a socket in /tmp, as an ssh-agent's", code: "return reach(c.sockets.tmp)" },
	{ name: "a socket elsewhere, as a container engine's", code: "return reach(c.sockets.outside)" },
	{ name: "a socket in the home", code: "return reach(c.sockets.home)" },
	{ name: "a socket in the home, by what the room calls that", code: "return reach(process.env.HOME + '/home.sock')" },
	{ name: "a socket in its own folder", code: "return reach(c.sockets.own)" },
	{ name: "a socket that was bound by a relative path", code: "return reach(c.sockets.relative)" },
	{
		name: "a socket in the home that appears",
		code: "return reach(c.sockets.appears)",
		// Agents see the user's home beside that of the room, and what listens is covered as a command starts.
		open: ["agents"],
	},
	{
		name: "the metadata of a cloud",
		code: "return new Promise((done) => connect(80, '169.254.169.254').on('error', (e) => done(!['ENETUNREACH', 'EPERM'].includes(e.code))).on('connect', () => done(true)))",
		isTrap: false,
	},
	{
		name: "the metadata of a cloud, by IPv6",
		code: "return new Promise((done) => connect(80, 'fd00:ec2::254').on('error', (e) => done(!['ENETUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EPERM'].includes(e.code))).on('connect', () => done(true)))",
		isTrap: false,
	},
	{
		name: "the internet",
		code: "return new Promise((done) => connect(443, '1.1.1.1').on('error', (e) => done(!['ENETUNREACH', 'EPERM'].includes(e.code))).on('connect', () => done(true)))",
		isTrap: false,
	},
	{
		name: "names of the internet",
		code: "return require('dns/promises').lookup('example.com').then(() => true, () => false)",
		isTrap: false,
	},
	{
		name: "an interface other than its loopback",
		code: "return Object.keys(require('os').networkInterfaces()).some((each) => each !== 'lo')",
		isTrap: false,
	},
	{
		name: "the orchestrator's variables",
		code: "return readdirSync('/proc').filter((each) => each > 0).some((each) => { try { return readFileSync('/proc/' + each + '/environ', 'latin1').includes('CANARY' + '_OF=the-orchestrator'); } catch {} })",
	},
	{
		name: "other processes",
		code: "return readdirSync('/proc').filter((each) => each > 0).some((each) => { try { return readFileSync('/proc/' + each + '/cmdline', 'latin1').includes('canary' + '-of-processes'); } catch {} })",
	},
	{
		name: "ptrace of another process",
		code: "return call(x64 ? 101 : 117, 16, c.pid, 0, 0) === 0",
		isTrap: false,
	},
	{ name: "a user namespace", code: "return shell('unshare -Ur true').status === 0", open: ["codex"] },
	{
		name: "a user namespace, by clone",
		code: `const [clone, exit] = x64 ? [56, 60] : [220, 93]; // What is cloned is no process that Perl could go on with.
			return spawnSync("perl", ["-e", "$r = syscall(" + clone + ", 0x10000011, 0, 0, 0, 0); syscall(" + exit + ", 0) if $r == 0; exit($r == -1 ? 1 : 0)"]).status === 0`,
		isTrap: false,
		open: ["codex"],
	},
	{
		name: "a mask taken off",
		code: "return shell('umount ' + c.outside + '/secret || unshare -Urm umount ' + c.outside + '/secret').status === 0 && readFileSync(c.outside + '/secret', 'utf8').includes('secret')",
		isTrap: false,
	},
	{
		name: "the root mounted anew",
		code: "return shell('mount -o remount,rw / || mount -o remount,bind,rw ' + c.outside).status === 0 && writes(c.outside + '/file')",
		isTrap: false,
	},
	{
		name: "a key ring of the user's",
		code: "return call(x64 ? 250 : 219, 0, -3, 0, 0, 0) === 0",
		isTrap: false,
		open: ["codex"],
	},
	{
		name: "typing into a terminal",
		code: "return call(x64 ? 16 : 29, 0, 0x5412, 0) !== 1",
		isTrap: false,
		open: ["codex"],
	},
	{
		name: "a terminal to type into",
		code: "return existsSync('/dev/tty') && shell('exec 3<>/dev/tty').status === 0",
		isTrap: false,
	},
	{ name: "a socket to the machine's host", code: "return call(x64 ? 41 : 198, 40, 1, 0) === 0", isTrap: false },
	{
		name: "a pair of such sockets",
		code: "return ![1, 97].includes(call(x64 ? 53 : 199, 40, 1, 0, 0))",
		isTrap: false,
	},
	{
		name: "sockets by io_uring",
		code: "return [425, 426, 427].some((each) => ![1, 38].includes(call(each, 1, 0)))",
		isTrap: false,
	},
	{ name: "calls of the other kind", code: "return x64 && call(0x40000000 + 39, 0) === 0", isTrap: false },
	{ name: "a device", code: "return shell('mknod ' + c.own + '/device b 7 0').status === 0", isTrap: false },
	{
		// Changed to what it is, as only its owner may: bubblewrap takes the device from this machine's /dev, for root without rights, too.
		name: "the mode of a device",
		code: `const { dev, ino, mode } = statSync("/dev/full");
			return dev + ":" + ino === c.device && (chmodSync("/dev/full", mode & 0o7777), true)`,
		isTrap: false,
	},
	{
		name: "the mode of a kernel's file",
		code: "chmodSync('/proc/version', statSync('/proc/version').mode & 0o7777); return true",
		isTrap: false,
	},
	{
		name: "the machine's disks",
		code: "return readdirSync('/dev').some((each) => /^(sd|vd|nvme|mem|kmsg|loop)/.test(each))",
		isTrap: false,
	},
	{
		name: "the kernel's settings",
		// Nobody, not even root, may read the second.
		code: "const { constants, closeSync, openSync } = require('fs'); return ['/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger'].some((each) => { try { closeSync(openSync(each, constants.O_WRONLY)); return true; } catch {} })",
		isTrap: false,
	},
	{
		name: "rights by a setuid program",
		code: "return !/^NoNewPrivs:\\s*1$/m.test(readFileSync('/proc/self/status', 'utf8'))",
	},
	{
		name: "rights at all",
		code: "return !/^CapEff:\\s*0+$/m.test(readFileSync('/proc/self/status', 'utf8')) || !/^CapBnd:\\s*0+$/m.test(readFileSync('/proc/self/status', 'utf8'))",
	},
	{
		name: "a namespace of this machine's",
		code: "return namespaces().some((each) => c.namespaces.includes(each))",
		open: ["codex"],
	},
	{
		name: "an open file of the orchestrator's",
		code: "return readdirSync('/proc/self/fd').some((fd) => { try { return /orchestrators-own/.test(readlinkSync('/proc/self/fd/' + fd)); } catch {} })",
	},
	{
		name: "variables that it was not given",
		code: "return Object.keys(process.env).some((each) => /^(CANARY|ORCHFILE)/.test(each) && !c.known.includes(each))",
	},
];

/** What is not closed, and said to be open: a test that notices when that changes. */
export const OPEN: readonly Escape[] = [
	{
		name: "a hard link to a secret file",
		code: "return readFileSync(c.outside + '/linked', 'utf8').includes('secret')",
	},
];

/** What tools expect: true when it is there. */
export const EXPECTED: readonly Escape[] = [
	{ name: "its folder is written", code: "return writes(c.own + '/new')" },
	{
		name: "its /tmp, and what it is called by",
		code: "return process.env.TMPDIR === '/tmp' && writes('/tmp/x') && readFileSync('/var/tmp/x', 'utf8') === 'escaped'",
	},
	{
		name: "a home that is written and read",
		code: "return writes(process.env.HOME + '/.cache-of-a-tool') && statSync(process.env.HOME).isDirectory()",
	},
	{ name: "memory that is shared", code: "return writes('/dev/shm/x')" },
	{
		name: "its runtime folder",
		code: "return writes(process.env.XDG_RUNTIME_DIR + '/x') && (statSync(process.env.XDG_RUNTIME_DIR).mode & 0o777) === 0o700",
	},
	{
		name: "folders of databases",
		code: "return writes('/run/postgresql/.s.PGSQL.5432.lock') && writes('/run/lock/x')",
	},
	{
		name: "a server and its client, by name",
		code: `return new Promise((done) => { const server = createServer((socket) => socket.end()).on("error", (error) => done(error.code)).listen(0, "localhost", async () => {
			done(await reach(server.address().port, "localhost")); server.close(); }); })`,
	},
	{
		name: "a Unix socket",
		code: `return new Promise((done) => { const server = createServer((socket) => socket.end()).on("error", (error) => done(error.code)).listen(c.own + "/s-" + process.pid, async () => {
			done(await reach(c.own + "/s-" + process.pid)); server.close(); }); })`,
	},
	{
		name: "its loopback",
		code: "return require('os').networkInterfaces().lo?.some(({ address }) => address === '127.0.0.1')",
	},
	{
		name: "its own name",
		code: "return require('dns/promises').lookup(require('os').hostname()).then(({ address }) => /^(127|::1)/.test(address))",
	},
	{ name: "input to a child", code: "return execFileSync('cat', { input: 'x' }).toString() === 'x'" },
	{
		name: "output opened by its name",
		code: "return (writeFileSync('/dev/stdout', ''), true)",
	},
	{
		name: "the first to go where memory runs out",
		code: "return readFileSync('/proc/self/oom_score_adj', 'latin1').trim() === '1000'",
	},
	{ name: "what it was given", code: "return process.env.CALLED_WITH === 'a value'" },
	{
		name: "what is outside, to be read",
		code: "return readFileSync(c.outside + '/file', 'utf8') === 'outside\\n' && readFileSync(c.git, 'utf8').includes('git')",
	},
	{
		name: "what is written to its home stays out of the user's",
		code: "return writes(process.env.HOME + '/.profile')",
	},
];

/** One script for all of them, which prints what came of each. */
export function scriptOf(rows: readonly Escape[], canaries: object): string {
	const functions = rows.map(({ name, code }) => `${JSON.stringify(name)}: async () => { ${code} },`).join("\n");
	return `${HELPERS}
const c = ${JSON.stringify(canaries)};
const rows = {${functions}};
(async () => {
	if (c.gate) {
		writeFileSync(c.own + "/started", "");
		while (!existsSync(c.own + "/go")) await delay(5);
	}
	const found = {};
	for (const [name, row] of Object.entries(rows)) found[name] = await Promise.race([row(), delay(2000, "no end")]).catch((error) => error.code ?? error.message);
	console.log(JSON.stringify(found));
	process.exit();
})();`;
}
