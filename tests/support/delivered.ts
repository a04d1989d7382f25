import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AttemptRecord } from "../../tasks/contract/record.ts";
import { readLastAttempt } from "../../tasks/store/last-attempt.ts";
import { attemptFiles } from "../../tasks/store/log-folder.ts";
import { byTurn, fixes, passes, type Turns, turnOf, wantsChanges, works } from "./by-turn.ts";
import { deliverOrchfile } from "./edited-orchfile.ts";
import type { IssueFields } from "./repository.ts";
import type { Prompted } from "./scripted-model.ts";
import type { World, WorldSettings } from "./world.ts";
import { createWorld } from "./world.ts";

/** Turns of an issue that takes all that there are: its review asks for a change. */
export const ALL_TURNS = ["dev", "review-1", "fix-1", "review-2"] as const;

/**
 * The check of issues that are delivered. It goes on once nobody holds it: on what the branch started from, where there is a file
 * `held-base` in the checkout's `.git`, on its work `held-branch`.
 */
const CHECK = `side=base
test ! -e A-1.txt || side=branch
echo "begun on the $side"
while test -e "$ORCH_CHECKOUT/.git/held-$side"; do sleep 0.05; done
! test -e broken
`;

/** A world whose issues are delivered, with what its agents are asked. */
export interface DeliveredWorld {
	readonly world: World;
	/** Every turn that was begun, in order. */
	readonly seen: Prompted[];
	/** How often each turn of an issue was begun. */
	turnsOf(id: string): Record<string, number>;
	/** The turns of an issue whose result stands, as what is on the disk says. */
	standing(id: string): Promise<string[]>;
}

/** How to run the orchfile whose issues are checked by {@link CHECK}. */
export const checkedOrchfile = () => deliverOrchfile('["sh check.sh"]');

/** What the turns of such an issue do. */
export function everyTurn(id: string): Turns {
	return {
		dev: works(`echo 'written for ${id}' > ${id}.txt`),
		"review-1": wantsChanges,
		"fix-1": fixes("Added the test.", `grep -q tested ${id}.txt || echo tested >> ${id}.txt`),
		"review-2": passes,
	};
}

/** Makes such a world. @param issues those whose turns are not given take all that there are. */
export async function createDelivered(
	issues: readonly (IssueFields & { readonly turns?: Turns })[],
	settings: WorldSettings = {},
): Promise<DeliveredWorld> {
	const seen: Prompted[] = [];
	const world = await createWorld(
		issues.map(({ turns, ...fields }) => ({
			...(fields as IssueFields),
			script: byTurn(turns ?? everyTurn(fields.id), seen),
		})),
		settings,
	);
	await world.repository.write("check.sh", CHECK);
	await world.repository.commit("check");
	const turnsOf = (id: string) => {
		const counts: Record<string, number> = {};
		for (const each of seen) {
			if (each.issueId === id) counts[turnOf(each)] = (counts[turnOf(each)] ?? 0) + 1;
		}
		return counts;
	};
	return {
		world,
		seen,
		turnsOf,
		async standing(id) {
			const logDir = join(world.repository.path, "logs/orch/M1", id);
			const names = (await readdir(logDir).catch(() => [])).filter((name) =>
				/^(?:dev|review-\d|fix-\d)-run\.json$/.test(name),
			);
			const turns = names.map((name) => name.replace(/-run\.json$/, "") as (typeof ALL_TURNS)[number]);
			const records = await Promise.all(turns.map((turn) => readLastAttempt(attemptFiles(logDir, turn))));
			return turns.filter((_, at) => isDone(records[at]));
		},
	};
}

/** Whether a check has printed something. @param folder of its log, below `logs/orch/`. */
export async function hasPrinted({ repository }: World, folder: string, text: string): Promise<boolean> {
	const path = join(repository.path, "logs/orch", folder);
	const names = (await readdir(path).catch(() => [])).filter((name) => name.endsWith(".log"));
	const texts = await Promise.all(names.map((name) => readFile(join(path, name), "utf8").catch(() => "")));
	return texts.some((each) => each.includes(text));
}

/** The turns that were begun once more though their results stood, as sentences. */
export function begunAgain(
	{ turnsOf }: DeliveredWorld,
	id: string,
	standing: readonly string[],
	before: Readonly<Record<string, number>>,
): string[] {
	const after = turnsOf(id);
	return standing.flatMap((turn) =>
		after[turn] === before[turn] ? [] : [`${turn} of ${id} was begun again, though its result stood`],
	);
}

function isDone(record: AttemptRecord | undefined): boolean {
	return record?.outcome === "pass" || record?.outcome === "changes_required";
}
