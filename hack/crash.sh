#!/usr/bin/env bash
# Lets conversations run while their workers die, stand still, lose answers and are overtaken, and counts what came of it.
#
#   hack/crash.sh [--short] [RUNS [SEED]]
#
# Runs RUNS conversations (10000; 10 with --short) whose workers meet faults at requests that are drawn from SEED (by default
# a new one): the worker dies before or after the request, stands still and goes on when another has taken its place, meets
# another worker, loses the answer, is refused or throttled; or a person stops the conversation. After that it kills the real
# operator's process RUNS/50 times at moments that are drawn, and lets one stand still until another has taken over.
#
# Prints how many runs there were, how many workers died, and how many writes were executed, lost, done twice, unapproved,
# begun after a stop, or ended as unknown. Fails when one was lost, done twice, unapproved or begun after a stop, or when
# the conversation says something else than what was done.
#
# CI runs a sample of the same (CrashTests, ProcessCrashTests).
set -euo pipefail
. "$(dirname "$0")/lib.sh"
answer_help "$@"
runs=10000 seed=$RANDOM
if [ "${1:-}" = --short ]; then
  shift
  # Always the same: CI fails for no course of events that nobody has seen.
  runs=10 seed=1
fi
[ $# -le 2 ] || refuse "there are two arguments at most"
runs=${1:-$runs}
seed=${2:-$seed}
need_number RUNS "$runs"
[[ $seed =~ ^[0-9]+$ ]] || refuse "SEED is a number, not \"$seed\""

cd "$root"
need_build_tools
swift_build "${swift_flags[@]}" --build-tests
printf '%s runs, seed %s\n' "$runs" "$seed"
export SKYFLO_CRASH_RUNS=$runs SKYFLO_CRASH_SEED=$seed SKYFLO_CRASH_KILLS=$(((runs + 49) / 50))
swift test "${swift_flags[@]}" --skip-build --no-parallel --filter 'StoryTests.(Process)?CrashTests'
