import type { TypedProblem } from "../../../contract/problems/typed.ts";
import { didYouMean } from "../did-you-mean.ts";
import { listed, shellWord } from "../format.ts";
import type { Kinds, Message, Say } from "../say.ts";

/** The words for each TypedProblem. */
export const TYPED: Kinds<TypedProblem, Message, [Say]> = {
	usage: ({ message, nearest, task }, say) => ({
		what: message,
		remedy: didYouMean(nearest) ?? `See: ${say(task === undefined ? "--help" : `help ${task}`)}`,
	}),
	"unknown-task": ({ name, nearest }, say) => ({
		what: `There is no task or goal "${name}".`,
		remedy: didYouMean(nearest) ?? `To see them all: ${say("--list")}`,
	}),
	"unknown-target": ({ name, project, nearest }, say) => ({
		what: `"${name}" is neither a milestone nor the id of an issue${project === undefined ? "" : ` of the project "${project}"`}.`,
		remedy: didYouMean(nearest) ?? `To see what there is: ${say("discover")}`,
	}),
	"unknown-issue": ({ name, milestone, nearest }, say) => ({
		what: milestone ? `Milestone ${milestone} has no issue "${name}".` : `There is no issue "${name}".`,
		remedy:
			didYouMean(nearest) ?? `To see what there is: ${say(milestone ? `plan ${shellWord(milestone)}` : "discover")}`,
	}),
	"unknown-project": ({ name, nearest }, say) => ({
		what: `No issue belongs to a project "${name}".`,
		remedy: didYouMean(nearest) ?? `To see what there is: ${say("discover")}`,
	}),
	"several-projects": ({ milestone, projects }) => ({
		what: `Milestone ${milestone} exists in several projects: ${listed(projects)}.`,
		remedy: `Say which one: --project ${shellWord(projects[0] ?? "")}`,
	}),
	"several-issues": ({ name, ids }) => ({
		what: `Several projects have an issue "${name}": ${listed(ids)}.`,
		remedy: "Type one of these, or say which project with --project.",
	}),
	"several-milestones": ({ name, milestones }) => ({
		what: `"${name}" could be any of these milestones: ${listed(milestones)}.`,
		remedy: "Type the full name of one.",
	}),
	"folder-missing": ({ path }) => ({ what: `There is no folder ${path}.`, remedy: "Correct the path after -C." }),
};
