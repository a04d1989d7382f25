// Run by an agent's command: prints a line for each thing that tests do and each that nobody may, with what came of it.
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer } from "node:net";
import { constants, homedir, networkInterfaces, userInfo } from "node:os";

const { servers, realHome, caches, secrets } = JSON.parse(process.argv[2] ?? "{}");

/** Serves a page at a host of the loopback and fetches it. */
async function fetchFrom(host, name = host) {
	const server = createHttpServer((_, response) => response.end("page")).listen(0, host);
	await once(server, "listening");
	const response = await fetch(`http://${name}:${server.address().port}`);
	if ((await response.text()) !== "page") throw new Error(`status ${response.status}`);
}

/** Serves on an address and reads what the server says. */
async function serveOn(address) {
	const server = createServer((socket) => socket.end("word")).listen(address);
	await once(server, "listening");
	const [word] = await once(connect(server.address().port ?? address), "data");
	if (String(word) !== "word") throw new Error("another word");
}

async function reach(address) {
	const socket = connect(address);
	await Promise.race([
		once(socket, "connect"),
		once(AbortSignal.timeout(3000), "abort").then(() => Promise.reject(new Error("no answer"))),
	]);
}

function useCache(folder) {
	const known = `${homedir()}/${folder}/known`;
	writeFileSync(`${homedir()}/${folder}/new`, readFileSync(known));
	writeFileSync(known, "changed");
}

async function sendToSelf() {
	const socket = createSocket("udp4");
	socket.bind(0, "127.0.0.1");
	await once(socket, "listening");
	socket.send("word", socket.address().port, "127.0.0.1");
	await once(socket, "message");
	socket.close();
}

const PYTHON = `
import http.server, threading, urllib.request
server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
threading.Thread(target=server.serve_forever, daemon=True).start()
urllib.request.urlopen("http://127.0.0.1:%d/" % server.server_port, timeout=3)`;

const works = {
	"fetch from 127.0.0.1": () => fetchFrom("127.0.0.1"),
	"fetch from localhost": () => fetchFrom("localhost"),
	"fetch from ::1": () => fetchFrom("::1", "[::1]"),
	"a port that is the same everywhere": () => serveOn(47_113),
	UDP: sendToSelf,
	"a Unix socket in TMPDIR": () => serveOn(`${process.env.TMPDIR}/${randomBytes(4).toString("hex")}`),
	"a Unix socket in XDG_RUNTIME_DIR": () => serveOn(`${process.env.XDG_RUNTIME_DIR}/${randomBytes(4).toString("hex")}`),
	"a Unix socket without a path": () => serveOn("\0a-name-in-the-room"),
	"a program with input": () => {
		const { stdout, error } = spawnSync("cat", { input: "word" });
		if (error || String(stdout) !== "word") throw error ?? new Error("another word");
	},
	"execFileSync with input": () => execFileSync("cat", { input: "word" }),
	"Python's server and client": () => {
		const python = spawnSync("python3", ["-c", PYTHON], { stdio: ["ignore", "ignore", "pipe"] });
		if (python.error?.code !== "ENOENT" && python.status !== 0) throw new Error(String(python.stderr));
	},
	"the machine's interfaces": () => {
		if (Object.keys(networkInterfaces()).join() !== "lo") throw new Error(Object.keys(networkInterfaces()).join());
	},
	"a file in /tmp": () => writeFileSync("/tmp/of-an-agent", "written"),
	"a file in /var/tmp": () => writeFileSync("/var/tmp/of-an-agent-too", "written"),
	// Where the home lies below /tmp it is not the user's that is written. The test looks whether it is.
	"a file in the user's home, or none": () => {
		try {
			writeFileSync(`${realHome}/of-an-agent`, "written");
		} catch {}
	},
	"a file in the home": () => writeFileSync(`${homedir()}/of-an-agent`, "written"),
	...Object.fromEntries(caches.map((folder) => [`what is in ~/${folder}, and more`, () => useCache(folder)])),
	// Java asks for it there. A user without a name has none.
	"the home, asked of the system": () => {
		const names = readFileSync("/etc/passwd", "utf8")
			.split("\n")
			.filter((line) => line.split(":")[2] === String(process.getuid()));
		if (names.length > 0 && userInfo().homedir !== homedir()) throw new Error(userInfo().homedir);
	},
	"/dev/null": () => writeFileSync("/dev/null", readFileSync("/dev/null")),
	"a file in /dev/shm": () => writeFileSync("/dev/shm/of-an-agent", "written"),
};

/** A system call, by its number on each kind of processor; perl comes with git. One that complains of an address has been made. */
function call(numbers, args) {
	const perl = spawnSync("perl", ["-e", `exit(syscall(${numbers[process.arch]}, ${args}) == -1 ? $!+0 : 0)`]);
	if (perl.error || ![0, constants.errno.EFAULT].includes(perl.status))
		throw new Error(String(perl.error ?? perl.status));
}

const closed = {
	...Object.fromEntries(Object.entries(servers).map(([name, address]) => [name, () => reach(address)])),
	"a name server": () => reach({ host: "192.0.2.1", port: 53 }),
	"the cloud's metadata": () => reach({ host: "169.254.169.254", port: 80 }),
	"the internet": () => fetch("http://192.0.2.1", { signal: AbortSignal.timeout(3000) }),
	...Object.fromEntries(
		[homedir(), realHome].flatMap((home) =>
			secrets.map((path) => [`${home}/${path}`, () => readFileSync(`${home}/${path}`)]),
		),
	),
	"the kernel's settings": () => closeSync(openSync("/proc/sys/kernel/core_pattern", "r+")),
	// The number of what the call failed with stands for it.
	"a key ring of the user's": () => call({ x64: 250, arm64: 219 }, "0, -3, 0, 0, 0"),
	"a user namespace": () => call({ x64: 272, arm64: 97 }, "0x10000000"),
	"a socket to a machine's host": () => call({ x64: 41, arm64: 198 }, "40, 1, 0"),
	"sockets by io_uring": () => call({ x64: 425, arm64: 425 }, "1, 0"),
	"sockets of the system": () => {
		if (!["/run/docker.sock", "/run/dbus", "/run/systemd"].some(existsSync)) throw new Error("not there");
	},
};

for (const [kind, things] of Object.entries({ works, closed })) {
	for (const [name, action] of Object.entries(things)) {
		const said = await (async () => action())().then(
			() => "yes",
			(error) => `no: ${error.cause?.code ?? error.code ?? error.message}`,
		);
		console.log(`${kind}: ${name}: ${said}`);
	}
}
process.exit(0);
