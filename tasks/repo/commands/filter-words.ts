/** What git and a filter have said of a file that the filter did not take. */
export interface FilterFailed {
	readonly kind: "filter-failed";
	/** The filter's name and its file, which git says of a required filter only. */
	readonly filter?: string;
	readonly file?: string;
	/** The command that git ran, where it says so. */
	readonly command?: string;
	/** The program that is not there. */
	readonly program?: string;
	readonly detail: string;
}

const REQUIRED = /^fatal: (.+): (?:smudge|clean) filter '?(.+?)'? failed$/m;
const COMMAND =
	/^error: (?:cannot (?:fork to run|feed the input to|read from) )?(?:external filter|subprocess|initialization for subprocess) '([\s\S]+?)'(?: failed| is not available|$)/m;
/** A filter that stays for many files and ends at once, or says what git does not expect; no other remote end is talked to. */
const MISUNDERSTOOD =
	/^(?:fatal: (?:the remote end hung up unexpectedly|protocol error: .*)|error: Unexpected (?:line|response|end|protocol).*)$/m;
/** What our own door says before git's words, of a filter that it has ended. */
const ENDED = /^it had (?:done nothing|run) for .+, and was ended$/m;
const NOT_THERE = [
	/^fatal: cannot run (.+): No such file or directory$/m,
	/([^\s:]+): (?:command )?not found$/m,
	/^git: '(.+)' is not a git command/m,
];

/** Reads from git's words (LC_ALL=C) that a filter has failed; git goes on with the file as it is where it is not required. */
export function readFilterFailed(stderr: string): FilterFailed | undefined {
	const required = REQUIRED.exec(stderr);
	const command = COMMAND.exec(stderr)?.[1];
	const ended = ENDED.exec(stderr)?.[0];
	if (!required && command === undefined && ended === undefined && !MISUNDERSTOOD.test(stderr)) return undefined;
	const [program, shell, subcommand] = NOT_THERE.map((pattern) => pattern.exec(stderr)?.[1]);
	const missing = program ?? shell ?? (subcommand && `git-${subcommand}`);
	return {
		kind: "filter-failed",
		...(required ? { file: required[1] ?? "", filter: required[2] ?? "" } : {}),
		...(command === undefined ? {} : { command }),
		...(missing ? { program: missing } : {}),
		detail: ended ?? stderr.trim(),
	};
}
