import { access, constants, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Whether programs that lie in a folder may be started, which is tried out: what is mounted there may say no (`noexec`). */
export async function startsPrograms(folder: string): Promise<boolean> {
	const program = join(folder, "program");
	try {
		await writeFile(program, "", { mode: 0o700, flag: "wx" });
		await access(program, constants.X_OK);
		return true;
	} catch {
		return false;
	} finally {
		await rm(program, { force: true });
	}
}
