import { aboveEmpty } from "./above-empty.ts";
import type { Figure } from "./figure.ts";

export const start: Figure = {
	name: "start",
	summary: "time of --help, --list and --version above an empty file",
	run: (bench) => aboveEmpty(bench, { "--help": ["--help"], "--list": ["--list"], "--version": ["--version"] }, 80),
};
