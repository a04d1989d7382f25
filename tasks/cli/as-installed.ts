/** What stands there in the sample in place of this repository's checks. */
const NO_CHECKS = `Name those that
// you would run before a merge; with their report in JUnit's form, work is judged test by test.
const verify = verb.verify([
	// { name: "tests", run: "npx vitest run --reporter=junit --outputFile=$ORCH_REPORTS/tests.xml", junit: "tests.xml" },
]);`;

/** This repository's orchfile as another repository has it: what it imports from here, it imports from the package. */
export function asInstalled(source: string): string {
	// Another repository has other checks.
	const without = source.replace(
		/These are quick; with\n.*\nconst packages.*\nconst verify = verb\.verify\(\[\n[\s\S]*?\n\]\);/,
		() => NO_CHECKS,
	);
	const installed = without.replaceAll('"./tasks/index.ts"', '"orchfile"');
	if (without === source || installed === without || /from "\.|import\("\./.test(installed))
		throw new Error("orchfile.ts imports in an unknown way");
	return installed;
}
