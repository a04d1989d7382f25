import { SaxesParser } from "saxes";
import { expect } from "vitest";

/** A testcase as a report has it. */
export interface ReadCase {
	readonly name: string | undefined;
	readonly className: string | undefined;
	readonly time: string | undefined;
	/** `""` for one that passed. */
	readonly verdict: string;
	readonly type?: string;
	readonly message?: string;
	/** What stands in its `failure` or `error`. */
	readonly text: string;
}

/** The testcases of a JUnit report, as a strict parser of XML finds them; it throws where it is none. Their counts have to be right. */
export function readJunit(xml: string): ReadCase[] {
	const found: { -readonly [K in keyof ReadCase]: ReadCase[K] }[] = [];
	let counted: Readonly<Record<string, string>> = {};
	let inside = "";
	const add = (text: string) => {
		const last = found.at(-1);
		if (last && ["failure", "error"].includes(inside)) last.text += text;
	};
	const parser = new SaxesParser();
	parser.on("error", (error) => {
		throw error;
	});
	parser.on("closetag", () => {
		inside = "";
	});
	parser.on("opentag", ({ name, attributes }) => {
		inside = name;
		if (name === "testsuites") counted = attributes;
		const { name: title, classname: className, time, type, message } = attributes;
		if (name === "testcase") found.push({ name: title, className, time, verdict: "", text: "" });
		const last = found.at(-1);
		if (last && ["failure", "error", "skipped"].includes(name)) Object.assign(last, { verdict: name, type, message });
	});
	parser.on("text", add);
	parser.on("cdata", add);
	parser.write(xml).close();
	const number = (verdict: string) => String(found.filter((each) => each.verdict === verdict).length);
	const counts = { failures: number("failure"), errors: number("error"), skipped: number("skipped") };
	expect(counted).toMatchObject({ tests: String(found.length), ...counts });
	return found;
}
