import { stripVTControlCharacters } from "node:util";
import { type ListrRenderer, type ListrRendererFactory, ProcessOutput, Spinner } from "listr2";
import { widthOf } from "../words/columns.ts";

const TO_END_OF_LINE = "\u001b[K";
const TO_END_OF_SCREEN = "\u001b[J";

/** Milliseconds in which changes are gathered. */
const BREATH = 20;

/** What draws on a terminal, as listr2 takes it. */
export interface Screen {
	readonly renderer: ListrRendererFactory;
	/** Draws what has changed, soon: what comes in one breath is drawn at once. */
	refresh(): void;
	/** Prints a text that stays, above what is drawn. */
	print(text: string): void;
}

/**
 * Draws lines of our choosing as a renderer of listr2, whose own draws every row there is: below the terminal's last row they
 * would scroll by ten times a second.
 * @param linesAt the lines at this step of the spinner. They have to fit the terminal.
 */
export function createScreen(stream: NodeJS.WriteStream, linesAt: (spinner: string) => readonly string[]): Screen {
	const output = new ProcessOutput(stream, stream);
	const spinner = new Spinner();
	let drawn: readonly string[] = [];
	let columns = stream.columns;
	let soon: NodeJS.Timeout | undefined;

	/** What goes back to where the drawing began, also when a narrower terminal has broken its lines. */
	const back = (): string => {
		const wrapped = stream.columns < columns;
		const heights = drawn.map((line) =>
			wrapped ? Math.max(1, Math.ceil(widthOf(stripVTControlCharacters(line)) / stream.columns)) : 1,
		);
		const height = heights.reduce((sum, each) => sum + each, 0);
		columns = stream.columns;
		// Lines that broke may end anywhere, so that what stands behind them goes at once.
		return height === 0 ? "\r" : `\u001b[${height}A\r${wrapped ? TO_END_OF_SCREEN : ""}`;
	};
	const draw = (above = ""): void => {
		const lines = linesAt(spinner.fetch());
		if (above === "" && columns === stream.columns && lines.join("\n") === drawn.join("\n")) return;
		const isMoved = above !== "" || columns !== stream.columns;
		const start = back();
		// What stands as it was is passed over: a slow line has only the spinners to carry.
		const text = lines.map((line, at) => (!isMoved && line === drawn[at] ? "\n" : `${line}${TO_END_OF_LINE}\n`));
		output.toStdout(`${start}${above}${text.join("")}${TO_END_OF_SCREEN}`, false);
		drawn = lines;
	};
	const onResize = (): void => draw();

	class Renderer implements ListrRenderer {
		static rendererOptions = {};
		static rendererTaskOptions = {};
		// What the list is drawn on is a terminal; listr2 would ask standard output.
		static nonTTY = true;

		render(): void {
			output.hijack();
			stream.on("resize", onResize);
			spinner.start(() => draw());
			draw();
		}

		end(): void {
			spinner.stop();
			clearTimeout(soon);
			stream.removeListener("resize", onResize);
			draw();
			if (drawn.length > 0) output.toStdout("");
			output.release();
		}
	}
	return {
		renderer: Renderer,
		refresh() {
			soon ??= setTimeout(() => {
				soon = undefined;
				draw();
			}, BREATH);
		},
		print(text) {
			const lines = text.split("\n").map((line) => `${line}${TO_END_OF_LINE}\n`);
			draw(lines.join(""));
		},
	};
}
