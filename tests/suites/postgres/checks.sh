#!/bin/sh
# A test that starts a database of its own: with a socket, on a port, in a folder for temporary files.
set -eu
data=$(mktemp -d)/data
initdb -D "$data" --auth=trust --no-sync -U tester > "$data.log"
pg_ctl -D "$data" -w -l "$data.log" -o "-k /tmp -p 54321" start > /dev/null
trap 'pg_ctl -D "$data" -m immediate stop > /dev/null' EXIT
[ "$(psql -h /tmp -p 54321 -U tester postgres -Atc 'select 6 * 7')" = 42 ] && echo "ok: a query through the socket"
[ "$(psql -h localhost -p 54321 -U tester postgres -Atc 'select 6 * 7')" = 42 ] && echo "ok: a query through the port"
pgbench -h localhost -p 54321 -U tester -i -q postgres 2> /dev/null && pgbench -h localhost -p 54321 -U tester -c 4 -t 10 postgres > /dev/null 2>&1 && echo "ok: several at once"
