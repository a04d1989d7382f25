import { existsSync } from "node:fs";
import { appendFile, cp, mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readPromptParts } from "../../tasks/runner/prompt-files.ts";
import { type AttemptEnd, beginAttempt } from "../../tasks/store/attempt.ts";
import {
	attemptFiles,
	createLogFolder,
	logFolder,
	setAsideLastAttempt,
	setAsideSetUpLog,
	setUpLog,
} from "../../tasks/store/log-folder.ts";
import { listLogFolders } from "../../tasks/store/log-folders.ts";
import { readRecord, writeJson, writeRecord } from "../../tasks/store/records.ts";
import { AppendLog } from "../../tasks/system/append-log.ts";
import { writeFileAtomic } from "../../tasks/system/atomic-write.ts";
import { attemptRecord, problemsAfter, temporaryFolder } from "../support/documents.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let root: string;

beforeEach(async () => {
	folder = await temporaryFolder();
	root = folder.path;
});

afterEach(() => folder[Symbol.asyncDispose]());

describe("replacing a file", () => {
	test("writes the whole of it, makes its folder, and leaves nothing else behind", async () => {
		const path = join(root, "a", "b", "file.json");
		const long = "é".repeat(200_000);
		await writeFileAtomic(path, long);
		expect(await readFile(path, "utf8")).toBe(long);
		await writeFileAtomic(path, "short");
		expect(await readFile(path, "utf8")).toBe("short");
		expect(await readdir(join(root, "a", "b"))).toEqual(["file.json"]);
	});

	test("readers see the old content or the new, never a part", async () => {
		const path = join(root, "file.json");
		const contents = ["a".repeat(300_000), "b".repeat(400_000)];
		await writeFileAtomic(path, contents[0] ?? "");
		let writing = true;
		const write = async () => {
			for (let round = 0; round < 20; round++) await writeFileAtomic(path, contents[round % 2] ?? "");
			writing = false;
		};
		const seen = new Set<string>();
		const look = async () => {
			while (writing) seen.add(await readFile(path, "utf8"));
		};
		await Promise.all([write(), look()]);
		expect([...seen].filter((content) => !contents.includes(content))).toEqual([]);
	});

	test("many at once: one of them stands, whole", async () => {
		const path = join(root, "file.json");
		const contents = Array.from({ length: 20 }, (_, at) => `${at}`.repeat(10_000));
		await Promise.all(contents.map((content) => writeFileAtomic(path, content)));
		expect(contents).toContain(await readFile(path, "utf8"));
		expect(await readdir(root)).toEqual(["file.json"]);
	});

	test("that can't be replaced, what was there stands and nothing is left behind", async () => {
		const path = join(root, "file.json");
		await mkdir(path);
		await writeFile(join(path, "kept"), "kept");
		await expect(writeFileAtomic(path, "new")).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
		expect(await readFile(join(path, "kept"), "utf8")).toBe("kept");
		expect(await readdir(root)).toEqual(["file.json"]);
	});

	test("below a file instead of a folder fails", async () => {
		await writeFile(join(root, "file"), "kept");
		await expect(writeFileAtomic(join(root, "file", "below"), "new")).rejects.toThrow(/EEXIST|ENOTDIR/);
		expect(await readFile(join(root, "file"), "utf8")).toBe("kept");
	});
});

