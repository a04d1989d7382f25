import { readFile } from "node:fs/promises";
import type { infer as Infer, ZodType } from "zod";
import { Failure } from "../contract/problem.ts";
import { type AttemptRecord, RECORD } from "../contract/record.ts";
import { writeFileAtomic } from "../system/atomic-write.ts";

/** The record of an attempt; nothing when there is none. @throws Failure as {@link readJson}. */
export async function readRecord(path: string): Promise<AttemptRecord | undefined> {
	return readJson(path, RECORD);
}

/**
 * Reads a record of any kind; nothing when there is none.
 * @throws Failure `record-invalid` when the file is there but is no such record, `file-unreadable`.
 */
export async function readJson<S extends ZodType>(path: string, schema: S): Promise<Infer<S> | undefined> {
	let text: string;
	try {
		text = await readFile(path, "utf8");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
		throw new Failure({ kind: "file-unreadable", path, message: (error as Error).message }, { cause: error });
	}
	try {
		return schema.parse(JSON.parse(text));
	} catch (error) {
		const message = (error as Error).message.split("\n").slice(0, 3).join(" ");
		throw new Failure({ kind: "record-invalid", path, message }, { cause: error });
	}
}

/** Writes an attempt's record, whole. */
export async function writeRecord(path: string, record: AttemptRecord): Promise<void> {
	await writeJson(path, record);
}

/** Writes a JSON file, whole, indented with tabs so that a person can read it. */
export async function writeJson(path: string, value: unknown): Promise<void> {
	await writeFileAtomic(path, `${JSON.stringify(value, undefined, "\t")}\n`);
}
