import { createHash } from "node:crypto";

/** What a page may do, for its `Content-Security-Policy`: its own style sheet and script by their hashes, and nothing else. */
export function policyOf(styles: readonly string[], scripts: readonly string[], isLive: boolean): string {
	const rules = [
		"default-src 'none'",
		`style-src ${styles.map(hashOf).join(" ")}`,
		`script-src ${scripts.map(hashOf).join(" ")}`,
		// Its icon.
		"img-src data:",
		...(isLive ? ["connect-src 'self'"] : []),
		"base-uri 'none'",
		"form-action 'none'",
	];
	return rules.join("; ");
}

function hashOf(source: string): string {
	return `'sha256-${createHash("sha256").update(source).digest("base64")}'`;
}
