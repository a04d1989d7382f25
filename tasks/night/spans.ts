import { phaseOf } from "../contract/phase.ts";
import type { Span, TurnReport } from "../contract/report.ts";

/** A stretch of time, in milliseconds. */
interface Stretch {
	readonly from: number;
	readonly to: number;
}

/** Milliseconds that an issue takes between two things that are done for it. */
const BETWEEN = 3000;
/** Milliseconds in which nothing at all is done before it is another night: on a busy machine a worktree takes many seconds. */
const NIGHTS_APART = 60_000;

/** The stretches of an issue's turns. One that has not ended, and that nobody takes any more, is not told. */
export function spansOfTurns(
	turns: readonly Pick<TurnReport, "turn" | "record">[],
	isRunning: boolean,
	now: string,
): Span[] {
	return turns.flatMap(({ turn, record }, at): Span[] => {
		const isLast = at === turns.length - 1;
		const to = record.endedAt ?? (isRunning && isLast ? now : undefined);
		return to === undefined ? [] : [{ what: phaseOf(turn), turn, from: record.startedAt, to }];
	});
}

/** Spans in the order they began, with the stretches in which an issue waited while others were worked on. */
export function withWaiting(own: readonly Span[], all: readonly (readonly Span[])[]): Span[] {
	const mine = own.map(stretchOf);
	const waiting = joined(all.flat().map(stretchOf), NIGHTS_APART).flatMap((run) => gapsIn(run, mine));
	const spans = waiting.map(
		({ from, to }): Span => ({ what: "waiting", from: new Date(from).toISOString(), to: new Date(to).toISOString() }),
	);
	return [...own, ...spans].sort((a, b) => Date.parse(a.from) - Date.parse(b.from));
}

/** What lies in a stretch before and between these, and is longer than it takes to begin the next. */
function gapsIn(run: Stretch, mine: readonly Stretch[]): Stretch[] {
	const within = joined(
		mine.filter(({ from, to }) => from >= run.from && to <= run.to),
		BETWEEN,
	);
	return within
		.map(({ from }, at) => ({ from: within[at - 1]?.to ?? run.from, to: from }))
		.filter(({ from, to }) => to - from > BETWEEN);
}

/** Stretches put together that meet each other, or are no more than so many milliseconds apart. */
function joined(stretches: readonly Stretch[], apart: number): Stretch[] {
	const sorted = [...stretches].sort((a, b) => a.from - b.from);
	const found: { from: number; to: number }[] = [];
	for (const each of sorted) {
		const last = found.at(-1);
		if (last && each.from - last.to <= apart) last.to = Math.max(last.to, each.to);
		else found.push({ ...each });
	}
	return found;
}

function stretchOf({ from, to }: Span): Stretch {
	return { from: Date.parse(from), to: Math.max(Date.parse(from), Date.parse(to)) };
}