describe("the log folder", () => {
	test("lies under the milestone, and issues without one share a folder that no milestone can have", () => {
		expect(logFolder("/repo", "logs/orch", "M1", "A-1")).toBe("/repo/logs/orch/M1/A-1");
		expect(logFolder("/repo", "logs/orch", null, "A-1")).toBe("/repo/logs/orch/_no-milestone/A-1");
	});

	test("has the files of the contract", () => {
		expect(Object.values(attemptFiles("", "dev")).sort()).toEqual([
			"dev-answer.txt",
			"dev-result.json",
			"dev-run.json",
			"dev.jsonl",
			"dev.stderr.log",
		]);
		expect(attemptFiles("/log", "review-2").result).toBe("/log/review-2-result.json");
	});

	test("is created with a .gitignore, which is then left alone", async () => {
		const ignore = join(root, "logs", "orch", ".gitignore");
		await createLogFolder(logFolder(root, "logs/orch", "M1", "A-1"));
		expect(await readFile(ignore, "utf8")).toBe("*\n");
		await writeFile(ignore, "# mine\n");
		await createLogFolder(logFolder(root, "logs/orch", "M1", "A-2"));
		await createLogFolder(logFolder(root, "logs/orch", "M1", "A-2"));
		expect(await readFile(ignore, "utf8")).toBe("# mine\n");
		expect((await readdir(join(root, "logs", "orch", "M1"))).sort()).toEqual(["A-1", "A-2"]);
	});

	test("of eight issues at once is created once", async () => {
		const ids = Array.from({ length: 8 }, (_, at) => `A-${at}`);
		await Promise.all(ids.map((id) => createLogFolder(logFolder(root, "logs/orch", "M1", id))));
		expect((await readdir(join(root, "logs", "orch", "M1"))).sort()).toEqual(ids);
	});
});

describe("setting the last attempt aside", () => {
	const FIRST = "2026-01-02T03:04:05.678Z";
	const SECOND = "2026-01-02T03:04:06.000Z";

	test("moves all its files, and no other's", async () => {
		const moved = Object.values(attemptFiles("", "dev"));
		const others = ["review-1.jsonl", "dev-run.json.broken", "notes.txt"];
		for (const name of [...moved, ...others]) await writeFile(join(root, name), name);
		await setAsideLastAttempt(root, "dev", FIRST);
		expect((await readdir(root)).sort()).toEqual(["attempts", ...others].sort());
		const [attempt = ""] = await readdir(join(root, "attempts"));
		expect((await readdir(join(root, "attempts", attempt))).sort()).toEqual([...moved].sort());
		for (const name of moved) expect(await readFile(join(root, "attempts", attempt, name), "utf8")).toBe(name);
	});

	test("names the folder after its start, in a way that every system takes", async () => {
		await writeFile(join(root, "dev-run.json"), "");
		await setAsideLastAttempt(root, "dev", FIRST);
		expect(await readdir(join(root, "attempts"))).toEqual(["2026-01-02T03-04-05.678Z"]);
	});

	test("leaves the attempts before it alone", async () => {
		for (const startedAt of [FIRST, SECOND]) {
			await writeFile(join(root, "dev.jsonl"), startedAt);
			await setAsideLastAttempt(root, "dev", startedAt);
		}
		const contents = await Promise.all(
			(await readdir(join(root, "attempts"))).map((name) =>
				readFile(join(root, "attempts", name, "dev.jsonl"), "utf8"),
			),
		);
		expect(contents.sort()).toEqual([FIRST, SECOND]);
	});

	test("overwrites nothing, even when two attempts have the same start", async () => {
		for (const content of ["first", "second"]) {
			await writeFile(join(root, "dev.jsonl"), content);
			await setAsideLastAttempt(root, "dev", FIRST);
		}
		const files = await readdir(root, { recursive: true, withFileTypes: true });
		const contents = await Promise.all(
			files.filter((each) => each.isFile()).map((each) => readFile(join(each.parentPath, each.name), "utf8")),
		);
		expect(contents.sort()).toEqual(["first", "second"]);
	});

	test("goes on where a run was killed: some files moved, the record not yet", async () => {
		const aside = join(root, "attempts", FIRST.replaceAll(":", "-"));
		await mkdir(aside, { recursive: true });
		await writeFile(join(aside, "dev.jsonl"), "moved before");
		await writeFile(join(root, "dev-result.json"), "left");
		await writeFile(join(root, "dev-run.json"), "left");
		await setAsideLastAttempt(root, "dev", FIRST);
		expect((await readdir(aside)).sort()).toEqual(["dev-result.json", "dev-run.json", "dev.jsonl"]);
		expect(await readFile(join(aside, "dev.jsonl"), "utf8")).toBe("moved before");
		expect(await readdir(root)).toEqual(["attempts"]);
	});

	test("puts the log of a set-up with the attempt that it was for, and overwrites nothing", async () => {
		for (const content of ["first", "second"]) {
			await writeFile(setUpLog(root), content);
			await setAsideSetUpLog(root, FIRST);
		}
		await setAsideSetUpLog(root, FIRST);
		await writeFile(join(root, "dev-run.json"), "the attempt");
		await setAsideLastAttempt(root, "dev", FIRST);
		const folder = FIRST.replaceAll(":", "-");
		const names = (await readdir(join(root, "attempts"), { recursive: true })).sort();
		expect(names).toEqual(
			["", "/dev-run.json", "/setup.log", "-2", "-2/setup.log"].map((each) => `${folder}${each}`).sort(),
		);
		expect(await readFile(join(root, "attempts", folder, "setup.log"), "utf8")).toBe("first");
		// One that came to no attempt is none.
		const logDir = logFolder(root, "logs/orch", "M1", "A-1");
		await cp(join(root, "attempts"), join(logDir, "attempts"), { recursive: true });
		expect(await listLogFolders(root, "logs/orch")).toEqual([
			{ issue: "A-1", path: logDir, attempts: 1, isJudged: false, patches: 0 },
		]);
	});

	test("makes nothing where there is nothing, not even a folder", async () => {
		await setAsideLastAttempt(root, "dev", FIRST);
		await setAsideLastAttempt(join(root, "none"), "dev", FIRST);
		expect(await readdir(root)).toEqual([]);
	});
});

