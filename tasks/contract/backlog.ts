import type { Issue, RepositoryPaths } from "./issue.ts";
import type { Problem } from "./problem.ts";

/** Folder of all projects, relative to the repository. */
export const PROJECTS_FOLDER = "docs/projects";

/** Every issue document of a repository. */
export interface Backlog {
	readonly repository: RepositoryPaths;
	/** By path, so that the same files always give the same backlog. */
	readonly issues: readonly Issue[];
	/** Documents that are no issues: they have no front matter. */
	readonly skipped: readonly string[];
	readonly broken: readonly { readonly project: string | undefined; readonly problems: readonly Problem[] }[];
	/** Milestone documents, relative to the repository. */
	readonly milestoneDocs: readonly string[];
}
