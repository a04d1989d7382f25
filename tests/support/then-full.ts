import type { Script } from "./scripted-model.ts";
import { devResult } from "./scripts.ts";
import type { SmallDisk } from "./small-disk.ts";

/** Fills a disk once the agent has worked, then answers, so that what comes next finds no space. */
export function thenFull(
	disk: () => SmallDisk,
	pagesLeft: number,
	changes: Readonly<Record<string, unknown>> = {},
): Script {
	return async function* (prompted) {
		yield { kind: "run", command: `echo 'written for ${prompted.issueId}' > ${prompted.issueId}.txt` };
		disk().fill(pagesLeft);
		yield { kind: "answer", text: JSON.stringify(devResult(prompted, changes)) };
	};
}
