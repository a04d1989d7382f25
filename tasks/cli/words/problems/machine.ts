import type { MachineProblem } from "../../../contract/problems/machine.ts";
import { oneLine } from "../format.ts";
import type { Kinds, Message, Say } from "../say.ts";

/** The words for each MachineProblem. */
export const MACHINE: Kinds<MachineProblem, Message, [Say]> = {
	"program-missing": ({ name }) => ({
		what: `${name} was not found in any absolute folder of PATH.`,
		remedy: `Install ${name}, or add its folder to PATH.`,
	}),
	"git-too-old": ({ found, needed }) => ({
		what: `git is ${found}; ${needed} or later is needed.`,
		remedy: "Update git.",
	}),
	"node-too-old": ({ found, needed }) => ({
		what: `Node is ${found}; ${needed} or later is needed.`,
		remedy: "Update Node, or use a version manager: nvm install --lts",
	}),
	defect: ({ message }) => ({ what: `It broke off: ${oneLine(message, 300)}` }),
	unexpected: ({ message }) => ({ what: `It could not be found out: ${message}` }),
};
