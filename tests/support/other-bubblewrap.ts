import { execFile } from "node:child_process";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { shellQuoted } from "../../tasks/rehearsal/answers.ts";
import { codexBinary } from "../../tasks/runner/codex/package.ts";
import { findIfThere } from "../../tasks/system/find-program.ts";

const BUNDLED = join(dirname(codexBinary()), "../codex-resources/bwrap");

/** Lines of a shell before `exec "$bwrap" "$@"`, by what such a bubblewrap does not know. */
const LINES = {
	overlays: '[ "$1" != --help ] || { "$bwrap" --help | grep -v overlay; exit; }',
	/** Codex's sandbox asks for none, so it has one all the same. */
	status: 'case " $* " in *" --json-status-fd "*) echo "bwrap: Unknown option --json-status-fd" >&2; exit 1 ;; esac',
};

/**
 * Makes a Node for `RunSettings`, whose processes find an older bubblewrap wherever this machine has one.
 * @returns nothing where none can be put in its place.
 */
export async function nodeWithBubblewrapWithout(what: keyof typeof LINES, folder: string): Promise<string | undefined> {
	const place = join(folder, "other-bubblewrap");
	await mkdir(place);
	const [node, real, older] = ["node", "real", "bwrap"].map((name) => join(place, name)) as [string, string, string];
	await copyFile(BUNDLED, real);
	await writeFile(older, `#!/bin/sh\nbwrap=${shellQuoted(real)}\n${LINES[what]}\nexec "$bwrap" "$@"\n`, {
		mode: 0o755,
	});
	const system = findIfThere("bwrap");
	const all = system === undefined ? [BUNDLED] : [BUNDLED, system];
	const mounts = all.map((each) => `mount --bind ${shellQuoted(older)} ${shellQuoted(each)}`);
	const start = shellQuoted([...mounts, 'exec "$0" "$@"'].join(" && "));
	const script = `exec unshare --user --map-root-user --mount sh -c ${start} ${shellQuoted(process.execPath)} "$@"`;
	await writeFile(node, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
	return promisify(execFile)(node, ["--version"]).then(
		() => node,
		() => undefined,
	);
}
