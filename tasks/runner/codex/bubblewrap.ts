/** How the sandbox that Codex asks bubblewrap for is completed. */
export interface Completion {
	/** Absolute path of the bubblewrap that does the work. */
	readonly program: string;
	/** What it says to `--help`. */
	readonly help: string;
	/** Arguments for mounts on the root, below everything that Codex mounts on it. `work` in them stands for a folder of each command's own. */
	readonly mounts: readonly string[];
	/** A file with a filter of system calls, as bubblewrap reads it; none where there is none for this machine. */
	readonly filter?: string;
	/** A folder that takes such a folder for every command. */
	readonly work: string;
	/** Folders in which sockets are not covered: they are hidden as a whole, or hold what the agent itself has made. */
	readonly uncovered: readonly string[];
}

/**
 * A program that stands on Codex's `PATH` as `bwrap`, and that Codex therefore starts for every command: a script, as nothing
 * starts quicker than a shell. What Codex asks for it hands on, with five things more:
 *
 * - mounts of its own;
 * - a cover on every socket of this machine that has a path and that somebody listens on, or takes messages on: a network
 *   namespace does not keep these away;
 * - the kernel's settings read-only, which bubblewrap leaves open to root, rights or none: a program to be run as root is among them;
 * - where Codex has taken the network away by a namespace (`--unshare-net`), it does not have its inner stage refuse sockets as
 *   well: in `--permission-profile`, `"network":"restricted"` becomes `"enabled"`. What a command can reach then is its own loopback;
 * - a filter of system calls for what namespaces don't close, such as key rings, and Codex's own filter no longer does.
 *
 * Where a Codex asks in another form, nothing is changed, and what Codex closes stays closed
 * (docs/decisions/0040-a-sandbox-in-which-tests-run.md).
 */
export function bubblewrapScript({ program, help, mounts, filter, work, uncovered }: Completion): string {
	// Before each command, Codex asks for the help, and whether bubblewrap can make namespaces: both were found out before the run.
	// The words are put together in a text that is read once: to hand them on one by one copies all of them every time, and
	// the shell's own `read` takes the list of sockets byte by byte.
	return `#!/bin/sh
set -f
bwrap=${word(program)}
[ "$*" != --help ] || { printf '%s\\n' ${word(help)}; exit; }
staged= stage= last=
for arg; do
	[ "$arg" != --apply-seccomp-then-exec ] || staged=1
	[ "$last" != -- ] || stage=\${stage:-$arg}
	last=$arg
done
case $staged:$arg in
:/usr/bin/true | :/bin/true) exit ;;
:*) exec "$bwrap" "$@" ;;
esac
# Codex's own program may lie below /tmp, too, behind one that starts it.
case $stage in /*) ;; *) stage=/dev/null ;; esac
work=${word(work)}/$$
mkdir "$work" &
asked=$#
IFS='
'
covers=
for line in $(grep -aE ' (00010000 ....|........ 0002) .* /' /proc/net/unix); do
	path=/\${line#* /}
	case $path in
	${uncovered.map((folder) => `${word(folder)}/*`).join(" | ")}) continue ;;
	esac
	[ -S "$path" ] || continue
	folder=$(cd -P "\${path%/*}/" && pwd -P) || continue
	set -- "$@" "$folder/\${path##*/}"
	covers=$covers' --ro-bind /dev/null "\${'$#'}"'
done
IFS=' '
at=0 part=mounts last= alone= all= profile=
for arg; do
	at=$((at + 1))
	[ $at -le $asked ] || break
	all=$all' "\${'$at'}"'
	case $part:$last:$arg in
	mounts:--dev:/dev)
		all="$all $covers "${word(mounts.map((each) => (each === work ? '"$work"' : word(each))).join(" "))}' --ro-bind-try "$stage" "$stage"'
		arg= ;;
	mounts:--proc:/proc)
		all="$all --ro-bind /proc/sys /proc/sys"
		arg= ;;
	mounts:*:--) part=inner ;;
	mounts:*:--unshare-net) alone=1 ;;
	inner:*:--) part=command ;;
	inner:--permission-profile:*'"network":"restricted"}')
		if [ "$alone" ]; then
			profile=\${arg%'"restricted"}'}'"enabled"}'
			all=\${all% *}' "$profile"'
		fi ;;
	esac
	last=$arg
done
wait
${filter === undefined ? `eval 'exec "$bwrap"'"$all"` : `filter=${word(filter)}\neval 'exec "$bwrap" --seccomp 9'"$all"' 9<"$filter"'`}
`;
}

/** A word that the shell takes as it stands. */
function word(text: string): string {
	return `'${text.replaceAll("'", `'\\''`)}'`;
}
