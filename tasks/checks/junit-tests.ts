import sax from "sax";
import { failureMessage, READ_OF_TEXT } from "./failure-message.ts";
import { ownName, type TestPlace, testName } from "./test-name.ts";
import type { TestResult } from "./trial.ts";

/** A report that can't be taken for one, and why. */
export class UnreadableReport extends Error {
	/** True for XML that is no JUnit report. */
	readonly isOther: boolean;

	constructor(message: string, isOther = false) {
		super(message);
		this.isOther = isOther;
	}
}

/** What a report may have at most. */
export interface ReportLimits {
	/** Of all files together. */
	readonly bytes: number;
	readonly tests: number;
	readonly files: number;
	/** Failures whose message is kept. */
	readonly messages: number;
}

/** Elements within elements, and attributes of one. No reporter comes near. */
const DEEPEST = 64;
const MOST_ATTRIBUTES = 64;
/** References to characters and entities that there are none of: some reporters write a few. */
const MOST_UNKNOWN = 10_000;

/** Longest attribute: some reporters put all of a failure into one. */
Object.assign(sax, { MAX_BUFFER_LENGTH: 1024 * 1024 });
/** Its types do not have this one. */
const OPTIONS: sax.SAXOptions & { readonly strictEntities: true } = { strictEntities: true };

const FAILED = /^(?:fail(?:ed|ure)?|error|broken)$/i;
const SKIPPED = /^(?:skip(?:ped)?|disabled|notrun|ignored|pending|todo|suppressed)$/i;

interface OpenTest {
	readonly place: TestPlace;
	status: TestResult["status"];
	isTodo: boolean;
	flickered: boolean;
	attribute: string;
	text: string;
}

/** Reads reports, one after another, into the tests that they are about. */
export class JunitTests {
	readonly tests = new Map<string, TestResult>();
	readonly #next = new Map<string, number>();
	readonly #folders: readonly string[];
	readonly #limits: ReportLimits;
	#messages = 0;

	constructor(folders: readonly string[], limits: ReportLimits) {
		this.#folders = folders;
		this.#limits = limits;
	}

	/** Something that takes one file, piece by piece. Both throw {@link UnreadableReport}. */
	file(): { readonly write: (text: string) => void; readonly end: () => void } {
		const parser = sax.parser(true, { ...OPTIONS });
		const suites: string[] = [];
		let depth = 0;
		let attributes: Record<string, string> = {};
		let count = 0;
		let unknown = 0;
		let open: OpenTest | undefined;
		let telling: OpenTest | undefined;
		let isReport = false;

		parser.onerror = (error) => {
			const [reason = ""] = error.message.split("\n");
			// It is left as it stands: nothing is ever put in place of an entity.
			if (!/^Invalid character (?:entity$|in entity name$)/.test(reason) || ++unknown > MOST_UNKNOWN)
				throw new UnreadableReport(`${reason} in line ${parser.line + 1}`);
			(parser as { error: Error | null }).error = null;
		};
		parser.onopentagstart = () => {
			if (++depth > DEEPEST) throw new UnreadableReport("elements lie too deep in each other");
			attributes = {};
			count = 0;
		};
		parser.onattribute = ({ name, value }) => {
			if (++count > MOST_ATTRIBUTES) throw new UnreadableReport("an element has too many attributes");
			if (KNOWN.has(name)) attributes[name] = value;
		};
		parser.onopentag = ({ name }) => {
			if (depth === 1) {
				if (isReport) throw new UnreadableReport("there is more than one in it");
				isReport = name === "testsuites" || name === "testsuite";
				if (!isReport) throw new UnreadableReport(`its first element is ${cut(name)}`, true);
			}
			if (name === "testsuite") suites.push(attributes.name ?? "");
			else if (name === "testcase") open = openTest(suites, attributes);
			else if (name === "failure" || name === "error") {
				// One of a suite stands for a test of its own, which is called as the suite is.
				telling = open ?? openTest(suites.slice(0, -1), { name: suites.at(-1) ?? "" });
				telling.status = "failed";
				telling.attribute ||= attributes.message ?? "";
			} else if (name === "skipped" && open) {
				open.isTodo ||= attributes.type === "todo";
				if (open.status === "passed") open.status = "skipped";
			} else if (/^flaky(?:Failure|Error)$/.test(name) && open) open.flickered = true;
		};
		parser.ontext = parser.oncdata = (text) => {
			if (telling && telling.text.length < READ_OF_TEXT) telling.text += text.slice(0, READ_OF_TEXT);
		};
		parser.onclosetag = (name) => {
			depth -= 1;
			if (name === "testsuite") suites.pop();
			else if (name === "testcase" && open) {
				this.#add(open);
				open = undefined;
			} else if (name === "failure" || name === "error") {
				if (telling && telling !== open) this.#add(telling);
				telling = undefined;
			}
		};
		return {
			write: (text) => {
				parser.write(text);
			},
			end: () => {
				parser.close();
				if (!isReport) throw new UnreadableReport("it is empty");
			},
		};
	}

	#add({ place, status, isTodo, flickered, attribute, text }: OpenTest): void {
		if (this.tests.size >= this.#limits.tests) throw new UnreadableReport(`more than ${this.#limits.tests} tests`);
		const name = ownName(testName(place, this.#folders), (each) => this.tests.has(each), this.#next);
		if (status !== "failed" || isTodo) {
			this.tests.set(name, { status: isTodo ? "skipped" : status, ...(flickered && { flickered }) });
			return;
		}
		const message =
			this.#messages++ < this.#limits.messages ? failureMessage(attribute, text, this.#folders) : undefined;
		this.tests.set(name, { status, ...(message !== undefined && { message }) });
	}
}

const KNOWN = new Set(["name", "classname", "file", "message", "type", "status", "result"]);

function openTest(suites: readonly string[], attributes: Readonly<Record<string, string>>): OpenTest {
	const { name = "", classname = "", file = "", status = "", result = "" } = attributes;
	const said = FAILED.test(status) || FAILED.test(result);
	const skipped = SKIPPED.test(status) || SKIPPED.test(result);
	return {
		place: { suites: [...suites], classname: cut(classname), name: cut(name), file: cut(file) },
		status: said ? "failed" : skipped ? "skipped" : "passed",
		isTodo: false,
		flickered: false,
		attribute: "",
		text: "",
	};
}

/** Names are hashed where they are long, but not where they are a megabyte. */
function cut(text: string): string {
	return text.slice(0, 10_000);
}
