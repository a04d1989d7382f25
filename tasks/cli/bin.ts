#!/usr/bin/env node
import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { nearest } from "../contract/names.ts";
import { Failure, problemOf } from "../contract/problem.ts";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { directoryIn, readArguments } from "./arguments.ts";
import { announceImport, packaged } from "./invocation.ts";
import { sayAs } from "./program.ts";
import { watchLoading } from "./strays.ts";
import { ownStart } from "./surroundings.ts";
import { tellFailure } from "./tell-failure.ts";
import { versions } from "./versions.ts";
import { initHelp } from "./words/general-help.ts";

const NAMES = ["orchfile.ts", "orchfile.mts"] as const;

const start = ownStart();
const { args, env, stdout } = start;
const directory = resolve(directoryIn(args) ?? env.ORCH_DIRECTORY ?? ".");
const { command, extras } = packaged();
const say = sayAs(command, start, () => directory);

process.exitCode = await tellFailure(
	start,
	say,
	() => directory,
	async () => {
		if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory())
			throw new Failure({ kind: "folder-missing", path: directory });
		const orchfile = findOrchfile(directory);
		const mayBeInit = args.includes("init");
		if (orchfile && !mayBeInit) return load(orchfile);
		const request = readArguments(args, command, PACKAGE_ROOT);
		if (request.kind === "run" && request.task === "init") {
			const { init } = await import("./init.ts");
			return init(request, { ...start, say, extras });
		}
		if (request.kind === "help" && request.task === "init") {
			stdout.write(`${initHelp(say)}\n`);
			return 0;
		}
		if (orchfile) return load(orchfile);
		switch (request.kind) {
			case "help":
				stdout.write(request.text);
				return 0;
			case "completion": {
				const { completionScript } = await import("./shell/completion-script.ts");
				stdout.write(completionScript(request.shell, NAMES[0], say));
				return 0;
			}
			case "version":
				stdout.write(`${await versions(PACKAGE_ROOT, request.codex, say)}\n`);
				return 0;
			case "list":
				throw await noOrchfile([]);
			case "run":
				throw await noOrchfile(nearest(request.task, extras));
		}
	},
);

/** A bare repository can have none: its worktrees do. */
async function noOrchfile(names: readonly string[]): Promise<Failure> {
	const { findRepository } = await import("../repo/repository.ts");
	const why = await findRepository(directory).catch((error: unknown) => error);
	if (why instanceof Failure && problemOf(why)?.kind === "bare-repository") return why;
	return new Failure({ kind: "no-orchfile", folder: directory, nearest: names });
}

/** The nearest orchfile, from a folder up to the top of its repository; outside of one, what lies above is not looked at. */
function findOrchfile(folder: string): string | undefined {
	const above = [folder];
	for (let at = folder; dirname(at) !== at; at = dirname(at)) above.push(dirname(at));
	const top = above.findIndex((each) => existsSync(join(each, ".git")));
	return above
		.slice(0, top + 1 || 1)
		.flatMap((each) => NAMES.map((name) => join(each, name)))
		.find((path) => existsSync(path));
}

/** Imports an orchfile as tsx would, in this process; the rest is done by the `main` that it calls. Returns the exit code. */
async function load(orchfile: string): Promise<number> {
	if (!statSync(orchfile).isFile()) {
		const message = "it is a folder, expected a file";
		throw new Failure({ kind: "orchfile-broken", path: orchfile, message, needsPackage: false });
	}
	const isTaken = announceImport(orchfile);
	watchLoading(orchfile, isTaken);
	const { register } = await import("tsx/esm/api");
	register();
	try {
		await import(pathToFileURL(orchfile).href);
	} catch (error) {
		throw (await import("./orchfile-mistakes.ts")).loadFailure(error, orchfile, directory);
	}
	if (!isTaken()) throw new Failure({ kind: "orchfile-idle", path: orchfile });
	return Number(process.exitCode ?? 0);
}
