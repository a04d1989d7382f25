import { isError } from "../../contract/finding.ts";
import type { IssuePlan } from "../../contract/issue.ts";
import { Failure, type Problem } from "../../contract/problem.ts";
import type { Checked } from "../../contract/value.ts";
import type { RunReport } from "../../engine/execute.ts";
import { evidenceLines } from "../words/evidence.ts";
import { sentenceOf } from "../words/finding-words.ts";
import { paragraphOf } from "../words/problem-words.ts";
import type { Say } from "../words/say.ts";
import { issueParagraphs, problemsOf } from "../words/summary.ts";
import type { Annotation } from "./github.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

/** GitHub shows the first ten errors of a step: what broke by itself goes before what only waited for it. */
const ORDER: readonly Verdict[] = ["failed", "stopped", "cancelled", "deferred", "blocked"];

/** An annotation for every issue that is not done, at its document. An issue that was never started has none. */
export function issueAnnotations(report: RunReport<IssuePlan>, say: Say): Annotation[] {
	const found = report.issues.flatMap((issue) => {
		const { verdict, word, judged } = verdictOf(report, issue);
		if (!ORDER.includes(verdict)) return [];
		const told = [...issueParagraphs(report, issue, say), ...evidenceLines(judged, issue.logDir)];
		const message = told.join("\n") || word;
		const title = `${issue.id} ${word}`;
		return [{ verdict, annotation: { level: "error", file: issue.docPath, line: 1, title, message } as const }];
	});
	return found.sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict)).map(({ annotation }) => annotation);
}

/** An annotation for every problem of an error, at each file that it is about. */
export function errorAnnotations(error: Error, say: Say): Annotation[] {
	if (!(error instanceof Failure)) {
		return [{ level: "error", title: "orchfile", message: problemsOf(error, say).join("\n") }];
	}
	return error.problems.flatMap((problem): Annotation[] => {
		const common = { level: "error", title: "orchfile", message: paragraphOf(problem, say) } as const;
		const places = placesOf(problem);
		return places.length === 0 ? [common] : places.map((place) => ({ ...common, ...place }));
	});
}

/** An annotation for everything that a check found. */
export function checkAnnotations({ findings }: Pick<Checked, "findings">, say: Say): Annotation[] {
	return findings.map((finding) => ({
		level: isError(finding) ? "error" : "warning",
		file: finding.file,
		line: finding.line,
		title: finding.kind === "type" ? "orchfile" : "backlog",
		message: sentenceOf(finding, say),
	}));
}

/** The documents that a problem is about, relative to the repository. */
export function placesOf(problem: Problem): readonly { readonly file: string; readonly line: number }[] {
	switch (problem.kind) {
		case "document-invalid":
			return [{ file: problem.file, line: problem.line }];
		case "unknown-blocker":
		case "document-not-committed":
		case "document-gone":
		case "prompt-invalid":
			return [{ file: problem.file, line: 1 }];
		case "duplicate-id":
		case "blocker-cycle":
			return [...new Set(problem.files)].map((file) => ({ file, line: 1 }));
		default:
			return [];
	}
}
