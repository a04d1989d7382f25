import type { ConfinementReason, MachineProblem } from "../../../contract/problems/machine.ts";
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
	"confinement-unavailable": ({ reason, message }) => ({
		what: `Checks can't be confined: ${WHY[reason]}${message === "" ? "" : `: ${oneLine(message, 300)}`}.`,
		remedy: REMEDIES[reason],
	}),
	defect: ({ message }) => ({ what: `It broke off: ${oneLine(message, 300)}` }),
	unexpected: ({ message }) => ({ what: `It could not be found out: ${message}` }),
};

const WHY: Readonly<Record<ConfinementReason, string>> = {
	missing: "there is no bubblewrap",
	architecture: "bubblewrap is not tried out on this kind of processor",
	namespaces: "the kernel lets nobody but root make user namespaces",
	"too-few": "the kernel makes no more user namespaces",
	container: "this container makes no user namespaces",
	apparmor: "AppArmor gives user namespaces no rights",
	proc: "this container covers parts of /proc, and a new one can't be mounted",
	leaks: "bubblewrap starts, but does not keep what it should",
	other: "bubblewrap does not start",
};

/** Docker's words, which Podman knows as well. */
const CONTAINER = `Start the container with:
--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined`;

const REMEDIES: Readonly<Record<ConfinementReason, string>> = {
	missing: "Install bubblewrap: sudo apt-get install bubblewrap",
	architecture: "Use a machine with x64 or arm64.",
	namespaces: "Type: sudo sysctl -w kernel.unprivileged_userns_clone=1",
	"too-few": "Type: sudo sysctl -w user.max_user_namespaces=15000",
	container: CONTAINER,
	apparmor: `Give bubblewrap an AppArmor profile with "userns,", or let every program have them:
sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`,
	proc: CONTAINER,
	leaks: "Use another bubblewrap: sudo apt-get install bubblewrap",
	other: "Update bubblewrap: sudo apt-get install bubblewrap",
};
