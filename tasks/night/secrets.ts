import { loadOnce } from "../system/once.ts";

/** A place in a text that is taken for a secret, and of what kind. */
export interface FoundSecret {
	readonly kind: string;
	readonly from: number;
	readonly to: number;
}

/** What the library leaves out, or finds only in files of a certain name; it reads whole files, and here are parts of some. */
const FURTHER: Readonly<Record<string, RegExp>> = {
	"private key":
		/-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]{0,5000}?-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----|(?:\s*[\w+/=]{20,})*)/g,
	"aws-key-id": /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g,
	"json-web-token": /\beyJ[\w-]{8,2000}\.eyJ[\w-]{8,4000}\.[\w-]{8,2000}/g,
	stripe: /\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,200}/g,
	google: /\bAIza[\w-]{35}/g,
	authorization: /\bauthorization["']?\s*[:=]\s*["']?(?:bearer|basic|token)\s+[\w.~+/=-]{8,4000}/gi,
	npm: /_auth(?:Token)?\s*=\s*[\w.~+/=-]{8,4000}/g,
};

const RULES = "@secretlint/secretlint-rule-";

const loadLibrary = loadOnce(async () => {
	const [{ lintSource }, { rules }] = await Promise.all([
		import("@secretlint/core"),
		import("@secretlint/secretlint-rule-preset-recommend"),
	]);
	// One has comments say that a secret is none, and whoever writes what is shown here writes comments.
	const used = rules.filter(({ meta }) => meta.id !== `${RULES}filter-comments`);
	return { lintSource, config: { rules: used.map((rule) => ({ id: rule.meta.id, rule })) } };
});

/** Finds what has the form of a usual secret, in the order of their beginnings. */
export async function findSecrets(content: string): Promise<FoundSecret[]> {
	const { lintSource, config } = await loadLibrary();
	const source = { filePath: "report.txt", content, ext: ".txt", contentType: "text" as const };
	const { messages } = await lintSource({ source, options: { config, noPhysicFilePath: true } });
	const known = messages.map(({ ruleId, range: [from, to] }) => ({ kind: ruleId.replace(RULES, ""), from, to }));
	const further = Object.entries(FURTHER).flatMap(([kind, pattern]) =>
		[...content.matchAll(pattern)].map(({ index, 0: { length } }) => ({ kind, from: index, to: index + length })),
	);
	return [...known, ...further].sort((a, b) => a.from - b.from);
}
