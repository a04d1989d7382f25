/** A file or folder that an agent must never be able to write to. */
export interface Place {
	readonly name: string;
	/** Absolute; it need not exist. */
	readonly path: string;
}
