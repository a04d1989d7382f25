import { loadOnce } from "../../system/lazily.ts";
import type { Runner } from "../runner.ts";
import { sdkVersion } from "./package.ts";

// What starts Codex is loaded when it is used: most commands start none.
const processes = loadOnce(() => import("./processes.ts"));
const doctor = loadOnce(() => import("./doctor.ts"));

/**
 * The Codex SDK as a runner. The SDK runs in a process of its own per turn, the leader of a process group: it can take
 * its host down (a write to a Codex that has died, a very long line), and ending the group ends all that the agent started.
 */
export function codexRunner(): Runner {
	return {
		name: "codex-sdk",
		get version() {
			return sdkVersion();
		},
		places: async (request) => (await doctor()).placesOf(request),
		examine: async (request, signal) => (await doctor()).examineCodex(request, signal),
		warm: () => void processes().then(({ warm }) => warm()),
		run: async (request, limits, sinks, signal) => (await processes()).run(request, limits, sinks, signal),
	};
}
