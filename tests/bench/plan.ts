import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { aboveEmpty } from "./above-empty.ts";
import { writeBacklog } from "./backlog.ts";
import type { Figure } from "./figure.ts";

export const plan: Figure = {
	name: "plan",
	summary: "time of plan for a milestone of 10 issues above an empty file",
	async run(bench) {
		const repository = join(bench.folder, "repository");
		await mkdir(repository);
		writeBacklog(repository, 10, 10);
		return aboveEmpty(bench, { "plan, 10 issues,": ["-C", repository, "plan", "M0"] }, 200);
	},
};
