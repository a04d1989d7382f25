import { timeOr } from "./limit-words.ts";

/** Seconds since 1970 that no clock comes to before the year 5138: what is more is told in milliseconds. */
const MOST_SECONDS = 1e11;

/** A window of a usage limit, as Codex writes it into a rollout; 0.163 has a number of percent, and one of seconds since 1970. */
interface Window {
	readonly used_percent?: unknown;
	readonly resets_at?: unknown;
	/** Of earlier Codexes: since the line was written. */
	readonly resets_in_seconds?: unknown;
}

/**
 * When the last of the windows is over that are used up, as `x-codex-primary-…` and `x-codex-secondary-…` tell (measured with 0.163), in
 * milliseconds since 1970; `null` where there is some left in each, or where credits are taken instead, and nothing where no window is told.
 * @param limits `rate_limits` of a line of a rollout.
 * @param writtenAt when the line was written, as it says itself.
 */
export function usedUpUntil(limits: unknown, writtenAt?: unknown): number | null | undefined {
	const { primary, secondary, credits } = (limits ?? {}) as Partial<Record<string, unknown>>;
	const { has_credits: hasCredits, unlimited } = (credits ?? {}) as Partial<Record<string, unknown>>;
	if (hasCredits === true || unlimited === true) return null;
	const windows = [primary, secondary].flatMap((each) => (each ? [each as Window] : []));
	if (windows.length === 0) return undefined;
	const ends = windows.flatMap((each) => (Number(each.used_percent) >= 100 ? (endOf(each, writtenAt) ?? []) : []));
	return ends.length > 0 ? Math.max(...ends) : null;
}

function endOf({ resets_at: at, resets_in_seconds: length }: Window, writtenAt: unknown): number | undefined {
	const seconds = numberIn(at);
	if (seconds !== undefined) return timeOr(seconds > MOST_SECONDS ? seconds : seconds * 1000);
	if (typeof at === "string") return timeOr(Date.parse(at));
	const left = numberIn(length);
	return left === undefined ? undefined : timeOr(Date.parse(String(writtenAt)) + left * 1000);
}

/** A number above 0, also where it is written as a text. */
function numberIn(value: unknown): number | undefined {
	const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
	return typeof number === "number" && number > 0 ? number : undefined;
}
