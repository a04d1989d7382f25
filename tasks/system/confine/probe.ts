import { existsSync } from "node:fs";
import { mkdir, readFile, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConfinementReason } from "../../contract/problems/machine.ts";
import { withTemporaryFolder } from "../temporary-folder.ts";
import { bareEnvironment } from "./confine.ts";
import { prepareRoom } from "./prepare-room.ts";
import type { RoomHome } from "./room.ts";
import { runConfined } from "./run-confined.ts";
import { syscallFilter } from "./syscall-filter.ts";
import { reasonOf, surroundings } from "./why-refused.ts";

/** What commands can be confined by, as it was tried out. */
export type Confinable =
	| { readonly kind: "confined"; readonly bubblewrap: string; readonly home: RoomHome["kind"] }
	| { readonly kind: "refused"; readonly reason: ConfinementReason; readonly message: string };

/** Milliseconds that the try-out may take, and how much it may use. */
const LIMITS = { timeout: 20_000, processes: 100, memory: 1 << 30, output: 1 << 16 };

/** Says what is let through that should not be, and what is refused that should not be; nothing is as it should be. */
const CANARIES = `
write() { (echo canary >"$1") 2>/dev/null; }
write "$1/outside" && echo "a file outside can be written"
write "$2/git/HEAD" && echo "what is read-only can be written"
cat "$1/secret" 2>/dev/null | grep -q . && echo "a file that is secret can be read"
cat "$1/secrets/key" 2>/dev/null | grep -q . && echo "a folder that is secret can be read"
(exec 3>>/proc/sys/kernel/core_pattern) 2>/dev/null && echo "the kernel's settings can be written"
unshare -U true 2>/dev/null && echo "namespaces can be made in it"
[ "$(readlink /proc/self/ns/net)" = "$3" ] && echo "it is in this machine's network"
[ "$(readlink /proc/self/ns/pid)" = "$4" ] && echo "it sees this machine's processes"
write "$2/inside" || echo "the folder that is its own can't be written"
for folder in /tmp /var/tmp "$HOME" /dev/shm; do write "$folder/canary" || echo "$folder can't be written"; done
echo tried`;

/**
 * Tries out whether commands can be confined by one of these bubblewraps, with canaries; by the first that also has the user's home,
 * if any. Leaves nothing behind.
 */
export async function probeConfinement(bubblewraps: readonly string[]): Promise<Confinable> {
	if (syscallFilter() === undefined) return refused("architecture", process.arch);
	let best: Confinable = refused("missing", "");
	for (const bubblewrap of bubblewraps.filter(existsSync)) {
		const found = await probe(bubblewrap);
		if (found.kind === "confined" && found.home === "overlay") return found;
		if (best.kind === "refused" && (found.kind === "confined" || best.reason === "missing")) best = found;
	}
	return best;
}

function refused(reason: ConfinementReason, message: string): Confinable {
	return { kind: "refused", reason, message };
}

function probe(bubblewrap: string): Promise<Confinable> {
	return withTemporaryFolder(async (folder) => {
		const [outside, inside, place] = ["outside", "inside", "room"].map((name) => join(folder, name)) as [
			string,
			string,
			string,
		];
		const git = join(inside, "git");
		for (const each of [join(outside, "secrets"), git, place]) await mkdir(each, { recursive: true });
		for (const each of ["secret", "secrets/key"]) await writeFile(join(outside, each), "canary\n");
		const secrets = [join(outside, "secret"), join(outside, "secrets")];
		const room = await prepareRoom({ folder: place, secrets, bubblewrap, keep: [outside] });
		const outputFile = join(folder, "output");
		const namespaces = await Promise.all(["net", "pid"].map((name) => readlink(`/proc/self/ns/${name}`)));
		const environment = bareEnvironment(room);
		const end = await runConfined(
			{ room, writable: [inside], readOnly: [git], secrets, network: "own", environment },
			{
				bubblewrap,
				command: ["sh", "-c", CANARIES, "sh", outside, inside, ...namespaces],
				cwd: inside,
				outputFile,
				limits: LIMITS,
				signal: new AbortController().signal,
			},
		);
		const said = (await readFile(outputFile, "utf8")).trim().split("\n");
		if (end.kind === "not-started") return refused(reasonOf(end.message, surroundings()), end.message);
		if (said.pop() !== "tried") return refused("other", [end.kind, ...said].join("; "));
		if (said.length > 0) return refused("leaks", said.join("; "));
		return { kind: "confined", bubblewrap, home: room.home.kind };
	});
}
