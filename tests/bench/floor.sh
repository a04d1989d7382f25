#!/usr/bin/env bash
# The floor: the least that takes issues through an agent, with the very command lines that the orchfile gives Codex.
# Five processes an issue, none of its own: git worktree add, codex, git add, git commit, git worktree remove.
#
# usage: floor.sh REPOSITORY PLAN [LOCK]
#   PLAN  a folder an issue, with what was recorded: command (ended by NULs), prompt, tmp/
#   LOCK  a file that keeps others from git's list of worktrees: side by side, some of `git worktree add` fail
set -euo pipefail
repository=$1 plan=$2 lock=${3-}

worktree() {
	if [[ $lock ]]; then
		flock "$lock" git -C "$repository" worktree "$@"
	else
		git -C "$repository" worktree "$@"
	fi
}

for issue in "$plan"/*; do
	id=${issue##*/}
	path=$repository.worktrees/$id
	mapfile -d '' -t command <"$issue/command"
	worktree add -q -b "issue/$id" "$path" main
	TMPDIR=$issue/tmp/runner "${command[@]}" <"$issue/prompt" >"$issue/events" 2>"$issue/errors"
	git -C "$path" add -A
	git -C "$path" commit -q -m "$id"
	worktree remove "$path"
	echo "$id"
done
