import {
	chmodSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyTree } from "../../tasks/system/copy-tree.ts";
import { temporaryFolder } from "../support/documents.ts";

const never = new AbortController().signal;

test.skipIf(process.platform !== "linux")(
	"a copy has names, links and modes as they are, whatever bytes they are of",
	async () => {
		await using folder = await temporaryFolder();
		const [from, to] = [join(folder.path, "from"), join(folder.path, "to")];
		const odd = Buffer.from([0x66, 0xff, 0x0a, 0x66]);
		const inFolder = (name: Buffer, above = from) => Buffer.concat([Buffer.from(`${above}/`), name]);
		mkdirSync(from);
		mkdirSync(inFolder(odd));
		writeFileSync(Buffer.concat([inFolder(odd), Buffer.from("/"), odd]), "kept");
		symlinkSync(odd, join(from, "link"));
		writeFileSync(join(from, "run"), "", { mode: 0o755 });
		chmodSync(from, 0o555);
		try {
			await copyTree(from, to, never);
		} finally {
			for (const each of [from, to]) chmodSync(each, 0o755);
		}
		expect(readdirSync(to, "buffer").toSorted(Buffer.compare)).toEqual([odd, Buffer.from("link"), Buffer.from("run")]);
		expect(readFileSync(Buffer.concat([inFolder(odd, to), Buffer.from("/"), odd]), "utf8")).toBe("kept");
		expect(readlinkSync(join(to, "link"), "buffer")).toEqual(odd);
		expect(lstatSync(join(to, "run")).mode & 0o777).toBe(0o755);
	},
);
