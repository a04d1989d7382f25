/** A command of the repository's own by which work is judged. */
export interface Check {
	/** What it is called in tables, and in the name of its log. */
	readonly name: string;
	/**
	 * A line for `sh`, run in the top folder of a worktree of its own. `$ORCH_REPORTS` is an empty folder for its reports, `$ORCH_CHECKOUT`
	 * the checkout that the run was started in, which it can read.
	 */
	readonly run: string;
	/** Its report in JUnit's form, a file or a folder of `*.xml`, relative to `$ORCH_REPORTS`; a check without one is judged by its exit code. */
	readonly junit?: string;
	/** An issue's own: it has to pass, whatever it did on the base. */
	readonly isOwn?: true;
}

/** What an orchfile may say of how checks are judged. */
export interface VerifySettings {
	/** Globs of the files that hold tests, in place of {@link TEST_FILES}. */
	readonly tests?: readonly string[];
	/** Globs of further files that the checks are made of, beside those that are known by convention. */
	readonly protect?: readonly string[];
	/** Whether a new test that passes on the base as well is a failure. */
	readonly requireProof?: boolean;
}

/** By convention, the files that hold tests. */
export const TEST_FILES: readonly string[] = [
	"**/*.{test,spec}.*",
	"tests/**",
	"test/**",
	"**/__tests__/**",
	"**/*_test.*",
	"**/test_*.py",
];
