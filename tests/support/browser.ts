import { type Browser, chromium } from "playwright-core";
import { findIfThere } from "../../tasks/system/find-program.ts";

const NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];
const program = NAMES.flatMap((name) => findIfThere(name) ?? [])[0];

/** Why nothing can be shown in a browser here; nothing where it can. */
export const noBrowser = program === undefined ? `no Chromium (${NAMES.join(", ")}) is installed` : undefined;

/** Starts a Chromium that asks nobody on the network for anything of its own. Playwright gives it a new, empty profile. */
export function openBrowser(): Promise<Browser> {
	if (program === undefined) throw new Error(noBrowser);
	// As root, and in a container, it has no sandbox; what it opens is of these tests alone.
	return chromium.launch({
		executablePath: program,
		args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync"],
	});
}
