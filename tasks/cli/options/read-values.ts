import { resolve } from "node:path";
import { InvalidArgumentError } from "commander";
import { parseDuration, parseTokens } from "../../contract/amounts.ts";

const MEGABYTE = 1 << 20;
const HOUR = 3_600_000;

const ON = /^(?:1|true|yes|on)$/i;
const OFF = /^(?:0|false|no|off)?$/i;

/** True for what a variable says to switch an option off. */
export function isOff(value: string): boolean {
	return OFF.test(value);
}

/** Reads whether an option is switched on. @throws InvalidArgumentError as every reader of a value. */
export function readSwitch(value: string): boolean {
	if (ON.test(value) || OFF.test(value)) return ON.test(value);
	throw new InvalidArgumentError("It takes true or false.");
}

/** Reads an amount of tokens. */
export function readTokens(text: string): number {
	const tokens = parseTokens(text);
	if (tokens === undefined) throw new InvalidArgumentError("It takes a number of tokens, such as 200k or 5M.");
	return tokens;
}

/** Reads a size on a disk, in bytes. */
export function readSize(text: string): number {
	const [, number, unit] = /^(\d+(?:\.\d+)?)(M|G)?$/.exec(text) ?? [];
	const size = Number(number) * (unit === "G" ? 1024 * MEGABYTE : unit === "M" ? MEGABYTE : 1);
	if (!(size >= 0) || (size > 0 && unit === undefined))
		throw new InvalidArgumentError("It takes a size, such as 500M or 2G, or 0.");
	return size;
}

/** Reads names of variables; those that are typed one after the other add up, but not to the orchfile's default. */
export function readNames(text: string, before: readonly string[] = []): readonly string[] {
	const names = text.split(",").map((name) => name.trim());
	for (const name of names) {
		// Codex would take an asterisk for any name.
		if (!/^[A-Za-z_]\w*$/.test(name)) throw new InvalidArgumentError("It takes the name of a variable.");
		if (name === "TMPDIR") throw new InvalidArgumentError("The agents have a TMPDIR of their own.");
		if (process.env[name] === undefined) throw new InvalidArgumentError(`There is no variable ${name}.`);
	}
	return [...new Set([...(Object.isFrozen(before) ? [] : before), ...names])];
}

/** Reads a text that adds up with those that are typed before it. */
export function readAgain(text: string, before: readonly string[] = []): readonly string[] {
	return [...before, text];
}

/** Reads the path of a file; absolute. */
export function readFileName(text: string): string {
	if (text === "") throw new InvalidArgumentError("It takes the path of a file.");
	return resolve(text);
}

/** Reads the path of a folder; absolute. */
export function readFolder(text: string): string {
	if (text === "") throw new InvalidArgumentError("It takes the path of a folder.");
	return resolve(text);
}

/** Reads a text as it is. An empty one is what a script's variable says that nobody has set, and would be taken for all there is. */
export function readText(text: string): string {
	if (text.trim() === "") throw new InvalidArgumentError("It is empty; leave it out where nothing is meant.");
	return text;
}

/** Reads how many issues are worked on at once. */
export function readJobs(text: string): number {
	if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("It takes a whole number from 1.");
	return Number(text);
}

/** Reads how long something is waited for, in milliseconds; it may be no time at all. */
export function readWait(text: string): number {
	// With any unit, as everything else that is a duration.
	if (/^0(?:\.0+)?(?:ms|s|m|h)?$/.test(text)) return 0;
	return readDuration(text);
}

/** Reads a time of day where this runs, as the next moment at which it is that time, in milliseconds since 1970. */
export function readTimeOfDay(text: string, _before?: number, now = new Date()): number {
	const [, hours, minutes, seconds = "0"] = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text) ?? [];
	const isTime = Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 60;
	if (!isTime) throw new InvalidArgumentError("It takes a time of day, such as 07:00 or 23:30.");
	const on = (days: number) =>
		new Date(
			now.getFullYear(),
			now.getMonth(),
			now.getDate() + days,
			Number(hours),
			Number(minutes),
			Number(seconds),
		).getTime();
	// Where clocks are put back, it is that time twice.
	const again = on(0) + HOUR;
	const isAgain = new Date(again).getHours() === Number(hours) && again > now.getTime();
	return on(0) > now.getTime() ? on(0) : isAgain ? again : on(1);
}

/** Reads a duration, in milliseconds. */
export function readDuration(text: string): number {
	const duration = parseDuration(text);
	if (duration === undefined) throw new InvalidArgumentError("It takes a number with a unit, such as 90s, 45m or 2h.");
	return duration;
}
