import type { CommitSettings } from "../contract/commit-subject.ts";
import type { LayoutSettings } from "../contract/layout.ts";
import type { Graph } from "../engine/graph.ts";

/** What an orchfile exports: its graph, and where the repository has its issues when that is not as usual. */
export interface Orchfile extends Graph {
	/** Checked at every start; docs/reference.md has the settings. */
	readonly layout?: LayoutSettings;
	/** Checked at every start. */
	readonly commit?: CommitSettings;
}
