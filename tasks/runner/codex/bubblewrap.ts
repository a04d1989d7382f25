import { mountsOfProc } from "../../system/confine/room.ts";

/** How the sandbox that Codex asks bubblewrap for is completed. */
export interface Completion {
	/** Absolute path of the bubblewrap that does the work. */
	readonly program: string;
	/** What it says to `--help`. */
	readonly help: string;
	/**
	 * Arguments for mounts on the root, below everything that Codex mounts on it. `work` in them, and what {@link secondWork} makes of it,
	 * stand for folders of each command's own.
	 */
	readonly mounts: readonly string[];
	/** A file with a filter of system calls, as bubblewrap reads it; none where there is none for this machine. */
	readonly filter?: string;
	/** A folder that takes such a folder for every command. */
	readonly work: string;
	/** How many of them are in it already, called by numbers from 1 on, and as many second ones where `mounts` have them. */
	readonly ready?: number;
	/** Folders that are hidden as a whole, and what is shown in them all the same. */
	readonly hidden: readonly string[];
	readonly shown: readonly string[];
	/** Folders that commands write, mounted over all else; and what they can't reach whatever is mounted there. */
	readonly writable: readonly string[];
	readonly denied: readonly string[];
	/** Sockets that have to be covered, beside those that the kernel lists with their whole paths. */
	readonly sockets: readonly string[];
	/** Whether the kernel lists so few that a shell reads them sooner than a program does. */
	readonly few?: boolean;
	/** A program of Codex's whose inner stage is known to be needless beside `filter`: absolute path, without links. */
	readonly needless?: string;
}

/** Lines of the kernel's list that a shell reads byte by byte in less time than a program takes to start. */
export const FEW_SOCKETS = 40;

/**
 * A program that stands on Codex's `PATH` as `bwrap`, and that Codex therefore starts for every command: a script, as nothing
 * starts quicker than a shell. What Codex asks for it hands on, with five things more:
 *
 * - mounts of its own;
 * - a cover on every socket of this machine that has a path and that somebody listens on, or takes messages on: a network
 *   namespace does not keep these away. Where commands may write, the folders that lead to it can't be renamed, which would
 *   bring it out from under its cover;
 * - the kernel's settings read-only, which bubblewrap leaves open to root, rights or none: a program to be run as root is among them. Root
 *   has all of `/proc` read-only;
 * - where Codex has taken the network away by a namespace (`--unshare-net`), it does not have its inner stage refuse sockets as
 *   well: in `--permission-profile`, `"network":"restricted"` becomes `"enabled"`. What a command can reach then is its own loopback;
 * - a filter of system calls for what namespaces don't close, such as key rings, and Codex's own filter no longer does.
 *
 * Codex's inner stage is then left out where it is known to be needless: to start that program once more for every command takes longer
 * than all of the above. Bubblewrap starts the command itself, and is what the command's processes have as their first.
 *
 * Where a Codex asks in another form, or this machine does not tell its sockets, nothing is changed, and what Codex closes stays closed
 * (docs/decisions/0039-a-sandbox-in-which-tests-run.md).
 */
export function bubblewrapScript(completion: Completion): string {
	const { program, help, mounts, filter, work, ready = 0, hidden, shown, writable, denied, sockets } = completion;
	const needless = filter === undefined ? undefined : completion.needless;
	const most = completion.few ? FEW_SOCKETS : 1;
	const listening = "' (00010000 ....|........ 0002) .* /'";
	const placeholders = new Map([
		[work, '"$work"'],
		[secondWork(work), `"$work"${SECOND}`],
	]);
	// Before each command, Codex asks for the help, and whether bubblewrap can make namespaces: both were found out before the run.
	// The words are put together in a text that is read once: to hand them on one by one copies all of them every time, and
	// the shell's own `read` takes a list of sockets byte by byte, so a long one is `grep`'s. Each program that is started for a command
	// takes it about a millisecond: none is where a shell can do it.
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
# Codex's own program may lie below /tmp, too, behind one that starts it. For a bubblewrap before 0.9 it is a name on PATH.
mount_stage=
case $stage in
${within(hidden, 'mount_stage=\'--ro-bind-try "$stage" "$stage"\'')}
esac
# A file that is there already is not made again, by any two that try at once: who makes it has the folder.
work= each=0
set -C
while [ $each -lt ${ready} ] && [ ! "$work" ]; do
	each=$((each + 1))
	{ true >${word(work)}/$each.taken; } 2>/dev/null && work=${word(work)}/$each
done
set +C
if [ ! "$work" ]; then
	work=${word(work)}/of-$$
	mkdir -p "$work" "$work"${SECOND} &
fi
at=0 listed=
while [ $at -lt ${most} ] && IFS= read -r line; do
	at=$((at + 1))
	case $line in
	*' 00010000 '????' '*' /'* | *' '????????' 0002 '*' /'*) listed="$listed$line
" ;;
	esac
