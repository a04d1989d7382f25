import { expect, test } from "vitest";
import type { IssueLike } from "../../tasks/engine/issue.ts";
import type { Outcome } from "../../tasks/engine/outcome.ts";
import { select } from "../../tasks/engine/select.ts";
import { type Freshness, forEach, type IssueContext, task } from "../../tasks/engine/task.ts";
import { heldAction, issue, planOf, quiet, run, summary } from "../support/engine.ts";

const broken = new Error("broken");

type Told = ReadonlyMap<string, Outcome<string>>;
const statuses = (told: Told) => [...told].map(([id, { status }]) => `${id} ${status}`).join(", ");

/** A plan, a `dev` that fails for A and is held for all, and a `page` that tells what it was told. */
function graph(...issues: readonly IssueLike[]) {
	const held = heldAction();
	const plan = planOf(...issues);
	const dev = forEach(plan)("dev", { summary, run: held.run });
	const pages: string[] = [];
	const page = task("page", {
		summary,
		needs: { plan },
		after: { dev },
		run: async ({ dev }: { readonly dev: Told }) => pages[pages.push(statuses(dev)) - 1] ?? "",
	});
	return { held, plan, dev, page, pages, tasks: [plan, dev, page] };
}

test("it waits until every issue has settled, and is told of each, in plan order", async () => {
	const { held, dev, page, pages, tasks } = graph(issue("B"), issue("A"), issue("C", "A"));
	const finished = run(tasks, [dev, page], { jobs: 2 });
	await quiet();
	await held.fail("A", broken);
	expect(pages).toEqual([]);
	await held.release("B");
	const report = await finished;
	expect(pages).toEqual(["B done, A failed, C blocked"]);
	expect(report.closing.get("page")).toEqual({ status: "done", value: pages[0] });
	expect([...report.run.keys()]).toEqual(["plan"]);
});

test("it needs the plan and is not started after an interruption; one that only waits is", async () => {
	const { held, plan, dev, page, pages, tasks } = graph(issue("A"), issue("B"));
	const tidied: string[] = [];
	const tidy = task("tidy", { summary, after: { dev }, run: async ({ dev }) => tidied.push(statuses(dev as Told)) });
	const interruption = new AbortController();
	const finished = run([...tasks, tidy], [dev, page, tidy], { interrupt: interruption.signal });
	await quiet();
	interruption.abort();
	await held.fail("A", broken);
	const report = await finished;
	expect(plan.scope).toBe("run");
	expect(pages).toEqual([]);
	expect(report.closing.get("page")).toEqual({ status: "cancelled", started: false });
	expect(tidied).toEqual(["A cancelled, B cancelled"]);
});

test("it is blocked by a task of the whole run that failed, and names it", async () => {
	const plan = planOf(issue("A"));
	const ready = task("ready", { summary, needs: { plan }, run: () => Promise.reject(broken) });
	const dev = forEach(plan)("dev", { summary, needs: { ready }, run: async () => "" });
	const page = task("page", { summary, after: { dev }, run: async () => "" });
	const report = await run([plan, ready, dev, page], [dev, page]);
	expect(report.closing.get("page")).toEqual({ status: "blocked", by: { task: "ready" } });
});

test("it can use another's value, and wait for it", async () => {
	const { held, dev, page, tasks } = graph(issue("A"));
	const mail = task("mail", { summary, needs: { page }, run: async ({ page }) => `mailed ${page}` });
	const finished = run([...tasks, mail], [dev, mail]);
	await quiet();
	await held.release("A");
	expect((await finished).closing.get("mail")).toEqual({ status: "done", value: "mailed A done" });
});

test("asked for by itself it pulls in no task of an issue, and gets what these say of themselves or are remembered for", async () => {
	const plan = planOf(issue("A"), issue("B"), issue("C"), issue("D"));
	const ran: string[] = [];
	const record: Readonly<Record<string, Freshness<string>>> = {
		A: { upToDate: true, value: "kept" },
		B: { upToDate: false, because: "changed", last: { status: "failed", error: broken } },
		C: { upToDate: false, because: "changed", last: { status: "done", value: "old" } },
		D: { upToDate: false, because: "never" },
	};
	const dev = forEach(plan)("dev", {
		summary,
		upToDate: async ({ issue }: IssueContext<IssueLike>) => record[issue.id] as Freshness<string>,
		run: async () => `${ran.push("dev")}`,
	});
	const checked = forEach(plan)("checked", { summary, needs: { dev }, run: async () => "" });
	const page = task("page", {
		summary,
		after: { dev, checked },
		run: async ({ dev, checked }) => `${statuses(dev)}; ${statuses(checked)}`,
	});
	const tasks = [plan, dev, checked, page];
	// The list of issues is no task of an issue, and it has to be known.
	expect(select(tasks, [page]).tasks).toEqual([plan, page]);
	const memory = {
		recall: async (task: string, { id }: IssueLike) =>
			task === "checked" && id === "A"
				? { at: "2026-01-01", outcome: { status: "failed", error: broken } as const }
				: undefined,
		remember: async () => {},
	};
	const report = await run(tasks, [page], { memory });
	expect(ran).toEqual([]);
	expect(report.closing.get("page")).toEqual({
		status: "done",
		value: "A up-to-date, B failed, C done, D not-in-run; A failed, B not-in-run, C not-in-run, D not-in-run",
	});
});
