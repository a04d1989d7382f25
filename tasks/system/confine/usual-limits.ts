import { totalmem } from "node:os";

/** What commands may use at once, all together. */
export interface UsageLimits {
	readonly processes: number;
	/** Bytes. */
	readonly memory: number;
}

/** So much that no build comes near, and so little that this machine still answers. */
export const USUAL_LIMITS: UsageLimits = { processes: 5_000, memory: 0.75 * totalmem() };
