import type { ProtectedChanges } from "./protected.ts";
import type { TestFileChanges } from "./test-files.ts";
import type { BaseTrial, Trial } from "./trial.ts";

/** All trials that a verdict is made of. Checks are told apart by their names, of which no two are alike. */
export interface Trials {
	/** At what the branch started from. */
	readonly base: readonly BaseTrial[];
	/** At the commit that is judged. */
	readonly commit: readonly Trial[];
	/** At the same once more, of what failed. */
	readonly again?: readonly Trial[];
	/** With the base's version of what the checks are made of; absent where the branch has changed nothing of it. */
	readonly weakened?: readonly Trial[];
	/** Once more, of what failed with it. */
	readonly weakenedAgain?: readonly Trial[];
	/** With the base's version of those alone that don't also say what the work needs; absent where `weakened` tells enough. */
	readonly unmixed?: readonly Trial[];
	/** Once more, of what failed with it. */
	readonly unmixedAgain?: readonly Trial[];
	/** At the base's sources with the branch's tests. */
	readonly proof?: readonly Trial[];
	/** At the branch with the base's version of the tests that it has changed. */
	readonly oldTests?: readonly Trial[];
}

/** What a verdict depends on beside the trials. */
export interface Terms {
	/** Whether the issue says that it removes tests. */
	readonly mayVanish: boolean;
	/** Whether a new test that is not shown to fail on the base is a failure. */
	readonly requireProof: boolean;
	readonly protected: Pick<ProtectedChanges, "changed" | "isMixed" | "unmixed">;
	readonly testFiles: TestFileChanges;
}
