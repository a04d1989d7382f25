/** True when a version, such as `20.19.1`, is `needed` or later. What is no version is not. */
export function isAtLeast(found: string, needed: string): boolean {
	const [major = Number.NaN, minor = 0, patch = 0] = numbersOf(found);
	const [neededMajor = 0, neededMinor = 0, neededPatch = 0] = numbersOf(needed);
	if (major !== neededMajor) return major > neededMajor;
	return minor !== neededMinor ? minor > neededMinor : patch >= neededPatch;
}

function numbersOf(version: string): number[] {
	return /^\d+(?:\.\d+)*/.exec(version)?.[0].split(".").map(Number) ?? [];
}
