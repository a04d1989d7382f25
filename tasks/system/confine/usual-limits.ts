import { totalmem } from "node:os";

/** What commands may use at once, all together. */
export interface UsageLimits {
	readonly processes: number;
	/** Bytes. */
	readonly memory: number;
}

/**
 * Three quarters of the memory there is: so much that no build comes near, and so little that this machine still answers.
 * @param machine bytes of the machine. @param allowed bytes that this process may have, as in a container; nothing, or no end of it, where nobody says.
 */
export function usualMemory(machine: number, allowed: number | undefined): number {
	return 0.75 * (allowed && allowed > 0 ? Math.min(machine, allowed) : machine);
}

/** What holds where an orchfile says nothing. */
export const USUAL_LIMITS: UsageLimits = {
	processes: 5_000,
	memory: usualMemory(totalmem(), process.constrainedMemory()),
};
