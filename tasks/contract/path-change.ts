/** What became of one path between two commits. */
export type PathChange =
	| { readonly kind: "added" | "deleted"; readonly path: string }
	/** `isRelinked`: a file has become a link, or a link a file. */
	| { readonly kind: "changed"; readonly path: string; readonly isRelinked?: true }
	| { readonly kind: "renamed"; readonly path: string; readonly from: string; readonly isChanged: boolean };

/** What is put into a folder so that other files lie in it: those of another commit in the place of its own, and some not at all. */
export interface LaidFiles {
	/** Paths that get the other commit's version. */
	readonly put: readonly string[];
	/** Paths that the other commit does not have. */
	readonly remove: readonly string[];
}
