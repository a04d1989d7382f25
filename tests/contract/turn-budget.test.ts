import { expect, test } from "vitest";
import { chooseBudget } from "../../tasks/contract/turn-budget.ts";

const usual = { timeout: 7_200_000, maxTokens: 50_000_000 };
const TABLE = { 1: 500_000, 3: 2_000_000, 8: 8_000_000 };

type Row = readonly [
	what: string,
	issue: { readonly budget?: number; readonly timeout?: number; readonly estimate: number | null },
	asked: readonly ("timeout" | "maxTokens")[],
	used: number,
	timeout: number,
	tokens: number,
];
const ROWS: readonly Row[] = [
	["nothing is said", { estimate: null }, [], 0, 7_200_000, 50_000_000],
	["an estimate of the table", { estimate: 3 }, [], 0, 7_200_000, 2_000_000],
	["one between two", { estimate: 2 }, [], 0, 7_200_000, 2_000_000],
	["one below the first", { estimate: 0.5 }, [], 0, 7_200_000, 500_000],
	["one above the last", { estimate: 13 }, [], 0, 7_200_000, 50_000_000],
	["the issue's own goes before its estimate's", { estimate: 1, budget: 900_000 }, [], 0, 7_200_000, 900_000],
	["turns share it", { estimate: 1 }, [], 450_000, 7_200_000, 50_000],
	["it is used up", { estimate: 1 }, [], 600_000, 7_200_000, 0],
	["the usual one is each turn's", { estimate: null }, [], 600_000, 7_200_000, 50_000_000],
	["what was typed goes before all", { estimate: 1, budget: 7 }, ["maxTokens"], 600_000, 7_200_000, 50_000_000],
	["the issue's own time", { estimate: null, timeout: 60_000 }, [], 0, 60_000, 50_000_000],
	["typed time goes before it", { estimate: null, timeout: 60_000 }, ["timeout"], 0, 7_200_000, 50_000_000],
];

test.each(ROWS)("what a turn may use: %s", (_, issue, asked, used, timeout, tokens) => {
	expect(chooseBudget(issue, { ...usual, asked }, TABLE, used)).toMatchObject({ timeout, tokens });
});
