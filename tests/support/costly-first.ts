import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { readCosts } from "./choice.ts";

/** Starts with what costs most, so that no worker is left with something long when the others have ended. */
export class CostlyFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const costs = readCosts().files;
		const costOf = ({ moduleId }: TestSpecification) => costs[relative(this.ctx.config.root, moduleId)] ?? 0;
		return (await super.sort(files)).sort((one, other) => costOf(other) - costOf(one));
	}
}
