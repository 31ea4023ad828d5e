#!/usr/bin/env bash
# Installs what the tests need, checks the source, and runs all tests. Arguments go to `swift test`
# (hack/test.sh --filter StoryTests).
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"

need_build_tools
need_packages python3
need_kubectl
hack/check.sh
swift build "${swift_flags[@]}" --build-tests
# Not all at once: on two cores a thousand tests would only take the time from each other.
swift test "${swift_flags[@]}" --skip-build --experimental-maximum-parallelization-width 8 "$@"
# The README's first command: nothing above runs the scripts with the real kubectl from end to end.
[ $# -gt 0 ] || hack/quickstart.sh
