import { aboveEmpty } from "./above-empty.ts";
import type { Figure } from "./figure.ts";

export const start: Figure = {
	name: "start",
	summary: "time of --help, --list and --version above an empty file",
	run: (bench) =>
		aboveEmpty(
			bench,
			Object.fromEntries(
				["--help", "--list", "--version"].map((option) => [option, { args: ["orchfile.ts", option], target: 80 }]),
			),
		),
};
