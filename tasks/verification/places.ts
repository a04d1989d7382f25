import type { IssuePlan } from "../contract/issue.ts";
import type { ActionOptions } from "../contract/options.ts";
import { ChecksPlace } from "./prepared.ts";

/** A run's place, as long as somebody uses it or is expected to. */
interface Open {
	readonly place: Promise<ChecksPlace>;
	users: number;
	closing: Promise<void> | undefined;
}

/** By repository. */
const open = new Map<string, Open>();

/**
 * Does something in the place of this run's checks, which is made for the first.
 * @param isLast asked afterwards, whether nobody else is to come: then the place goes.
 */
export async function withChecksPlace<T>(
	repository: IssuePlan["repository"],
	options: Pick<ActionOptions, "jobs" | "layout" | "timeout">,
	isLast: () => boolean,
	action: (place: ChecksPlace) => Promise<T>,
): Promise<T> {
	const { commonDir } = repository;
	await open.get(commonDir)?.closing;
	const own: Open = open.get(commonDir) ?? {
		place: ChecksPlace.open(repository, options),
		users: 0,
		closing: undefined,
	};
	open.set(commonDir, own);
	own.users += 1;
	try {
		const place = await own.place.catch((error) => {
			// The next one tries again.
			if (open.get(commonDir) === own) open.delete(commonDir);
			throw error;
		});
		return await action(place);
	} finally {
		own.users -= 1;
		if (isLast()) await closeUnused(commonDir, own);
	}
}

/** Removes the places of this run that nobody uses any more. */
export async function closeChecksPlaces(): Promise<void> {
	await Promise.all([...open].map(([repository, each]) => closeUnused(repository, each)));
}

async function closeUnused(repository: string, own: Open): Promise<void> {
	if (own.users > 0 || open.get(repository) !== own) return;
	own.closing ??= own.place
		.then((place) => place.close())
		.catch(() => {})
		.finally(() => open.delete(repository));
	await own.closing;
}
