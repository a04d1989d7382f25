import { confined } from "./confined.ts";
import { discovery } from "./discovery.ts";
import { engine } from "./engine.ts";
import { events } from "./events.ts";
import type { Figure } from "./figure.ts";
import { firstLine } from "./first-line.ts";
import { gitProcesses } from "./git-processes.ts";
import { installed } from "./installed.ts";
import { jobs } from "./jobs.ts";
import { memory } from "./memory.ts";
import { page } from "./page.ts";
import { perIssue } from "./per-issue.ts";
import { plan } from "./plan.ts";
import { planning } from "./planning.ts";
import { start } from "./start.ts";
import { verify } from "./verify.ts";
import { worktrees } from "./worktrees.ts";

/** Every figure, in the order in which they are measured. */
export const FIGURES: readonly Figure[] = [
	start,
	firstLine,
	plan,
	installed,
	perIssue,
	gitProcesses,
	jobs,
	memory,
	events,
	discovery,
	planning,
	engine,
	worktrees,
	confined,
	verify,
	page,
];
