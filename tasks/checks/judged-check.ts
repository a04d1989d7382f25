import type { CheckFinding, VerifyRecord } from "../contract/verify-record.ts";
import type { ComparedCheck } from "./compared-check.ts";
import { isFile, SEPARATOR } from "./test-name.ts";
import { type Unit, WHOLE } from "./units.ts";

/** Lists of a record of which each test is in one at most. */
export type Lists = Pick<VerifyRecord, "newFailures" | "vanished" | "preExisting" | "fixed" | "flaky">;

/** Puts each test, and the check as a whole, into the one list that it belongs to, or into none. */
export function judged(check: ComparedCheck): Lists {
	const { now, was, isOwn } = check;
	const lists: Lists = { newFailures: [], vanished: [], preExisting: [], fixed: [], flaky: [] };
	for (const [name, unit] of now) {
		const list = listOf(unit, was?.get(name), isOwn);
		if (list) lists[list].push(finding(check, name, unit));
	}
	// What is not there since all of it fails, or since its file can't be loaded, is told by that.
	if (lists.newFailures.some(({ test }) => test === undefined)) return { ...lists, vanished: [] };
	const failed = lists.newFailures.filter(({ test = "" }) => !was?.has(test));
	const unloaded = new Set(failed.map(({ test }) => test?.split(SEPARATOR).at(-1)));
	const gone = [...(was ?? [])].filter(
		([name, unit]) => !now.has(name) && hasPassed(unit) && !filesOf(name).some((file) => unloaded.has(file)),
	);
	// One by one: there may be more of them than a call can have arguments.
	for (const [name] of gone) lists.vanished.push(finding(check, name));
	const dropped = [...(was ?? [])].filter(([name, unit]) => !now.has(name) && isFailing(unit) && !isFile(name));
	for (const [name] of dropped) lists.preExisting.push(finding(check, name));
	return lists;
}

function listOf(now: Unit, was: Unit | undefined, isOwn: boolean): keyof Lists | undefined {
	if (now.isFlaky) return "flaky";
	if (now.status === "failed")
		return !isOwn && was && (was.status === "failed" || was.isFlaky) ? "preExisting" : "newFailures";
	if (now.status === "skipped" && was) return hasPassed(was) ? "vanished" : isFailing(was) ? "preExisting" : undefined;
	if (now.status === "skipped") return undefined;
	return was?.status === "failed" && !was.isFlaky ? "fixed" : undefined;
}

/** What may be the file of a test, by its name, as a reporter calls one that it can't load: its path, or the module that its class is in. */
function filesOf(name: string): string[] {
	const [first = ""] = name.split(SEPARATOR);
	return [first, ...[...first.matchAll(/[.:]/g)].map(({ index }) => first.slice(0, index))].filter(Boolean);
}

function isFailing({ status, isFlaky }: Unit): boolean {
	return status === "failed" && !isFlaky;
}

function hasPassed({ status, isFlaky }: Unit): boolean {
	return status === "passed" || isFlaky === true;
}

/** What a record says of a test, or of a check as a whole. */
export function finding({ name: check }: ComparedCheck, name: string, unit?: Unit): CheckFinding {
	return {
		check,
		...(name !== WHOLE && { test: name }),
		...(unit?.message !== undefined && { message: unit.message }),
	};
}
