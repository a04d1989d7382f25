import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Phase } from "../../tasks/contract/phase.ts";
import { STATUSES } from "../../tasks/contract/phase.ts";
import { answerSchema, RESULT_SCHEMAS } from "../../tasks/contract/result.ts";
import { answer, PHASES } from "../support/documents.ts";

/** What the schemas are made of: the strict subset that structured output takes, and less. */
type Schema =
	| { readonly type: "string"; readonly enum?: readonly string[]; readonly description?: string }
	| { readonly type: "array"; readonly items: Schema; readonly description?: string }
	| {
			readonly type: "object";
			readonly properties: Readonly<Record<string, Schema>>;
			readonly required: readonly string[];
			readonly additionalProperties: false;
			readonly description?: string;
	  };

const KEYS: Readonly<Record<Schema["type"], readonly string[]>> = {
	string: ["type", "enum", "description"],
	array: ["type", "items", "description"],
	object: ["type", "properties", "required", "additionalProperties", "description"],
};

describe.each(PHASES)("the schema that is sent for the %s phase", (phase) => {
	test("is made of what structured output takes, at every level", () => {
		const levels = levelsOf(schemaOf(phase));
		expect(levels.length).toBeGreaterThan(15);
		for (const { at, schema } of levels) {
			expect(KEYS[schema.type], `${at} has a type that is not known here`).toBeDefined();
			for (const key of Object.keys(schema)) expect(KEYS[schema.type], `${at}.${key}`).toContain(key);
		}
	});

	test("requires every property and allows no other, at every level", () => {
		const objects = levelsOf(schemaOf(phase)).filter(({ schema }) => schema.type === "object");
		expect(objects).toHaveLength(2);
		for (const { schema } of objects) {
			if (schema.type !== "object") continue;
			expect([...schema.required].sort()).toEqual(Object.keys(schema.properties).sort());
			expect(schema.additionalProperties).toBe(false);
		}
	});

	test("has no reference, no dialect and no const anywhere", () => {
		expect(JSON.stringify(answerSchema(phase))).not.toMatch(/"(?:\$\w+|const|oneOf|anyOf|allOf|definitions|default)":/);
	});

	test("is plain JSON, and the same each time", () => {
		expect(JSON.parse(JSON.stringify(answerSchema(phase)))).toEqual(answerSchema(phase));
		expect(JSON.stringify(answerSchema(phase))).toBe(JSON.stringify(answerSchema(phase)));
	});

	test("names the phase and its statuses", () => {
		const schema = schemaOf(phase);
		if (schema.type !== "object") throw new Error("no object");
		expect(schema.properties.phase).toMatchObject({ type: "string", enum: [phase] });
		expect(schema.properties.status).toMatchObject({ type: "string", enum: STATUSES[phase] });
	});

	test("has the fields of the contract, and no more", () => {
		const identity = ["phase", "status", "issueId", "milestoneId", "branch", "worktreePath", "summary"];
		const change = ["testsRun", "docsUpdated", "draftPrs", "stackBranches", "deferred", "openQuestions"];
		const review = ["issues", "requiredActions", "followups", "reviewDocPath", "confidence"];
		const schema = schemaOf(phase);
		const wanted = [...identity, ...(phase === "review" ? review : change)];
		expect(schema.type === "object" && Object.keys(schema.properties)).toEqual(wanted);
	});

	test("takes what the check of the answer takes, and refuses what that refuses", () => {
		const verdicts = { taken: 0, refused: 0 };
		fc.assert(
			fc.property(changed(answer(phase)), (value) => {
				const taken = accepts(schemaOf(phase), value);
				expect(RESULT_SCHEMAS[phase].safeParse(value).success).toBe(taken);
				verdicts[taken ? "taken" : "refused"]++;
			}),
			{ numRuns: 600 },
		);
		expect(verdicts.taken).toBeGreaterThan(20);
		expect(verdicts.refused).toBeGreaterThan(200);
	});
});

test("the schemas of the phases differ", () => {
	expect(new Set(PHASES.map((phase) => JSON.stringify(answerSchema(phase)))).size).toBe(PHASES.length);
});

function schemaOf(phase: Phase): Schema {
	return answerSchema(phase) as unknown as Schema;
}

function levelsOf(schema: Schema, at = "$"): { readonly at: string; readonly schema: Schema }[] {
	const below =
		schema.type === "object"
			? Object.entries(schema.properties).flatMap(([key, each]) => levelsOf(each, `${at}.${key}`))
			: schema.type === "array"
				? levelsOf(schema.items, `${at}[]`)
				: [];
	return [{ at, schema }, ...below];
}

/** What JSON Schema says of a value, for the subset above. */
function accepts(schema: Schema, value: unknown): boolean {
	switch (schema.type) {
		case "string":
			return typeof value === "string" && (schema.enum?.includes(value) ?? true);
		case "array":
			return Array.isArray(value) && value.every((each) => accepts(schema.items, each));
		case "object": {
			if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
			const { properties, required } = schema;
			return (
				required.every((key) => Object.hasOwn(value, key)) &&
				Object.entries(value).every(([key, each]) => {
					const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
					return property !== undefined && accepts(property, each);
				})
			);
		}
	}
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** An answer with up to three changes, each to some value or key at any depth. */
function changed(given: object): fc.Arbitrary<unknown> {
	const words = ["pass", "fail", "skipped", "failed", "deferred", "high", "low", "blocked", "dev", "review", "fix", ""];
	const value = fc.oneof(
		fc.constantFrom<Json[]>(...words),
		fc.string(),
		fc.constantFrom<Json[]>(null, 0, true, [], {}, ["x"], [1]),
	);
	const change = fc.record({
		way: fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }),
		act: fc.constantFrom("replace", "replace", "remove", "add", "repeat"),
		value,
	});
	return fc.array(change, { maxLength: 3 }).map((changes) => {
		const copy = structuredClone(given) as { [key: string]: Json };
		for (const each of changes) apply(copy, each.way, each.act, each.value);
		return copy;
	});
}

function apply(target: Json[] | { [key: string]: Json }, way: readonly number[], act: string, value: Json): void {
	const keys = Object.keys(target);
	const key = keys[(way[0] ?? 0) % Math.max(1, keys.length)];
	const holder = target as { [key: string]: Json };
	const next = key === undefined ? undefined : holder[key];
	if (way.length > 1 && typeof next === "object" && next !== null) apply(next, way.slice(1), act, value);
	else if (act === "add" && !Array.isArray(target)) holder.more = value;
	else if (key === undefined) return;
	else if (act === "remove" && !Array.isArray(target)) delete holder[key];
	else if (act === "repeat" && Array.isArray(target)) target.push(structuredClone(target[0] ?? null));
	else holder[key] = value;
}
