import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { livenessOf, startTicksOf, THIS_RUN } from "../../tasks/system/this-run.ts";

test("a run is dead only where that is seen", () => {
	const { pid } = spawnSync("true");
	const own = startTicksOf(process.pid) ?? "";
	expect(livenessOf(THIS_RUN)).toBe("alive");
	expect(livenessOf({ ...THIS_RUN, pid })).toBe("dead");
	expect(livenessOf({ ...THIS_RUN, host: "elsewhere" })).toBe("unknown");
	expect(livenessOf({ ...THIS_RUN, pidNamespace: "pid:[1]" })).toBe("unknown");
	const seen = (isOver: boolean, startTicks: string) =>
		livenessOf({ ...THIS_RUN, startTicks: own }, () => ({ isOver, startTicks }));
	expect(seen(false, own)).toBe("alive");
	expect(seen(false, `${own}1`)).toBe("dead");
	expect(seen(true, own)).toBe("dead");
	// As where `/proc` is mounted with `hidepid`, and the run is another user's.
	expect(livenessOf({ ...THIS_RUN, startTicks: own }, () => undefined)).toBe("unknown");
	expect(livenessOf({ ...THIS_RUN, pid, startTicks: own }, () => undefined)).toBe("dead");
});
