import { lstat, mkdir, readdir, readlink, rm, rmdir, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { keepOutOfGit } from "./log-folder.ts";

/**
 * Lets the logs of an issue's milestone be found in a checkout that they do not lie in. It is there for people alone, so
 * where none can be made there is none, and what else stands in its place is left.
 * @param checkout the top of the checkout.
 */
export async function linkLogs(checkout: string, logDir: string): Promise<void> {
	const milestone = dirname(logDir);
	const link = linkIn(checkout, milestone);
	if (link === milestone) return;
	try {
		const leadsTo = await readlink(link).catch(() => undefined);
		if (leadsTo === milestone) return;
		if (leadsTo !== undefined) await rm(link);
		await mkdir(dirname(link), { recursive: true });
		await keepOutOfGit(dirname(link));
		await symlink(milestone, link);
	} catch {
		// The path of the logs is in every message.
	}
}

/** Removes the link to the logs of an issue's milestone where these are gone, and the folder around it when it holds nothing else. */
export async function unlinkLogs(checkout: string, logDir: string): Promise<void> {
	const milestone = dirname(logDir);
	const link = linkIn(checkout, milestone);
	if ((await readlink(link).catch(() => undefined)) !== milestone || (await lstat(milestone).catch(() => undefined)))
		return;
	await rm(link, { force: true });
	const kind = dirname(link);
	const left = await readdir(kind).catch(() => []);
	if (left.some((name) => name !== ".gitignore")) return;
	await rm(join(kind, ".gitignore"), { force: true });
	for (const folder of [kind, dirname(kind)]) await rmdir(folder).catch(() => {});
}

function linkIn(checkout: string, milestone: string): string {
	return join(checkout, "logs", basename(dirname(milestone)), basename(milestone));
}
