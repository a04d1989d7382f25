import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runUserCommand } from "../../tasks/system/user-command.ts";
import { abortedMidway } from "../support/abort-midway.ts";
import { temporaryFolder } from "../support/documents.ts";

test("a user's command that is interrupted while it is started is ended, not run to its limit", async () => {
	await using folder = await temporaryFolder();
	const running = runUserCommand("sleep 3; touch late", {
		cwd: folder.path,
		environment: { PATH: process.env.PATH },
		outputFile: join(folder.path, "output"),
		timeout: 60_000,
		signal: abortedMidway(),
	});
	await expect(running).rejects.toThrow("interrupted midway");
	expect(existsSync(join(folder.path, "late"))).toBe(false);
});
