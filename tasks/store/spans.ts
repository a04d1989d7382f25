import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Span } from "../contract/report.ts";
import { setUpLog } from "./log-folder.ts";
import { foldersIn } from "./log-folders.ts";
import { readVerifyRecords } from "./verdicts.ts";

/** When an issue's worktree was set up, and its work verified, also before its last attempts. */
export async function readOtherSpans(logDir: string): Promise<Span[]> {
	const aside = (await foldersIn(join(logDir, "attempts"))).map((name) => join(logDir, "attempts", name));
	const all = await Promise.all(
		[logDir, ...aside].map(async (folder) => {
			const [records, setUp] = await Promise.all([
				readVerifyRecords(folder).catch(() => []),
				stat(setUpLog(folder)).catch(() => undefined),
			]);
			const verified = records.map(
				({ startedAt, endedAt }): Span => ({ what: "verify", from: startedAt, to: endedAt }),
			);
			// The command writes to its log from its beginning to its end. Not every disk knows when a file was made.
			const isKnown = setUp && setUp.birthtimeMs > 0 && setUp.birthtimeMs <= setUp.mtimeMs;
			if (!isKnown) return verified;
			const { birthtime, mtime } = setUp;
			return [...verified, { what: "set-up", from: birthtime.toISOString(), to: mtime.toISOString() } as const];
		}),
	);
	return all.flat();
}
