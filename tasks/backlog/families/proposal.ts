import type { ItemSettings } from "../../contract/items.ts";
import type { LayoutSettings } from "../../contract/layout.ts";
import type { Unusable } from "./unusable.ts";

/** How a backlog that was found can be read: what an orchfile has to say of it, and why. */
export interface Proposal {
	/** The name of its family. */
	readonly family: string;
	/** The folder that it lies below. */
	readonly folder: string;
	readonly layout: LayoutSettings;
	/** Where its issues are parts of documents. */
	readonly items?: ItemSettings;
	/** Keys that mean something else there, and so are not read. */
	readonly unusable: readonly Unusable[];
	/** Documents that are done by a file beside them. */
	readonly done: readonly string[];
}

/** Documents that lie as those of a family, of which too few have what it has. */
export interface Doubt {
	readonly family: string;
	readonly folder: string;
	readonly documents: number;
	readonly fitting: number;
}
