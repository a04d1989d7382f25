import { color, figures, Listr } from "listr2";
import type { Activity } from "../../contract/activity.ts";
import type { Task } from "../../engine/task.ts";
import { writeNow } from "../../system/write-now.ts";
import { isAside, isNote, noteOf } from "../words/activity-words.ts";
import type { Say } from "../words/say.ts";
import { Board, type Mark } from "./board.ts";
import { frame } from "./frame.ts";
import { createScreen } from "./screen.ts";
import type { View } from "./view.ts";

/** The size of a terminal that does not tell it. */
const USUAL = { columns: 80, rows: 24 };

/**
 * The live list of a terminal: a row an issue, below one at work a row a task with the agent's latest activity, and a footer.
 * @param isCompact only one row below an issue at work: for many at once.
 */
export function liveView(
	stream: NodeJS.WriteStream,
	say: Say,
	tasks: readonly Task[],
	jobs = 1,
	isCompact = false,
): View {
	const board = new Board(tasks, () => performance.now(), jobs);
	const screen = createScreen(stream, (spinner) =>
		frame(board, {
			columns: stream.columns || USUAL.columns,
			rows: stream.rows || USUAL.rows,
			detail: isCompact ? "activity" : "tasks",
			sign: (mark) => signOf(mark, spinner),
			pointer: color.dim(figures.pointerSmall),
		}),
	);
	let end: () => void = () => {};
	const ended = new Promise<void>((resolve) => {
		end = resolve;
	});
	// One task of listr2's, for as long as the run lasts: its rows are drawn by the screen.
	const drawing = new Listr([{ task: () => ended }], {
		renderer: screen.renderer,
		// Ours is the only handler of signals; listr2's would end the process with 127 at once.
		registerSignalListeners: false,
	}).run();
	return {
		onEvent(event) {
			board.take(event);
			screen.refresh();
			if (event.kind !== "task-activity") return;
			const activity = event.activity as Activity;
			if (isNote(activity) && !isAside(activity)) screen.print(noteOf(activity, say));
		},
		say: (sentence) => screen.print(sentence),
		abandon() {
			// What is written to the stream while the list is drawn is held back.
			writeNow("\u001b[?25h");
		},
		async close() {
			end();
			await drawing;
		},
	};
}

function signOf(mark: Mark, spinner: string): string {
	switch (mark) {
		case "waits":
			return color.dim("◻");
		case "runs":
			return color.yellowBright(spinner);
		case "done":
			return color.green(figures.tick);
		case "failed":
			return color.red(figures.cross);
		case "deferred":
			return color.magenta("?");
		case "blocked":
			return color.yellow("⊘");
		case "stopped":
			return color.yellow(figures.squareSmallFilled);
		case "cancelled":
			return color.dim(figures.arrowDown);
	}
}
