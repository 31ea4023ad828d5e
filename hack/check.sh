#!/usr/bin/env bash
# Runs all checks of the source, and the proof that each of them can fail.
#
#   hack/check.sh
set -euo pipefail
. "$(dirname "$0")/lib.sh"
answer_help "$@"
[ $# = 0 ] || refuse "no argument is taken"
cd "$root"
for check in "${checks[@]}"; do
  "hack/checks/$check.sh" . || { echo "check failed: $check" >&2; exit 1; }
done
hack/checks/prove.sh
echo "all checks passed"
