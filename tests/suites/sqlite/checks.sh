#!/bin/sh
# A database in a file, written by two at once.
set -eu
file=$(mktemp -d)/database
sqlite3 "$file" 'pragma journal_mode=wal; create table t (n);' > /dev/null
sqlite3 -cmd '.timeout 5000' "$file" 'insert into t values (1);' &
sqlite3 -cmd '.timeout 5000' "$file" 'insert into t values (2);'
wait
[ "$(sqlite3 "$file" 'select sum(n) from t')" = 3 ] && echo "ok: two writers"
