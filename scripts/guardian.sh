#!/bin/sh
# Waits until the supervisor is gone, however it ended, then stops the process groups it left behind.
# The first argument is a file with one "group signal" pair per line.
cat >/dev/null
each() {
  while read -r group signal; do
    kill -s "${1:-${signal#SIG}}" -- "-$group" 2>/dev/null && found=yes
  done <"$pids"
}
pids=$1
[ -s "$pids" ] || exit 0
each
tries=0
while [ "$tries" -lt 30 ]; do
  found=no
  each 0
  [ "$found" = no ] && exit 0
  sleep 0.5
  tries=$((tries + 1))
done
each KILL
