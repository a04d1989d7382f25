import { expect, test } from "vitest";
import { Seen } from "../../tasks/system/processes.ts";

const NOBODY = 65_534;

test.skipIf(process.platform !== "linux")(
	"that a process computes is seen where nobody tells what it reads and writes",
	() => {
		// Which the system does not tell of another user's.
		const isRoot = process.geteuid?.() === 0;
		if (isRoot) process.seteuid?.(NOBODY);
		try {
			expect(new Seen(1).work).toMatch(/^\d+ \d+ /);
		} finally {
			if (isRoot) process.seteuid?.(0);
		}
	},
);
