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
swift test "${swift_flags[@]}" --skip-build "$@"
