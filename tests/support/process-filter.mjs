// A filter that stays for all files of a git (gitattributes(5), "Long Running Filter Process"): upper case in the worktree, lower case
// in commits. What it does wrong is its argument.
import { readSync, writeSync } from "node:fs";

const [, , fault] = process.argv;

function take(length) {
	const buffer = Buffer.alloc(length);
	for (let read = 0; read < length; ) {
		const more = readSync(0, buffer, read, length - read);
		if (more === 0) process.exit(0);
		read += more;
	}
	return buffer;
}

/** The packets up to a flush. */
function receive() {
	const packets = [];
	for (;;) {
		const length = Number.parseInt(take(4).toString(), 16);
		if (length === 0) return packets;
		packets.push(take(length - 4));
	}
}

function send(...packets) {
	for (const packet of packets.filter(Boolean))
		writeSync(1, `${(packet.length + 4).toString(16).padStart(4, "0")}${packet}`);
	writeSync(1, "0000");
}

if (fault === "garbage") {
	writeSync(1, "What do you want from me?\n");
	process.exit(0);
}
receive();
send("git-filter-server\n", "version=2\n");
receive();
send("capability=clean\n", "capability=smudge\n");
for (;;) {
	const [command] = receive();
	const content = Buffer.concat(receive()).toString();
	if (fault === "error" || fault === "abort") {
		send(`status=${fault}\n`);
		continue;
	}
	if (fault === "dies") process.kill(process.pid, "SIGKILL");
	if (fault === "stays") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
	send("status=success\n");
	send(command.toString().includes("smudge") ? content.toUpperCase() : content.toLowerCase());
	send();
}
