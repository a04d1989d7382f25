import type { ItemSettings } from "../../tasks/contract/items.ts";
import type { LayoutSettings } from "../../tasks/contract/layout.ts";
import type { Meaning } from "../../tasks/contract/state.ts";

/** A small backlog in the form of a family: documents, what an orchfile says of them, and what a reader would say. */
export interface Family {
	readonly name: string;
	readonly layout: LayoutSettings;
	/** Where issues are parts of documents. */
	readonly items?: ItemSettings;
	readonly files: Readonly<Record<string, string>>;
	/** What is open, in the order in which it is to be done. */
	readonly order: readonly string[];
	/** What is not open. */
	readonly others: Readonly<Record<string, Exclude<Meaning, "open"> | "unknown">>;
	/** Who waits for whom, where it is not in the order alone. */
	readonly blockedBy?: Readonly<Record<string, readonly string[]>>;
	/** Of some issues, what a reader sees of them. */
	readonly fields?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
	/** Documents that the layout takes in and that are no issues. */
	readonly skipped?: readonly string[];
}

const backlogMd: Family = {
	name: "Backlog.md",
	layout: {
		issues: "backlog/tasks/*.md",
		finished: "backlog/completed/*.md",
		milestones: "backlog/milestones/{milestone}.md",
		project: "app",
		fields: { state: "status", assignees: "assignee", blocked_by: "dependencies", parent: "parent_task_id" },
	},
	files: {
		"backlog/tasks/task-7 - Paint-the-door.md":
			"---\nid: task-7\ntitle: Paint the door\nstatus: To Do\nassignee:\n  - '@mia'\ncreated_date: '2025-01-02 10:00'\nlabels: []\ndependencies:\n  - task-3\n  - task-12\npriority: low\nmilestone: m-1\n---\n\n## Description\n\nIn green.\n",
		"backlog/tasks/task-12 - Hang-the-door.md":
			"---\nid: TASK-12\ntitle: Hang the door\nstatus: In Progress\nassignee: []\ndependencies: [TASK-3]\npriority: high\nordinal: 2000\n---\n\n## Acceptance Criteria\n<!-- AC:BEGIN -->\n- [ ] #1 It shuts\n<!-- AC:END -->\n",
		"backlog/tasks/task-12.1 - Oil-the-hinges.md":
			"---\nid: task-12.1\ntitle: Oil the hinges\nstatus: To Do\nassignee: '@ben'\ndependencies: []\nparent_task_id: task-12\n---\n",
		"backlog/completed/task-3 - Saw-the-door.md":
			"---\nid: task-3\ntitle: Saw the door\nstatus: To Do\nassignee: []\ndependencies: []\n---\n",
		"backlog/milestones/m-1 - moving in.md": "---\nid: m-1\n---\n",
	},
	order: ["TASK-12", "task-7", "task-12.1"],
	others: { "task-3": "closed" },
	blockedBy: { "task-7": ["task-3", "TASK-12"] },
	fields: { "task-7": { priority: 4, assignees: ["@mia"], milestone: "m-1" }, "task-12.1": { parent: "TASK-12" } },
};

const taskmd: Family = {
	name: "taskmd",
	layout: {
		issues: ["tasks/**/*.md", "!tasks/**/README.md"],
		project: "app",
		fields: {
			...{ title: ["title", "# {title}"], state: "status", blocked_by: "dependencies", labels: "tags" },
			...{ effort: null },
		},
	},
	files: {
		"tasks/README.md": "# Tasks\n",
		"tasks/001-dig.md":
			'---\nid: "001"\ntitle: "Dig"\nstatus: completed\npriority: high\neffort: small\ndependencies: []\ntags: [ground]\ncreated: 2025-02-01\n---\n\n# Dig\n',
		"tasks/house/002-pour.md":
			'---\nid: "002"\ntitle: "Pour"\nstatus: pending\npriority: critical\neffort: large\ndependencies: ["001"]\n---\n\n# Pour\n\n## Tasks\n\n- [ ] mix\n',
		"tasks/house/003-dry.md": "---\nid: 003\nstatus: blocked\ndependencies: [002]\n---\n\n# Let it dry\n",
		"tasks/house/004-wall.md": "---\nid: 004\nstatus: in-progress\npriority: low\ndependencies: 002\n---\n\n# Walls\n",
	},
	order: ["002", "004"],
	others: { "001": "closed", "003": "held" },
	blockedBy: { "003": ["002"], "004": ["002"] },
	fields: { "003": { title: "Let it dry" }, "001": { labels: ["ground"] } },
};

