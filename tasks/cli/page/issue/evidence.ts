import { countChecks, hasLog } from "../../../contract/checks-verdict.ts";
import type { CheckFinding, CheckRun, VerifyRecord } from "../../../contract/verify-record.ts";
import { AGAINST } from "../../words/check-lines.ts";
import { checksWord } from "../../words/check-words.ts";
import { duration } from "../../words/format.ts";
import { html, type Markup } from "../html.ts";
import { printed } from "./told.ts";

/** Findings of each kind that are told; records have the rest. */
const MOST = 50;

/** What the checks said of an issue's commit: each check, then what was found, what speaks against the work first. */
export function evidenceMarkup(record: VerifyRecord, log: (file: string) => string): Markup {
	const { commit, base, checks, changed, mayVanish, isWeakeningKnown, newTests, proved } = record;
	return html`<section class="evidence"><h3>Checks <small>${checksWord(countChecks(record))}</small></h3>
<p class="muted">Of <code>${commit.slice(0, 10)}</code>, compared with <code>${base.slice(0, 10)}</code>${newTests > 0 && `; ${newTests} new tests, of which ${proved} fail without the change`}.</p>
<ul class="checks">${checks.map((check) => checkMarkup(check, log))}</ul>
${found(AGAINST.newFailures, record.newFailures, "bad")}${found(AGAINST.weakened, record.weakened, "bad")}${found(mayVanish ? "vanished, as the issue allows" : AGAINST.vanished, record.vanished, mayVanish ? "" : "bad")}${found(AGAINST.unproved, record.unproved, record.failures.includes("unproved") ? "bad" : "")}
${changed.length > 0 && html`<h4>The checks are made of what was changed <small>${changed.length}</small></h4><ul class="paths">${changed.slice(0, MOST).map((path) => html`<li><code>${path}</code></li>`)}${more(changed.length)}</ul>`}${isWeakeningKnown === false && html`<p>Whether that weakens them is not known: the base's version does not run here, or fails as ever.</p>`}
${found("flaky: did not fail in a second run", record.flaky)}${found("failed on the base, and does not pass", record.preExisting)}${found("fixed", record.fixed)}</section>`;
}

function checkMarkup(check: CheckRun, log: (file: string) => string): Markup {
	const { name, run, status, exitCode, durationMs, tests, reason, detail, baseNotRun } = check;
	const end =
		status === "pass"
			? "passes"
			: status === "fail"
				? `fails${exitCode ? ` with exit code ${exitCode}` : ""}`
				: `has no answer: ${[reason?.replaceAll("-", " "), detail].filter(Boolean).join(", ")}`;
	return html`<li class="${status === "pass" ? "good" : "bad"}"><b>${name}</b> ${end}, ${duration(durationMs)}${tests && html`, ${tests.passed} passed, ${tests.failed} failed, ${tests.skipped} skipped`}${hasLog(check) && html` · <a href="${log(check.log)}">output</a>`}<br><code>${run}</code>${baseNotRun && html`<br>nothing to compare with, the base has no answer: ${baseNotRun.replaceAll("-", " ")}`}</li>`;
}

function found(how: string, findings: readonly CheckFinding[], tone = ""): Markup | false {
	if (findings.length === 0) return false;
	return html`<h4 class="${tone}">${capital(how)} <small>${findings.length}</small></h4><ul class="found">${findings.slice(0, MOST).map(({ check, test, message }) => html`<li><code>${[check, test].filter((each) => each !== undefined).join(": ")}</code>${message && printed(message)}</li>`)}${more(findings.length)}</ul>`;
}

function more(all: number): Markup | false {
	return all > MOST && html`<li>and ${all - MOST} more of these</li>`;
}

/** Words as they begin a heading. */
export function capital(words: string): string {
	return words.charAt(0).toUpperCase() + words.slice(1);
}
