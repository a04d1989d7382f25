import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CODE_ROOT } from "../../system/package-root.ts";

/** A style sheet or script of the page, which lies beside its code. */
export function asset(name: "page.css" | "page.js" | "live.js"): string {
	return readFileSync(join(CODE_ROOT, "cli/page", name), "utf8");
}