const ccpm: Family = {
	name: "ccpm",
	layout: {
		issues: [".claude/epics/*/*.md", "!.claude/epics/*/epic.md"],
		milestones: ".claude/epics/{milestone}/epic.md",
		project: "app",
		fields: {
			...{ id: "{id}.md", title: "name", state: "status", milestone: ".claude/epics/{milestone}/*.md" },
			...{ blocked_by: "depends_on" },
		},
	},
	files: {
		".claude/epics/garden/epic.md": "---\nname: garden\nstatus: backlog\nprogress: 0%\n---\n\n# Epic: garden\n",
		".claude/epics/garden/11.md":
			"---\nname: Rake\nstatus: closed\ncreated: 2025-03-01T10:00:00Z\nupdated: 2025-03-02T10:00:00Z\ngithub: https://example.org/issues/11\ndepends_on: []\nparallel: true\nconflicts_with: []\n---\n\n# Task: Rake\n",
		".claude/epics/garden/12.md":
			"---\nname: Sow\nstatus: open\ndepends_on: [11, 13]\nparallel: false\n---\n\n# Task: Sow\n",
		".claude/epics/garden/13.md": "---\nname: Water pipe\nstatus: open\ndepends_on: []\nparallel: true\n---\n",
	},
	order: ["13", "12"],
	others: { "11": "closed" },
	blockedBy: { "12": ["11", "13"] },
	fields: { "12": { title: "Sow", milestone: "garden" } },
};

const specKit: Family = {
	name: "spec-kit",
	layout: {},
	items: { files: "specs/{project}/tasks.md", beside: "[P]" },
	files: {
		"specs/001-stairs/tasks.md":
			"---\ndescription: list\n---\n\n# Tasks: Stairs\n\n## Format: `[ID] [P?] [Story] Description`\n\n- **[P]**: side by side\n\n## Phase 1: Setup\n\n- [X] T001 Measure the floor in `plan/floor.md`\n- [ ] T002 [P] Order wood\n- [ ] T003 [P] Order screws\n\n**Checkpoint**: all is there\n\n## Phase 3: User Story 1\n\n- [ ] T010 [US1] Build the steps\n  - with a rail\n- [ ] T011 [P] [US1] Paint the rail\n\n---\n\n## Dependencies\n\n- T011 after T010\n\n## Notes\n\n- [P] tasks = different files\n- [US1] maps a task to its story\n",
		"specs/002-roof/tasks.md": "# Tasks: Roof\n\n```text\n- [ ] T009 an example\n```\n\n- [x] T001 Lay tiles\n",
		"specs/002-roof/plan.md": "# Plan\n\n- [ ] T099 no task\n",
	},
	order: ["T002", "T003", "T010", "T011"],
	others: { "001-stairs/T001": "closed", "002-roof/T001": "closed" },
	blockedBy: { T002: ["001-stairs/T001"], T003: ["001-stairs/T001"], T010: ["T002", "T003"], T011: ["T010"] },
	fields: { T010: { title: "[US1] Build the steps", project: "001-stairs" }, T002: { title: "Order wood" } },
};

const specKitty: Family = {
	name: "spec-kitty",
	layout: {
		issues: ["kitty-specs/*/tasks/*.md", "!kitty-specs/*/tasks/README.md"],
		states: { held: ["for_review"] },
		fields: {
			...{ id: "work_package_id", state: "lane", blocked_by: "dependencies", project: "kitty-specs/{project}/**" },
			...{ milestone: null, title: ["title", "# {title}"] },
		},
	},
	files: {
		"kitty-specs/004-attic/tasks/README.md": "# Tasks\n",
		"kitty-specs/004-attic/tasks/WP01-floor.md":
			'---\nwork_package_id: "WP01"\ntitle: "Floor"\nlane: "done"\ndependencies: []\nsubtasks:\n  - "T001"\nagent: "x"\nhistory:\n  - timestamp: "2025-01-01T00:00:00Z"\n    lane: "planned"\n---\n',
		"kitty-specs/004-attic/tasks/WP02-window.md":
			'---\nwork_package_id: "WP02"\ntitle: "Window"\nlane: "planned"\ndependencies: ["WP01", "WP03"]\n---\n',
		"kitty-specs/004-attic/tasks/WP03-wall.md":
			'---\nwork_package_id: "WP03"\nlane: "doing"\ndependencies:\n- WP01\n---\n\n# Wall\n',
		"kitty-specs/005-shed/tasks/WP01-base.md": "---\nwork_package_id: WP01\ntitle: Base\nlane: for_review\n---\n",
		"kitty-specs/005-shed/tasks/WP04-door.md":
			"---\nwork_package_id: WP04\ntitle: Door\nlane: planned\ndependencies: [1]\n---\n",
	},
	order: ["WP03", "WP02", "WP04"],
	others: { "004-attic/WP01": "closed", "005-shed/WP01": "held" },
	blockedBy: { WP02: ["004-attic/WP01", "WP03"], WP04: ["005-shed/WP01"] },
};

