import type { OrchfileProblem } from "../../../contract/problems/orchfile.ts";
import { PACKAGE_ROOT } from "../../../system/package-root.ts";
import { didYouMean } from "../did-you-mean.ts";
import { installCommand } from "../format.ts";
import type { Kinds, Message, Say } from "../say.ts";

/** The words for each OrchfileProblem. */
export const ORCHFILE: Kinds<OrchfileProblem, Message, [Say]> = {
	"no-orchfile": ({ folder, nearest }, say) => ({
		what: `There is no orchfile.ts in ${folder}, nor above it up to the top of its repository.`,
		remedy: `${nearest.length > 0 ? `${didYouMean(nearest)} ` : ""}To have one written: ${say("init")}`,
	}),
	"orchfile-broken": ({ path, message, needsPackage }) => ({
		what: `${path} can't be loaded: ${message}`,
		remedy: needsPackage ? `Install what it imports: ${installCommand(PACKAGE_ROOT)}` : undefined,
	}),
	"orchfile-idle": ({ path }) => ({
		what: `${path} does nothing: it does not call main with its own address.`,
		remedy: "Let it end with: await main(graph, import.meta.url);",
	}),
	"layout-invalid": ({ key, value, expected }) => ({
		what: `The orchfile's layout.${key} is ${value}; expected ${expected}.`,
	}),
	"commit-invalid": ({ key, value, expected }) => ({
		what: `The orchfile's ${["commit", key].filter(Boolean).join(".")} is ${value}; expected ${expected}.`,
	}),
	refused: ({ message, remedy }) => ({ what: message, remedy }),
};
