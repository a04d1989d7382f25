import { existsSync, readFileSync } from "node:fs";
import type { ConfinementReason } from "../../contract/problems/machine.ts";

/** What can be seen of what keeps a process from making namespaces. */
export interface Surroundings {
	/** Ubuntu's, since 23.10. */
	readonly isRestricted: boolean;
	readonly isContainer: boolean;
}

export function surroundings(): Surroundings {
	return {
		isRestricted: isOne("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
		isContainer: ["/.dockerenv", "/run/.containerenv"].some(existsSync),
	};
}

/** Why bubblewrap does not start, by what it says. */
export function reasonOf(message: string, { isRestricted, isContainer }: Surroundings): ConfinementReason {
	if (/ENOSPC|max_\*_namespaces/.test(message)) return "too-few";
	if (/mount proc/.test(message)) return "proc";
	// The namespace is there, and without any rights.
	if (/uid map|loopback|RTM_NEWADDR/.test(message) && isRestricted) return "apparmor";
	if (/namespace|uid map|loopback|slave|pivot_root/.test(message)) return isContainer ? "container" : "namespaces";
	return "other";
}

function isOne(setting: string): boolean {
	return existsSync(setting) && readFileSync(setting, "latin1").trim() === "1";
}
