#!/usr/bin/env bash
# scripts.sh ROOT: every script of hack/ answers --help, and refuses an option that it doesn't know with status 2, before it
# does anything.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
answer_help "$@"
need_root "$@"
cd "$1"
[ -d hack ] || exit 0
status=0
fault() {
  printf '%s %s\n' "$1" "$2" >&2
  status=1
}
while IFS= read -r script; do
  help=$(timeout 20 "$script" --help </dev/null 2>/dev/null) || fault "$script" "doesn't answer --help"
  [ -n "$help" ] || fault "$script" "says nothing for --help"
  code=0
  timeout 20 "$script" --no-such-option </dev/null >/dev/null 2>&1 || code=$?
  [ $code = 2 ] || fault "$script" "takes --no-such-option (status $code)"
done < <(find hack -type f -perm -u+x | sort)
exit $status
