import { expect, test } from "vitest";
import type { IssueLike } from "../../tasks/engine/issue.ts";
import { BlockedError } from "../../tasks/engine/outcome.ts";
import { type Freshness, forEach, type Hold, type IssueContext } from "../../tasks/engine/task.ts";
import { issue, outcomesOf, planOf, run, summary } from "../support/engine.ts";

const done = <T>(value: T) => ({ status: "done", value });

/** A plan of these issues, whose every task tells when it runs, and whose hold tells when it is taken and let go of. */
function world(settings: { readonly refuse?: (id: string) => unknown; readonly isFresh?: () => boolean } = {}) {
	const said: string[] = [];
	const plan = planOf(issue("A"), issue("B", "A"), issue("C"));
	const hold: Hold<IssueContext<IssueLike>, IssueLike> = async ({ issue }) => {
		const refusal = settings.refuse?.(issue.id);
		if (refusal) throw refusal;
		said.push(`${issue.id} held`);
		return { release: async () => void said.push(`${issue.id} free`) };
	};
	const perIssue = forEach(plan, { hold });
	const action = (name: string, fails = false) => ({
		summary,
		run: async (_: unknown, { issue }: IssueContext<IssueLike>) => {
			said.push(`${issue.id} ${name}`);
			if (fails) throw new Error(name);
			return name;
		},
	});
	const fresh = async (): Promise<Freshness<string>> =>
		settings.isFresh?.() ? { upToDate: true, value: "old" } : { upToDate: false, because: undefined };
	const dev = perIssue("dev", { ...action("dev"), upToDate: fresh });
	const broken = perIssue("broken", action("broken", true));
	const saved = perIssue("saved", { ...action("saved"), after: { dev, broken } });
	return { said, tasks: [plan, dev, broken, saved], plan, dev, broken, saved };
}

test("an issue is held before its first task and let go of after its last, also when one fails", async () => {
	const { said, tasks, broken, saved } = world();
	await run(tasks, [broken, saved]);
	const life = (id: string) => [`${id} held`, `${id} broken`, `${id} saved`, `${id} free`];
	expect(said).toEqual([...life("A"), ...life("C")]);
});

test("an issue of which nothing is to be done is not held", async () => {
	const { said, tasks, dev } = world({ isFresh: () => true });
	const report = await run(tasks, [dev]);
	expect(said).toEqual([]);
	expect(outcomesOf(report)).toMatchObject({ A: { dev: { status: "up-to-date", value: "old" } } });
});

test("what whoever held the issue before has done meanwhile is not done again", async () => {
	const answers = [false, true];
	const { said, tasks, dev } = world({ isFresh: () => answers.shift() ?? true });
	const report = await run(tasks, [dev]);
	expect(said).toEqual(["A held", "A free"]);
	expect(outcomesOf(report)).toMatchObject({ A: { dev: { status: "up-to-date" } } });
});

test("an issue that somebody else has is blocked with all that depend on it, and the others go on", async () => {
	const cause = new Error("since yesterday");
	const { said, tasks, dev, saved } = world({
		refuse: (id) => id === "A" && new BlockedError({ holder: "somebody" }, cause),
	});
	const report = await run(tasks, [dev, saved]);
	const theirs = { status: "blocked", by: { holder: "somebody" }, error: cause };
	const blocked = { status: "blocked", by: { issue: "A" } };
	expect(outcomesOf(report)).toEqual({
		A: { dev: theirs, saved: theirs },
		B: { dev: blocked, saved: blocked },
		C: { dev: done("dev"), saved: done("saved") },
	});
	expect(said).toEqual(["C held", "C dev", "C saved", "C free"]);
});

test("a hold that fails is a failure of the issue, and can end the run", async () => {
	const full = new Error("disk full");
	const { said, tasks, dev } = world({ refuse: () => full });
	const report = await run(tasks, [dev], { endsRun: (error) => error === full });
	expect(outcomesOf(report).A).toMatchObject({ dev: { status: "failed", error: full } });
	expect(report.stop).toEqual({ kind: "ends-run", issue: "A", error: full });
	expect(said).toEqual([]);
});

test("an interruption while an issue is being taken hold of starts nothing", async () => {
	const interruption = new AbortController();
	const plan = planOf(issue("A"));
	const started: string[] = [];
	const perIssue = forEach(plan, {
		hold: async ({ signal }) => {
			interruption.abort();
			throw signal.reason;
		},
	});
	const dev = perIssue("dev", { summary, run: async () => void started.push("dev") });
	const saved = perIssue("saved", { summary, after: { dev }, run: async () => void started.push("saved") });
	const report = await run([plan, dev, saved], [dev, saved], { interrupt: interruption.signal });
	const notStarted = { status: "cancelled", started: false };
	expect(outcomesOf(report)).toEqual({ A: { dev: notStarted, saved: notStarted } });
	expect(started).toEqual([]);
	expect(report.stop).toEqual({ kind: "interrupted" });
});
