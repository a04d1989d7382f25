import { nightOf } from "./night.ts";
import { servePage, type ToServe } from "./page/serve/serve-page.ts";
import { showInBrowser } from "./report.ts";
import type { RunRequest } from "./request.ts";
import type { Shown } from "./shown.ts";
import { listenForSignals } from "./signals.ts";
import type { Surroundings } from "./surroundings.ts";
import { aboutOf } from "./target-words.ts";
import { problemsOf } from "./words/summary.ts";

/**
 * Serves the page of a look until a signal ends it.
 * @param again looks anew.
 * @returns the exit code: to end it is what was asked for.
 */
export async function serveNight(
	shown: Shown,
	request: RunRequest,
	{ say, stdout, stderr }: Pick<Surroundings, "say" | "stdout" | "stderr">,
	again: () => Promise<Shown>,
): Promise<number> {
	const tell = async (each: Shown): Promise<ToServe> => ({
		...(await nightOf(each)),
		target: aboutOf(request),
		say,
		now: Date.now(),
	});
	const signals = listenForSignals(
		() => {},
		() => {},
	);
	let told = "";
	const failed = (error: Error): void => {
		const words = problemsOf(error, say).join("\n");
		if (words !== told) stderr.write(`The page stays as it was:\n${words}\n`);
		told = words;
	};
	try {
		const served = await servePage(await tell(shown), async () => tell(await again()), signals.interrupt, failed);
		stdout.write(`${served.address}\n`);
		if (request.open) await showInBrowser(served.address, { stderr });
		if (!request.quiet) stderr.write("It follows what runs, and starts nothing. To end it: Ctrl-C\n");
		await served.ended;
		return 0;
	} finally {
		signals.release();
	}
}
