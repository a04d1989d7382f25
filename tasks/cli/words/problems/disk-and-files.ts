import type { FileProblem } from "../../../contract/problems/disk-and-files.ts";
import { plural, shellWord } from "../format.ts";
import { size } from "../option-values.ts";
import type { Kinds, Message, Say } from "../say.ts";

/** The words for each FileProblem. */
export const DISK_AND_FILES: Kinds<FileProblem, Message, [Say]> = {
	"disk-full": ({ path }) => ({
		what: `There is no space left for ${path}.`,
		remedy: "Free some, then type the same command again.",
	}),
	"disk-low": ({ path, free, needed }) => ({
		what: `${path} is on a disk with ${size(free)} left; a run that fills it up would be broken off. Wanted are ${size(needed)}.`,
		remedy: "Free some, or ask for less: --min-free 50M",
	}),
	"worktrees-too-large": ({ path, free, worktree, jobs, minFree }) => {
		const most = Math.floor((free - minFree) / worktree);
		const fewer = most < 1 ? "" : `, or work on fewer issues at once: -j ${most}`;
		return {
			what: `${path} is on a disk with ${size(free)} left; ${plural(jobs, "worktree")} of ${size(worktree)}${jobs > 1 ? " each" : ""} and ${size(minFree)} to spare (--min-free) don't fit.`,
			remedy: `Free some${fewer}`,
		};
	},
	"folder-unwritable": ({ path, message }) => ({
		what: `Nothing can be written in ${path}: ${UNWRITABLE[message] ?? message}.`,
		remedy: `To see what it is, and whose: ls -ld ${shellWord(path)}`,
	}),
	"file-unreadable": ({ path, message }) => ({ what: `${path} can't be read: ${message}` }),
	"file-unwritable": ({ path, message }) => ({ what: `${path} can't be written: ${message}` }),
	"output-unwritable": ({ stream, message }) => ({
		what: `What was to be said on ${stream} could not be written: ${UNWRITABLE[message] ?? message}.`,
		remedy: "Type the same command again with another place for it; what was done stays done.",
	}),
	"report-unwritable": ({ path, message }) => ({
		what: `The report ${path} can't be written: ${message}.`,
		remedy: "Name a file that can: --report-junit FILE",
	}),
	"page-unwritable": ({ path, message, target }, say) => ({
		what: `The page ${path} can't be written: ${UNWRITABLE[message] ?? message}.`,
		remedy: `To write it elsewhere: ${say(`report ${target} --out page.html`)}`,
	}),
	"record-invalid": ({ path, message }) => ({
		what: `${path} is no record of an attempt: ${message}`,
		remedy: `Put it aside: mv ${shellWord(path)} ${shellWord(`${path}.broken`)}`,
	}),
};

/** The system's codes, in words. */
const UNWRITABLE: Readonly<Record<string, string>> = {
	EACCES: "you may not",
	EPERM: "you may not",
	EROFS: "the disk is read-only",
	ENOENT: "it is a link that leads nowhere",
	ENOSPC: "there is no space left",
	EIO: "the device gives an error",
	EBADF: "it is closed",
	ELOOP: "it is a link that leads to itself",
};
