#!/bin/sh
# Runs a command, prints a dot for each second until it ends, and then its seconds: with-dots.sh TEXT COMMAND [ARGUMENT…].
# What the command prints follows only if it fails.
text=$1
shift
output=$(mktemp)
trap 'rm -f "$output"' EXIT
since=$(date +%s)
printf '%s ' "$text"
"$@" >"$output" 2>&1 &
while kill -0 $! 2>/dev/null; do
  printf .
  sleep 1
done
wait $!
status=$?
echo " $(($(date +%s) - since)) s"
[ $status -eq 0 ] || cat "$output"
exit $status
