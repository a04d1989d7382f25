import type { NewFile } from "../system/add-files.ts";

/** The names in a sample. */
export interface SampleNames {
	readonly project: string;
	readonly milestone: string;
	readonly issue: string;
}

/** A milestone with one issue, small enough for a first run and of use in any repository. */
export function sampleFiles({ project, milestone, issue }: SampleNames): NewFile[] {
	const folder = `docs/projects/${project}`;
	return [
		{
			path: `${folder}/milestones/${milestone}.md`,
			content: `# ${milestone}: first steps

What the issues of this milestone are for, and how to tell that it is reached. Every agent that works on one of them is told
to read this page, so it is the place for what they all should know.
`,
		},
		{
			path: `${folder}/issues/${issue}.md`,
			content: `---
id: ${JSON.stringify(issue)}
title: "Write down how to work on this repository"
project: ${JSON.stringify(project)}
milestone: ${JSON.stringify(milestone)}
priority: 1
blocked_by: []
---

Whoever comes to this repository for the first time should find out in five minutes what it is and how to work on it.

Write \`docs/working-on-this.md\`, at most 60 lines:

- what the repository is for, in two sentences
- which folder holds what
- how to install, build and test it, each command as one has to type it

Take it from the files that are there. Where they do not tell, say that they do not. Change no other file.

It is done when every path and every command on the page stands in the repository.
`,
		},
	];
}
