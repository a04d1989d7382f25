import { writeFileSync } from "node:fs";
import type { Reporter, TestModule, TestRunEndReason } from "vitest/node";
import { COSTLY_SECONDS, COSTS_FILE, type Costs } from "./choice.ts";

/** Writes down what each file of a full run has cost. */
export default class CostRecorder implements Reporter {
	onTestRunEnd(modules: readonly TestModule[], _errors: unknown, reason: TestRunEndReason): void {
		if (reason !== "passed") return;
		const costs = costsOf(modules.map((each) => [each.relativeModuleId, each.diagnostic().duration / 1000]));
		writeFileSync(COSTS_FILE, `${JSON.stringify(costs, null, "\t")}\n`);
	}
}

/** The record of what files cost. */
export function costsOf(seconds: readonly (readonly [file: string, seconds: number])[]): Costs {
	const isCostly = (each: readonly [string, number]) => each[1] > COSTLY_SECONDS;
	const rest = seconds.filter((each) => !isCostly(each)).reduce((sum, [, cost]) => sum + cost, 0);
	const files = seconds.filter(isCostly).sort(([one], [other]) => (one < other ? -1 : 1));
	return {
		rest: Math.round(rest),
		files: Object.fromEntries(files.map(([file, cost]) => [file, Math.round(cost)])),
	};
}
