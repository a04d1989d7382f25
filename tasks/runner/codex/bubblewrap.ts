/** How the sandbox that Codex asks bubblewrap for is completed. */
export interface Completion {
	/** Absolute path of the bubblewrap that does the work. */
	readonly program: string;
	/** Arguments for mounts on the root, below everything that Codex mounts on it. `work` in them stands for a folder of each command's own. */
	readonly mounts: readonly string[];
	/** A folder that takes such a folder for every command. */
	readonly work: string;
	/** Folders in which sockets are not covered: they are hidden as a whole, or hold what the agent itself has made. */
	readonly uncovered: readonly string[];
}

/**
 * A program that stands on Codex's `PATH` as `bwrap`, and that Codex therefore starts for every command: a script, as nothing
 * starts quicker than a shell. What Codex asks for it hands on, with four things more:
 *
 * - mounts of its own;
 * - a cover on every socket of this machine that has a path and that somebody listens on, or takes messages on: a network
 *   namespace does not keep these away;
 * - the kernel's settings read-only, which bubblewrap leaves open to root, rights or none: a program to be run as root is among them;
 * - where Codex has taken the network away by a namespace (`--unshare-net`), it does not have its inner stage refuse sockets as
 *   well: in `--permission-profile`, `"network":"restricted"` becomes `"enabled"`. What a command can reach then is its own loopback.
 *
 * Where a Codex asks in another form, nothing is changed, and what Codex closes stays closed
 * (docs/decisions/0040-a-sandbox-in-which-tests-run.md).
 */
export function bubblewrapScript({ program, mounts, work, uncovered }: Completion): string {
	return `#!/bin/sh
set -f
bwrap=${word(program)}
staged=
for arg; do [ "$arg" != --apply-seccomp-then-exec ] || staged=1; done
[ "$staged" ] || exec "$bwrap" "$@"
work=${word(work)}/$$
mkdir -p "$work"
part=mounts last= alone= left=$#
while [ "$left" -gt 0 ]; do
	arg=$1 left=$((left - 1))
	shift
	case $part:$last:$arg in
	mounts:--dev:/dev)
		set -- "$@" /dev
		while read -r _ _ _ flags type _ _ path; do
			[ "$flags" = 00010000 ] || [ "$type" = 0002 ] || continue
			case $path in
			${uncovered.map((folder) => `${word(folder)}/*`).join(" | ")}) continue ;;
			/*) [ -S "$path" ] || continue ;;
			*) continue ;;
			esac
			folder=$(cd -P "\${path%/*}/" && pwd -P) || continue
			set -- "$@" --ro-bind /dev/null "$folder/\${path##*/}"
		done < /proc/net/unix
		set -- "$@" ${mounts.map((each) => (each === work ? '"$work"' : word(each))).join(" ")}
		last=
		continue ;;
	mounts:--proc:/proc)
		set -- "$@" /proc --ro-bind /proc/sys /proc/sys
		last=
		continue ;;
	mounts:*:--) part=inner ;;
	mounts:*:--unshare-net) alone=1 ;;
	inner:*:--) part=command ;;
	inner:--permission-profile:*'"network":"restricted"}')
		[ ! "$alone" ] || arg=\${arg%'"restricted"}'}'"enabled"}' ;;
	esac
	set -- "$@" "$arg"
	last=$arg
done
exec "$bwrap" "$@"
`;
}

/** A word that the shell takes as it stands. */
function word(text: string): string {
	return `'${text.replaceAll("'", `'\\''`)}'`;
}
