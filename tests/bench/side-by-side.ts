import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Twins } from "./twins.ts";

const FLOOR = fileURLToPath(new URL("floor.sh", import.meta.url));

/** When issues came to their end, in milliseconds from the start, in order; and when all was over. */
export interface Course {
	readonly ends: readonly number[];
	readonly total: number;
}

/** Runs a milestone by the orchfile. */
export async function runOurs({ world }: Twins, milestone: string, args: readonly string[] = []): Promise<Course> {
	const from = performance.now();
	const { child, finished } = world.start(["dev", milestone, ...args]);
	const ends: number[] = [];
	onLines(child.stderr, (line) => {
		if (/^\S+ {2}[\d:]{8} {2}worktree:teardown {2}/.test(line)) ends.push(performance.now() - from);
	});
	const { exitCode, stderr } = await finished;
	const total = performance.now() - from;
	if (exitCode !== 0) throw new Error(`dev ${milestone} ended with ${exitCode}:\n${stderr}`);
	return { ends, total };
}

/** Runs as many floor scripts at once as there are lists of issues. */
export async function runFloor(twins: Twins, lists: readonly (readonly string[])[]): Promise<Course> {
	const plans: string[] = [];
	for (const ids of lists) plans.push(await twins.planFor(ids));
	const lock = plans.length > 1 ? [`${twins.path}.lock`] : [];
	const from = performance.now();
	const courses = await Promise.all(
		plans.map(async (plan) => {
			const child = spawn("bash", [FLOOR, twins.path, plan, ...lock], {
				env: twins.env,
				stdio: ["ignore", "pipe", "pipe"],
			});
			const ends: number[] = [];
			onLines(child.stdout, () => ends.push(performance.now() - from));
			const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
			if (code !== 0) throw new Error(`the floor in ${plan} ended with ${code}:\n${stderr}`);
			return ends;
		}),
	);
	return { ends: courses.flat().sort((a, b) => a - b), total: performance.now() - from };
}

function onLines(stream: NodeJS.ReadableStream | null, take: (line: string) => void): void {
	let rest = "";
	stream?.on("data", (chunk) => {
		const lines = (rest + chunk).split("\n");
		rest = lines.pop() ?? "";
		for (const line of lines) take(line);
	});
}
