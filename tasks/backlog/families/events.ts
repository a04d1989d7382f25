import { DEFAULT_STATES, isClosed } from "../../contract/state.ts";

/** The work packages that are closed, as a list of events has it: a line of JSON each, the last of a package counts. */
export function closedByEvents(text: string): ReadonlySet<string> {
	const lanes = new Map<string, { readonly lane: string; readonly at: string }>();
	for (const line of text.split("\n")) {
		const { wp_id: id, to_lane: lane, at = "" } = parsed(line);
		if (typeof id !== "string" || typeof lane !== "string" || typeof at !== "string") continue;
		if ((lanes.get(id)?.at ?? "") <= at) lanes.set(id, { lane, at });
	}
	return new Set([...lanes].flatMap(([id, { lane }]) => (isClosed({ state: lane }, DEFAULT_STATES) ? [id] : [])));
}

function parsed(line: string): Readonly<Record<string, unknown>> {
	try {
		return Object(JSON.parse(line));
	} catch {
		return {};
	}
}
