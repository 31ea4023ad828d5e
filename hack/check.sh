#!/usr/bin/env bash
# Runs all checks of the source, and the proof that each of them can fail.
set -euo pipefail
cd "$(dirname "$0")/.."
for check in format layers rules; do
  "hack/checks/$check.sh" . || { echo "check failed: $check" >&2; exit 1; }
done
hack/checks/prove.sh
echo "all checks passed"
