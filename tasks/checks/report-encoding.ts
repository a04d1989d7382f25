import { TextDecoder } from "node:util";
import { UnreadableReport } from "./junit-tests.ts";

/** What decodes a file of XML, by its first bytes: a byte order mark, or what it declares. Throws {@link UnreadableReport}. */
export function decoderOf(start: Buffer): TextDecoder {
	const encoding = marked(start) ?? declared(start) ?? "utf-8";
	try {
		return new TextDecoder(encoding);
	} catch {
		throw new UnreadableReport(`its encoding is ${encoding}`);
	}
}

function marked([first, second]: Buffer): string | undefined {
	if (first === 0xff && second === 0xfe) return "utf-16le";
	if (first === 0xfe && second === 0xff) return "utf-16be";
	// Without a mark, the `<` that it begins with tells.
	if (first === 0x3c && second === 0) return "utf-16le";
	if (first === 0 && second === 0x3c) return "utf-16be";
	return undefined;
}

function declared(start: Buffer): string | undefined {
	return /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(start.subarray(0, 200).toString("latin1"))?.[1];
}
