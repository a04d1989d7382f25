import { afterEach, expect, test, vi } from "vitest";
import { Spares } from "../../tasks/runner/codex/spares.ts";

const spares = new Spares();

afterEach(async () => {
	vi.unstubAllEnvs();
	await spares.close();
});

test("one that waits serves the next turn, and no second one", async () => {
	spares.warm();
	expect(spares.count).toBe(1);
	const taken = spares.take();
	expect(spares.count).toBe(0);
	expect(taken.isReady).toBe(true);
	await Promise.all([taken.end(), taken.exited]);
});

test("however often it is warmed, there are so many and no more, and none is left after closing", async () => {
	for (let time = 0; time < 12; time++) spares.warm();
	expect(spares.count).toBe(8);
	await spares.close();
	expect(spares.count).toBe(0);
	spares.warm();
	expect(spares.count).toBe(1);
});

test("one of another environment serves no turn, and does not wait on", async () => {
	spares.warm();
	vi.stubEnv("TZ", "Antarctica/Troll");
	const taken = spares.take();
	expect(taken.environment).toMatchObject({ TZ: "Antarctica/Troll" });
	expect(spares.count).toBe(0);
	await Promise.all([taken.end(), taken.exited]);
	vi.stubEnv("TZ", "Europe/Oslo");
	spares.warm();
	expect(spares.count).toBe(1);
});