describe("an attempt", () => {
	const { version: _v, outcome: _o, reason: _r, details: _d, ...rest } = attemptRecord();
	const { startedAt: _s, endedAt: _e, durationMs: _m, threadId: _t, usage: _u, saved: _p, ...START } = rest;
	const END: AttemptEnd = { outcome: "pass", reason: null, details: [], threadId: "t", usage: null };

	test("says `running` on disk until it is concluded", async () => {
		const logDir = logFolder(root, "logs/orch", "M1", "A-1");
		const attempt = await beginAttempt(logDir, "dev", START, logDir);
		expect(await readRecord(attempt.files.record)).toMatchObject({ ...START, outcome: "running", endedAt: null });
		await appendFile(attempt.files.events, '{"type":"turn.started"}\n');
		const record = await attempt.conclude(END);
		expect(record).toMatchObject({ ...START, ...END });
		expect(record.durationMs).toBeGreaterThanOrEqual(0);
		expect(Date.parse(record.endedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(record.startedAt));
		expect(await readRecord(attempt.files.record)).toEqual(record);
		expect(await readFile(attempt.files.events, "utf8")).toBe('{"type":"turn.started"}\n');
	});

	test("after another one begins with files of its own, and the other's are kept", async () => {
		const logDir = logFolder(root, "logs/orch", "M1", "A-1");
		const first = await leaveAnAttempt(logDir, "first\n");
		const attempt = await beginAttempt(logDir, "dev", START, logDir);
		await appendFile(attempt.files.events, "second\n");
		await attempt.conclude(END);
		expect(await readFile(attempt.files.events, "utf8")).toBe("second\n");
		expect(existsSync(attempt.files.result)).toBe(false);
		const aside = join(logDir, "attempts", first.startedAt.replaceAll(":", "-"));
		expect(await readFile(join(aside, "dev.jsonl"), "utf8")).toBe("first\n");
		expect(await readFile(join(aside, "dev-result.json"), "utf8")).toBe("{}");
		expect(await readRecord(join(aside, "dev-run.json"))).toEqual(first);
	});

	// A record that is no record has to be moved away by hand: the message about it says so.
	test("after another one whose record is gone does not go on in its files", async () => {
		const logDir = logFolder(root, "logs/orch", "M1", "A-1");
		await leaveAnAttempt(logDir, "first\n");
		const { record } = attemptFiles(logDir, "dev");
		await writeFile(record, "half a rec");
		expect(await problemsAfter(beginAttempt(logDir, "dev", START, logDir))).toMatchObject([{ kind: "record-invalid" }]);
		await rename(record, `${record}.broken`);

		const attempt = await beginAttempt(logDir, "dev", START, logDir);
		await appendFile(attempt.files.events, "second\n");
		await attempt.conclude({ ...END, outcome: "failed", reason: "invalid-result" });
		expect(await readFile(attempt.files.events, "utf8")).toBe("second\n");
		expect(existsSync(attempt.files.result), "the result of the first attempt").toBe(false);
	});

	async function leaveAnAttempt(logDir: string, events: string) {
		const attempt = await beginAttempt(logDir, "dev", START, logDir);
		await appendFile(attempt.files.events, events);
		await writeFile(attempt.files.result, "{}");
		const record = { ...(await attempt.conclude(END)), startedAt: "2026-01-02T03:04:05.678Z" };
		await writeRecord(attempt.files.record, record);
		return record;
	}
});

describe("a record", () => {
	test("that was written is read as it was, and is there for people as well", async () => {
		const path = join(root, "dev-run.json");
		const record = attemptRecord({
			details: ['"quotes"', "é\u2028"],
			saved: { at: "now", head: "1", commit: null, commits: 0, filesChanged: 1, insertions: 2, deletions: 3 },
		});
		await writeRecord(path, record);
		expect(await readRecord(path)).toEqual(record);
		expect(await readFile(path, "utf8")).toMatch(/^\{\n\t"version": 1,\n[\s\S]+\n\}\n$/);
	});

	test("that is not there is none", async () => {
		expect(await readRecord(join(root, "dev-run.json"))).toBeUndefined();
		expect(await readRecord(join(root, "none", "dev-run.json"))).toBeUndefined();
	});

	test.each([
		["empty", ""],
		["cut", JSON.stringify(attemptRecord()).slice(0, -1)],
		["no JSON", "running"],
		["of another kind", "[]"],
		["null", "null"],
		["of a later version", JSON.stringify({ ...attemptRecord(), version: 2 })],
		["with a key that nobody knows", JSON.stringify({ ...attemptRecord(), more: 1 })],
		["with an outcome that nobody knows", JSON.stringify({ ...attemptRecord(), outcome: "passed" })],
		["without a key", JSON.stringify({ ...attemptRecord(), saved: undefined })],
	])("that is %s is refused with its path", async (_, content) => {
		const path = join(root, "dev-run.json");
		await writeFile(path, content);
		expect(await problemsAfter(readRecord(path))).toEqual([
			{ kind: "record-invalid", path, message: expect.stringMatching(/\S/) },
		]);
	});

	test("that can't be read is no reason to start anew", async () => {
		await mkdir(join(root, "dev-run.json"));
		expect(await problemsAfter(readRecord(join(root, "dev-run.json")))).toMatchObject([{ kind: "file-unreadable" }]);
	});

	test("a JSON file is written whole", async () => {
		await writeJson(join(root, "dev-result.json"), { a: [1, "é"] });
		expect(JSON.parse(await readFile(join(root, "dev-result.json"), "utf8"))).toEqual({ a: [1, "é"] });
		expect(await readdir(root)).toEqual(["dev-result.json"]);
	});
});

describe("an append-only log", () => {
	test("keeps bytes and their order, whatever they are", async () => {
		const chunks = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 30 });
		let number = 0;
		await fc.assert(
			fc.asyncProperty(chunks, async (written) => {
				const path = join(root, `${number++}.jsonl`);
				const log = new AppendLog(path);
				for (const bytes of written) await log.append(bytes);
				await log.close();
				expect(await readFile(path)).toEqual(Buffer.concat(written));
			}),
			{ numRuns: 40 },
		);
	});

	test("keeps the order of what is appended without waiting, and of more than a disk takes at once", async () => {
		const path = join(root, "dev.jsonl");
		const log = new AppendLog(path);
		const lines = Array.from({ length: 300 }, (_, at) => `${at} ${"x".repeat(at * 37)}\n`);
		await Promise.all(lines.map((line) => log.append(line)));
		await log.close();
		expect(await readFile(path, "utf8")).toBe(lines.join(""));
	});

	test("leaves no listener behind, however often it has to wait", async () => {
		const warnings: Error[] = [];
		const warned = (warning: Error) => warnings.push(warning);
		process.on("warning", warned);
		try {
			const log = new AppendLog(join(root, "dev.jsonl"));
			const bytes = "x".repeat(100_000);
			for (let times = 0; times < 20; times++) await log.append(bytes);
			await Promise.all(Array.from({ length: 20 }, () => log.append(bytes)));
			await log.close();
			// Node tells of a warning in a later turn.
			await setImmediate();
		} finally {
			process.off("warning", warned);
		}
		expect(warnings).toEqual([]);
	});

	test("adds to what is there", async () => {
		const path = join(root, "dev.jsonl");
		await writeFile(path, "first\n");
		const log = new AppendLog(path);
		await log.append("second\n");
		await log.close();
		expect(await readFile(path, "utf8")).toBe("first\nsecond\n");
	});

	test("can be closed twice, and at once", async () => {
		const log = new AppendLog(join(root, "dev.jsonl"));
		await log.close();
		await log.close();
		expect(await readFile(join(root, "dev.jsonl"), "utf8")).toBe("");
	});

	test("in a folder that is not there says so when it is closed, at the latest", async () => {
		const lost = new AppendLog(join(root, "none", "dev.jsonl"));
		await expect(lost.close()).rejects.toThrow(/ENOENT/);
		const log = new AppendLog(join(root, "none", "dev.jsonl"));
		await log.append("small").catch(() => {});
		await expect(log.close()).rejects.toThrow(/ENOENT/);
	});

	test("goes on saying it, to whoever appends or closes", async () => {
		const log = new AppendLog(join(root, "none", "dev.jsonl"));
		await expect(log.append("x".repeat(1_000_000))).rejects.toThrow(/ENOENT/);
		await expect(log.append("x")).rejects.toThrow(/ENOENT/);
		await expect(log.close()).rejects.toThrow(/ENOENT/);
	});

	// Where there is no such file there is no other full disk to be had without rights.
	describe.skipIf(!existsSync("/dev/full"))("on a full disk", () => {
		const full = [{ kind: "disk-full", path: "/dev/full" }];

		test("says so when it is closed", async () => {
			const log = new AppendLog("/dev/full");
			await log.append("x\n");
			expect(await problemsAfter(log.close())).toEqual(full);
		});

		test("says so to whoever waits for the disk", async () => {
			const log = new AppendLog("/dev/full");
			expect(await problemsAfter(log.append("x".repeat(1_000_000)))).toEqual(full);
		});

		test("says so to whoever comes after", async () => {
			const log = new AppendLog("/dev/full");
			await log.append("x".repeat(1_000_000)).catch(() => {});
			expect(await problemsAfter(log.append("x"))).toEqual(full);
			expect(await problemsAfter(log.close())).toEqual(full);
		});
	});
});

