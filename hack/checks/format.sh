#!/usr/bin/env bash
# format.sh ROOT: every Swift file is as `swift format` would write it.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
answer_help "$@"
need_root "$@"
cd "$1"
swift format lint --strict --parallel --recursive --configuration .swift-format \
  Package.swift Sources Tests $([ ! -d hack ] || echo hack)
