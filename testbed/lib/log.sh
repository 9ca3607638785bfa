# shellcheck shell=bash
# One line per step with the time it took; what a step prints goes to the log, of which a failure shows the end.

STARTED=$(date +%s%N)
UP_LOG=$LOG/up.log

seconds_since() { local ms=$((($(date +%s%N) - $1) / 1000000)); printf '%d.%d' $((ms / 1000)) $((ms % 1000 / 100)); }

say() { printf '[%6s s] %s\n' "$(seconds_since "$STARTED")" "$*"; }

# step WHAT COMMAND...  Not to be called in a condition: bash would switch off errexit within.
step() {
  local what=$1 began code
  shift
  began=$(date +%s%N)
  mkdir -p "$LOG"
  printf '[%6s s] %s ... ' "$(seconds_since "$STARTED")" "$what"
  printf '\n== %s\n' "$what" >>"$UP_LOG"
  # In the background, so that a signal is answered at once, and in the testbed's cgroup, so that `down` finds what is
  # left of it when `up` is killed. Without the lock, for which `down` would wait.
  (
    set -e
    if [ "$1" != box_remove ]; then cgroup_join steps; fi
    "$@"
  ) >>"$UP_LOG" 2>&1 </dev/null 9>&- &
  code=0
  wait $! || code=$?
  if [ $code = 0 ]; then printf '%s s\n' "$(seconds_since "$began")"; return 0; fi
  printf 'FAILED\n'
  { echo "--- the end of $UP_LOG (each part's own log is beside it; testbed/down cleans up):"; tail -n 25 "$UP_LOG"; } >&2
  exit 1
}

# until_ok SECONDS COMMAND...: tries until the command succeeds.
until_ok() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    if [ $SECONDS -ge $deadline ]; then echo "timed out: $*" >&2; return 1; fi
    sleep 0.1
  done
}
