import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { aboveEmpty, writeModule } from "./above-empty.ts";
import { writeBacklog } from "./backlog.ts";
import type { Figure } from "./figure.ts";

/** What a plan can't do without: the packages that read documents and ask git. */
const PACKAGES = ["commander", "gray-matter", "js-yaml", "zod", "zx/core"];

export const plan: Figure = {
	name: "plan",
	summary: "time of plan for a milestone of 10 issues above an empty file",
	async run(bench) {
		const repository = join(bench.folder, "repository");
		await mkdir(repository);
		writeBacklog(repository, 10, 10);
		const packages = await writeModule(bench, "packages", PACKAGES.map((name) => `import "${name}";\n`).join(""));
		return aboveEmpty(bench, {
			"plan, 10 issues,": { args: ["orchfile.ts", "-C", repository, "plan", "M0"], target: 200 },
			"its packages alone": { args: [packages] },
		});
	},
};
