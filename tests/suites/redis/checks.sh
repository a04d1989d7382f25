#!/bin/sh
# A test that starts a Redis of its own.
set -eu
cd "$(mktemp -d)"
redis-server --port 63790 --unixsocket /tmp/redis.socket --daemonize yes --save '' > /dev/null
trap 'redis-cli -p 63790 shutdown nosave' EXIT
until redis-cli -p 63790 ping > /dev/null 2>&1; do sleep 0.05; done
[ "$(redis-cli -h localhost -p 63790 incr counter)" = 1 ] && echo "ok: the port"
[ "$(redis-cli -s /tmp/redis.socket incr counter)" = 2 ] && echo "ok: the socket"
