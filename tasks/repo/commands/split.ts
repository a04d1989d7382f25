/** The parts of a `-z` answer, each of which a NUL ends. */
export function splitZ(stdout: string): string[] {
	return stdout.split("\0").slice(0, -1);
}