describe("the texts of a prompt", () => {
	const SKILL = "skills/autonomous-development/SKILL.md";
	const PROMPT = "prompts/dev-auto-parallel.md";

	test("come each from the repository, or from the package where the repository has none", async () => {
		for (const file of [SKILL, PROMPT]) await writeFileAtomic(join(root, "package", file), `package ${file}`);
		await writeFileAtomic(join(root, "repo", SKILL), "repository");
		expect(await readPromptParts("dev", join(root, "repo"), join(root, "package"))).toEqual({
			skill: "repository",
			phase: `package ${PROMPT}`,
		});
	});

	test("that nobody has are missed by name", async () => {
		await writeFileAtomic(join(root, SKILL), "skill");
		expect(await problemsAfter(readPromptParts("dev", root, root))).toEqual([{ kind: "prompt-missing", file: PROMPT }]);
	});

	test("that can't be read are not taken from elsewhere", async () => {
		for (const file of [SKILL, PROMPT]) await writeFileAtomic(join(root, "package", file), "package");
		await mkdir(join(root, "repo", PROMPT), { recursive: true });
		const parts = readPromptParts("dev", join(root, "repo"), join(root, "package"));
		expect(await problemsAfter(parts)).toMatchObject([{ kind: "file-unreadable", path: join(root, "repo", PROMPT) }]);
	});
});