const scratch: Family = {
	name: ".scratch/FEATURE/issues",
	layout: {
		issues: ".scratch/*/issues/*.md",
		milestones: ".scratch/{milestone}/PRD.md",
		fields: {
			...{ id: "{id}-*.md", title: ["# {id} - {title}", "# {title}"], state: "Status: {state}" },
			...{ project: ".scratch/{project}/**", milestone: ".scratch/{milestone}/**", blocked_by: "## Blocked by" },
		},
	},
	files: {
		".scratch/kitchen/PRD.md": "# Kitchen\n",
		".scratch/bath/PRD.md": "# Bath\n",
		".scratch/kitchen/issues/01-sink.md":
			"# 01 — Put in the sink\n\nStatus: ready-for-agent\n\n## What to build\n\nA sink.\n\n## Acceptance criteria\n\n- [ ] it holds water\n\n## Blocked by\n\nNone - can start immediately\n",
		".scratch/kitchen/issues/02-tap.md":
			"# Put on the tap\n\n**Status:** ready-for-agent\n\n## Blocked by\n\n- `01-sink.md`\n- 03: the pipe\n\n## Comments\n\n- 07 is another matter\n",
		".scratch/kitchen/issues/03-pipe.md": "# 03 - Lay the pipe\n\nStatus: done\n",
		".scratch/kitchen/issues/04-tiles.md": "# Choose tiles\n\nStatus: ready-for-human\n",
		".scratch/bath/issues/01-tub.md": "# Tub\n\nStatus: needs-triage\n",
		".scratch/bath/issues/02-mirror.md":
			"# Mirror\n\nStatus: ready-for-agent\n\n## Blocked by\n\n1. [Tub](./01-tub.md)\n",
		".scratch/bath/issues/notes.md": "# Notes\n\nStatus: done\n",
	},
	order: ["bath/02", "kitchen/01", "kitchen/02"],
	others: { "bath/01": "held", "03": "closed", "04": "held" },
	blockedBy: { "kitchen/02": ["kitchen/01", "03"], "bath/02": ["bath/01"] },
	fields: {
		"kitchen/01": { title: "Put in the sink", milestone: "kitchen" },
		"kitchen/02": { title: "Put on the tap" },
	},
	skipped: [".scratch/bath/issues/notes.md"],
};

const gsd: Family = {
	name: "GSD",
	layout: {
		issues: ".planning/phases/*/*-PLAN.md",
		finished: ".planning/phases/01-cellar/01-01-PLAN.md",
		milestones: null,
		project: "app",
		fields: {
			...{ id: "{id}-PLAN.md", title: ["objective", "# {title}"], blocked_by: "depends_on" },
			...{ milestone: ".planning/phases/{milestone}/*.md" },
		},
	},
	files: {
		".planning/phases/01-cellar/01-01-PLAN.md":
			"---\nphase: 01-cellar\nplan: 01\ntype: execute\nwave: 1\ndepends_on: []\nfiles_modified: [a.ts]\nautonomous: true\n---\n\n# Dig the cellar\n\n<objective>\nDig.\n</objective>\n",
		".planning/phases/01-cellar/01-02-PLAN.md":
			'---\nphase: 01-cellar\nplan: 02\nwave: 2\ndepends_on: ["01-01"]\n---\n\n# Line the cellar\n',
		".planning/phases/01-cellar/01-01-SUMMARY.md": "# Done\n",
		".planning/phases/02-attic/02-01-PLAN.md": "---\nphase: 02-attic\nplan: 01\ndepends_on: []\n---\n\n# Clear it\n",
	},
	// What has a summary beside it is done.
	order: ["01-02", "02-01"],
	others: { "01-01": "closed" },
	blockedBy: { "01-02": ["01-01"] },
	fields: { "01-02": { title: "Line the cellar", milestone: "01-cellar" } },
};

