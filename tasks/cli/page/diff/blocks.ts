import type { DiffLine, Hunk } from "../../../contract/report.ts";

/** A line with its number, in the file that has it; one of both files, with that in the new one. */
export interface Numbered extends DiffLine {
	readonly number: number;
	readonly newNumber: number;
}

/** Lines that stand side by side: those of both files, then what took the place of what. */
export interface Block {
	readonly both: readonly Numbered[];
	readonly old: readonly Numbered[];
	readonly new: readonly Numbered[];
}

/** Parts the lines of a hunk, so that a block is what has changed at one place with the lines in front of it. */
export function blocksOf({ oldStart, newStart, lines }: Hunk): Block[] {
	const blocks: { both: Numbered[]; old: Numbered[]; new: Numbered[] }[] = [];
	let [oldNumber, newNumber] = [oldStart, newStart];
	let side: DiffLine["side"] | undefined;
	for (const line of lines) {
		const isNext =
			side === undefined || (line.side === "both" && side !== "both") || (line.side === "old" && side === "new");
		if (isNext) blocks.push({ both: [], old: [], new: [] });
		side = line.side;
		const number = side === "new" ? newNumber : oldNumber;
		blocks.at(-1)?.[side].push({ ...line, number, newNumber });
		if (side !== "new") oldNumber++;
		if (side !== "old") newNumber++;
	}
	return blocks;
}