done </proc/net/unix
case $at in
0) exec "$bwrap" "$@" ;;
${most}) listed=$(grep -aE ${listening} /proc/net/unix) || [ $? = 1 ] || exec "$bwrap" "$@" ;;
esac
# A shell need not know numbers of more than one digit, and Codex may have taken all of these for files that it hides.
filter=${word(filter ?? "")} fd= bash=
if [ "$filter" ]; then
	for each in 9 8 7 6 5 4 3; do [ -e /proc/self/fd/$each ] || fd=$each; done
	[ "$fd" ] || bash=$(command -v bash) || exec "$bwrap" "$@"
fi
asked=$#
at=0 part=mounts last= alone= head= middle= all= profile= inner=1 begin= known=
case $stage in
${needless === undefined ? "" : `${word(needless)}) known=1 ;;`}
esac
for arg; do
	at=$((at + 1))
	[ $at -le $asked ] || break
	given='"\${'$at'}"' of_inner=
	[ "$part$last" != mounts--argv0 ] || of_inner=1
	case $part$arg in
	mounts--as-pid-1 | mounts--argv0) of_inner=1 ;;
	mounts--unshare-net) alone=1 ;;
	mounts--)
		part=inner begin=$at
		middle=$all all=
		[ ! "$alone" ] || all='--unshare-uts --hostname localhost'
		[ ! "$filter" ] || all="$all --seccomp \${fd:-99}" ;;
	mounts/dev)
		if [ "$last" = --dev ]; then
			head="$all $given "${word(mounts.map((each) => placeholders.get(each) ?? word(each)).join(" "))}" $mount_stage"
			all= given=
		fi ;;
	mounts/proc)
		[ "$last" != --proc ] || given="$given "${word(mountsOfProc().join(" "))} ;;
	inner--)
		part=command of_inner=1
		[ ! "$known" ] || [ ! "$profile" ] || [ $((at - begin)) != 9 ] || inner= ;;
	inner*)
		of_inner=1
		case $((at - begin)):$arg in
		[1357]:* | 2:--sandbox-policy-cwd | 4:--command-cwd | 6:--permission-profile | 8:--apply-seccomp-then-exec) ;;
		*) known= ;;
		esac
		case $last:$arg in
		--permission-profile:*'"network":"restricted"}')
			if [ "$alone" ] && [ "$head" ]; then
				profile=\${arg%'"restricted"}'}'"enabled"}'
				given='"$profile"'
			fi ;;
		esac ;;
	esac
	[ ! "$of_inner" ] || given='\${inner:+'$given'}'
	all="$all $given"
	last=$arg
done
# As late as can be: one that has gone when it is to be covered keeps the command from starting.
IFS='
'
found=
${sockets.length > 0 ? "" : '[ ! "$listed" ] || '}found=$(
	for line in $listed ${sockets
		.filter((path) => !path.includes("\n"))
		.map((path) => word(` ${path}`))
		.join(" ")}; do
		path=/\${line#* /}
		[ -S "$path" ] && cd -P "\${path%/*}/" && printf '%s/%s\\n' "\${PWD%/}" "\${path##*/}"
	done 2>/dev/null
)
covers= last_covers=
for path in $found; do
	root=
	case $path in
	${within(denied, "continue")}
	${writable.map((folder) => within([folder], `root=${word(folder)}`)).join("\n\t")}
	${within(shown, "")}
	${within(hidden, "continue")}
	esac
	set -- "$@" "$path"
	cover='--ro-bind /dev/null "\${'$#'}"'
	if [ "$root" ]; then
		folder=\${path%/*}
		while [ "$folder" ] && [ "$folder" != "$root" ]; do
			set -- "$@" "$folder"
			cover='--ro-bind "\${'$#'}" "\${'$#'}" '$cover
			folder=\${folder%/*}
		done
		last_covers="$last_covers $cover"
	else
		covers="$covers $cover"
	fi
done
IFS=' '
wait
# Where memory runs out, what agents run goes first.
{ echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null
# What a command makes itself is only seen from here where it has the machine's network, and is not covered then.
[ "$alone" ] || last_covers=
all="$head $covers $middle $last_covers $all"
[ ! "$bash" ] || eval 'exec "$bash" -pc '\\''exec 99<"$0" && exec "$@"'\\'' "$filter" "$bwrap"'"$all"
[ ! "$fd" ] || all="$all $fd<\\"\\$filter\\""
eval 'exec "$bwrap"'"$all"
`;
}

/** Behind the name of a command's folder: the kernel takes one for one overlay only. */
const SECOND = ".2";

/** What stands for a second folder of each command's own, beside the one that `work` stands for. */
export function secondWork(work: string): string {
	return `${work}${SECOND}`;
}

/** A branch of a `case` for what lies in one of these folders, or is one of these. */
function within(paths: readonly string[], action: string): string {
	if (paths.length === 0) return "";
	return `${paths.flatMap((path) => [word(path), `${word(path)}/*`]).join(" | ")}) ${action} ;;`;
}

/** A word that the shell takes as it stands. */
function word(text: string): string {
	return `'${text.replaceAll("'", `'\\''`)}'`;
}
