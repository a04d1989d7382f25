import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import type { Checked } from "../contract/value.ts";
import { packageManagerOf } from "../system/package-manager.ts";
import { typeCheck } from "../system/type-check.ts";
import type { RunRequest } from "./arguments.ts";
import type { Surroundings } from "./surroundings.ts";
import { topOf } from "./words/format.ts";

const INSTALLS = {
	npm: "npm install --save-dev typescript",
	pnpm: "pnpm add --save-dev typescript",
	yarn: "yarn add --dev typescript",
	bun: "bun add --dev typescript",
} as const;

/** Adds what TypeScript says of the orchfile to what a check found; says on stderr where it can't be asked. */
export async function withTypes(checked: Checked, { options, quiet }: RunRequest, around: Surroundings) {
	if (!around.orchfile || !/\.[cm]?ts$/.test(around.orchfile)) return checked;
	const orchfile = realpathSync(around.orchfile);
	const answer = await typeCheck(orchfile, realpathSync(topOf(options.directory)));
	if (answer.kind === "asked") {
		const found = answer.mistakes.map((each) => ({ kind: "type", ...each }) as const);
		return { ...checked, findings: [...found, ...checked.findings] };
	}
	const line =
		answer.kind === "missing"
			? `The orchfile's types are not checked: TypeScript is not installed. To have them checked: ${INSTALLS[packageManagerOf(dirname(orchfile))]}`
			: `The orchfile's types are not checked: TypeScript can't be run: ${answer.why}`;
	if (!quiet) around.stderr.write(`${line}\n`);
	return checked;
}
