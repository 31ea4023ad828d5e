#!/usr/bin/env bash
# rules.sh ROOT: what the compiler allows and this project doesn't, in Sources.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
answer_help "$@"
need_root "$@"
cd "$1"
status=0

forbid() { # WHY PATTERN PATHS...
  local why=$1 pattern=$2
  shift 2
  local found
  found=$(grep -rnE --include='*.swift' -- "$pattern" "$@" | grep -vE '^[^:]*:[0-9]*: *//' || true)
  [ -z "$found" ] && return 0
  printf '%s\n%s\n' "$why:" "$found" >&2
  status=1
}

forbid 'unstructured task: own it by a group or by something with a run()' \
  '(^|[^.A-Za-z])Task(\.detached|\.immediate)?(\([^)]*\))? *\{' Sources
forbid '@unchecked Sendable' '@unchecked +Sendable' Sources
forbid 'forced try or cast' '(try!|as!)' Sources
forbid 'placeholder' '(fatalError|preconditionFailure)\("?(TODO|not implemented|unimplemented)|// *(TODO|FIXME|HACK|XXX)' Sources
forbid 'Foundation'"'"'s JSON coders are 10 to 200 times slower than KubeModel'"'"'s' \
  'JSON(Decoder|Encoder|Serialization)\b' Sources
forbid 'a cancelled Task.sleep keeps its timer until the deadline: use Concurrency.sleep' 'Task\.sleep' Sources
forbid 'no I/O and no clock here' '(^| )import (Foundation|FoundationEssentials|NIO|AsyncHTTPClient|Dispatch)|Date\(\)|Clock\(\)' \
  Sources/Kubernetes/KubeModel Sources/TestServer/KubeSchema Sources/Skyflo/SkyfloAPI Sources/Skyflo/WorkflowEngine \
  Sources/Skyflo/LiveEvents
forbid 'await has no place in decisions' '\bawait\b' Sources/Skyflo/WorkflowEngine
exit $status
