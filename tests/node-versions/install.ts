import { spawnSync } from "node:child_process";
import process from "node:process";
import { FOLDER, nodesToTest } from "./nodes.ts";

// `--in-ci` is how `npm ci` calls it (`dependencies` is the one script of that kind which npm leaves alone in an installed
// package, and when it packs): half a gigabyte is too much for whoever only wants to try the program, or to
// install it as a package (npm then prepares a copy of its own, or leaves the development packages out).
const { CI, npm_config_omit: omitted = "", _PACOTE_NO_PREPARE_: packing } = process.env;
const isWanted = !process.argv.includes("--in-ci") || (Boolean(CI) && !packing && !omitted.includes("dev"));

if (isWanted && nodesToTest().some(({ isInstalled }) => !isInstalled)) {
	// Without links, since all of these packages have a program of the same name.
	const args = ["ci", "--no-bin-links", "--no-audit", "--no-fund", "--loglevel=error"];
	const { status, error } = spawnSync("npm", args, { cwd: FOLDER, stdio: ["ignore", "inherit", "inherit"] });
	if (error) throw error;
	process.exitCode = status ?? 1;
}
