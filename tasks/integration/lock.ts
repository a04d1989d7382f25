import type { RepositoryPaths } from "../contract/issue.ts";
import type { ActionOptions } from "../contract/options.ts";
import { Failure } from "../contract/problem.ts";
import type { RunContext } from "../engine/task.ts";
import { endProcessesOf } from "../repo/git-at-work.ts";
import { lockRef, releaseLock, takeLock } from "../repo/lock.ts";
import { removeTemporaryFolders } from "../system/temporary-folder.ts";
import { livenessOf } from "../system/this-run.ts";

/** What the lock of an integration is called, among those of issues: no id holds an `@`. */
export function integrationLock(name: string): string {
	return `${name}@integration`;
}

/**
 * Does something while no other run puts the same together; what a dead one has left running is ended first.
 * @throws Failure `integration-locked`.
 */
export async function withIntegrationLock<T>(
	repository: RepositoryPaths,
	{ name, branch }: { readonly name: string; readonly branch: string },
	{ report }: Pick<RunContext<ActionOptions>, "report">,
	action: () => Promise<T>,
): Promise<T> {
	const key = integrationLock(name);
	const answer = await takeLock(repository, key);
	if (answer.kind === "held") {
		const { holder, blob } = answer.lock;
		const isUncertain = holder === undefined || livenessOf(holder) === "unknown";
		const ref = lockRef(repository, key);
		throw new Failure({ kind: "integration-locked", branch, holder: holder ?? null, isUncertain, ref, blob });
	}
	try {
		const { takenOver: holder } = answer;
		if (holder) {
			const processes = await endProcessesOf(holder.nonce);
			await removeTemporaryFolders(holder.nonce);
			report({ kind: "note-lock-taken-over", issue: branch, holder, processes });
		}
		return await action();
	} finally {
		await releaseLock(repository, key);
	}
}