const numbered: Family = {
	name: "numbered issues",
	layout: {
		issues: "issues/*.md",
		project: "app",
		fields: {
			...{ id: "{id}-*.md", title: ["# {id}: {title}", "# {title}"], state: "State: {state}" },
			...{ blocked_by: "Depends on: {blocked_by}", priority: "Priority: {priority}" },
		},
	},
	files: {
		"issues/README.md": "# How we write issues\n\nState: open\n",
		"issues/0001-fence.md": "# 0001: Build a fence\n\n- State: closed\n",
		"issues/0002-gate.md":
			"# 0002: Hang a gate\n\n- State: open\n- Priority: P2\n- Depends on: [fence](./0001-fence.md), #3\n",
		"issues/0003-path.md": "# Lay a path\n\n- **State**: open\n- **Depends on**: none\n",
		"issues/0004-bell.md": "# 0004: A bell\n\n- State: open\n- Priority: 1\n",
		"issues/0005-lamp.md": "# 0005: A lamp\n\n- State: perhaps\n",
	},
	order: ["0004", "0003", "0002"],
	others: { "0001": "closed", "0005": "unknown" },
	blockedBy: { "0002": ["0001", "0003"] },
	fields: { "0003": { title: "Lay a path" } },
	skipped: ["issues/README.md"],
};

const taskplane: Family = {
	name: "taskplane",
	layout: {
		issues: "work/*/PROMPT.md",
		project: "app",
		fields: { id: "# Task: {id} - {title}", title: "# Task: {id} - {title}", blocked_by: "## Dependencies" },
	},
	files: {
		"work/TP-001-soil/PROMPT.md":
			"# Task: TP-001 - Test the soil\n\n**Created:** 2025-05-01\n**Size:** M\n\n## Mission\n\nTest it.\n\n## Dependencies\n\n- **None**\n\n## Steps\n\n### Step 0: Preflight\n\n- [ ] look\n",
		"work/TP-001-soil/STATUS.md": "# TP-001\n",
		"work/TP-002-tree/PROMPT.md":
			"# Task: TP-002 — Plant a tree\n\n## Dependencies\n\n- **Task:** TP-001 (the soil is known)\n- TP-003\n",
		"work/TP-003-hole/PROMPT.md": "# Task: TP-003 - Dig a hole\n\n## Dependencies\n\n**None**\n",
	},
	order: ["TP-001", "TP-003", "TP-002"],
	others: {},
	blockedBy: { "TP-002": ["TP-001", "TP-003"] },
	fields: { "TP-002": { title: "Plant a tree" } },
};

const ralphex: Family = {
	name: "ralphex",
	layout: {},
	items: { files: "docs/plans/{project}.md", item: "### Task {id}: {title}" },
	files: {
		"docs/plans/swing.md":
			"# Plan: a swing\n\n## Overview\n\nA swing for two.\n\n## Validation Commands\n\n- `npm test`\n\n### Task 1: Choose the tree\n\n- [x] look\n- [x] climb\n\n### Task 2: Hang the ropes\n\n- [x] buy\n- [ ] tie\n\n#### Mind\n\nTwo knots.\n\n### Task 3: Sit\n\n- [ ] sit\n\n### Notes\n\nNone.\n",
		"docs/plans/pond.md": "# Plan: a pond\n\n### Task 1: Dig\n\n- [ ] dig\n",
	},
	order: ["2", "3", "pond/1"],
	others: { "swing/1": "closed" },
	blockedBy: { "2": ["swing/1"], "3": ["2"] },
	fields: { "2": { title: "Hang the ropes", project: "swing" } },
};

/** The families that were looked at, each as one makes it up who knows its documents. */
export const FAMILIES: readonly Family[] = [
	...[backlogMd, taskmd, ccpm, specKit, specKitty, scratch, gsd, numbered, taskplane, ralphex],
];
