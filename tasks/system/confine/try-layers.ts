import { mkdir, mkdtemp, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findProgram } from "../find-program.ts";
import { askedOnce } from "../once.ts";
import { removeFolder } from "../remove-folder.ts";
import { askProgram } from "./ask-program.ts";
import { knowsOverlays } from "./prepare-room.ts";
import { makeWhiteouts } from "./whiteouts.ts";

/** What has to come out right on an overlay: not every file system takes all of it. */
const SCRIPT = `cd "$1" && [ ! -e gone ] && rm -r folder && mkdir folder && echo new >folder/new && [ ! -e folder/file ] &&
chmod 700 other && echo new >other/file && mv other moved && [ "$(cat moved/file)" = new ] && ln -s file link && rm file`;

const answers = askedOnce<boolean>();

/**
 * Whether this bubblewrap can lay a folder over another where this place is, which is tried out once a file system.
 * @param place a folder in which another may be made for a moment.
 */
export async function canLay(bubblewrap: string, place: string): Promise<boolean> {
	if (!(await knowsOverlays(bubblewrap))) return false;
	const { dev } = await stat(place);
	return answers(`${bubblewrap}\0${dev}`, () => tryOut(bubblewrap, place));
}

async function tryOut(bubblewrap: string, place: string): Promise<boolean> {
	const folder = await mkdtemp(join(place, "tried-"));
	try {
		const [lower, upper, work] = ["lower", "upper", "work"].map((name) => join(folder, name)) as [
			string,
			string,
			string,
		];
		for (const each of [join(lower, "folder"), join(lower, "other"), upper, work])
			await mkdir(each, { recursive: true });
		for (const each of ["gone", "file", "folder/file", "other/file"]) await writeFile(join(lower, each), "old\n");
		if ((await makeWhiteouts([join(upper, "gone")])).length > 0) return false;
		const mounts = ["--ro-bind", "/", "/", "--dev", "/dev", "--overlay-src", lower, "--overlay", upper, work, lower];
		const args = ["--unshare-user", ...mounts, "--", findProgram("sh"), "-c", SCRIPT, "sh", lower];
		return (await askProgram(bubblewrap, args)).exitCode === 0;
	} finally {
		await removeFolder(folder);
	}
}
