import type { Clock } from "../../system/clock.ts";
import { loadOnce } from "../../system/once.ts";
import type { LimitGate } from "../limit-gate.ts";
import type { Runner } from "../runner.ts";
import { sdkVersion } from "./package.ts";
import type { runTurn as RunTurn } from "./run-turn.ts";
import type { Spares } from "./spares.ts";

// What starts Codex is loaded when it is used: most commands start none.
const doctor = loadOnce(() => import("./doctor.ts"));

/** How turns of Codex are run, where an orchfile wants it otherwise. */
export interface CodexSettings {
	/**
	 * Milliseconds until a turn that met a rate limit, or a provider in trouble, is gone on with; what the provider says itself
	 * goes before. A minute when absent.
	 */
	readonly pause?: number;
	/** Processes that the commands of one turn may have at once; 5000 when absent. */
	readonly processes?: number;
	/** Bytes of memory that they may use at once; three quarters of the machine's, or of what its container may have, when absent. */
	readonly memory?: number;
	/** What tells the time while a usage limit is waited for; the machine's when absent. */
	readonly clock?: Clock;
}

/**
 * The Codex SDK as a runner. The SDK runs in a process of its own per turn, the leader of a process group: it can take
 * its host down (a write to a Codex that has died, a very long line), and ending the group ends all that the agent started.
 */
export function codexRunner({ clock, ...settings }: CodexSettings = {}): Runner {
	let loaded: Promise<readonly [Spares, typeof RunTurn, LimitGate]> | undefined;
	const turns = () => {
		loaded ??= Promise.all([
			import("./spares.ts"),
			import("./run-turn.ts"),
			import("../limit-gate.ts"),
			import("../../system/clock.ts"),
		]).then(
			([{ Spares }, { runTurn }, { LimitGate }, { CLOCK }]) =>
				[new Spares(), runTurn, new LimitGate(clock ?? CLOCK)] as const,
		);
		return loaded;
	};
	// Found by trying it out; a turn that comes before has Codex's sandbox as it is.
	let bubblewrap: string | undefined;
	return {
		name: "codex-sdk",
		get version() {
			return sdkVersion();
		},
		places: async (request) => (await doctor()).placesOf(request),
		examine: async (request, signal) => {
			const health = await (await doctor()).examineCodex(request, signal);
			bubblewrap = health.bubblewrap;
			return health;
		},
		warm: () => {
			// What keeps a process from starting is told by the turn that needs one.
			void turns()
				.then(([spares]) => spares.warm())
				.catch(() => {});
		},
		close: async () => {
			const [spares] = (await loaded?.catch(() => undefined)) ?? [];
			// What a run was told of the provider's limits is for that run.
			loaded = undefined;
			await spares?.close();
		},
		run: async (request, limits, sinks, signal) => {
			const [spares, runTurn, gate] = await turns();
			const shared = { take: () => spares.take(), close: () => spares.close(), gate, bubblewrap, settings };
			return runTurn(shared, request, limits, sinks, signal);
		},
	};
}
