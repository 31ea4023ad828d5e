#!/usr/bin/env bash
# Writes what is made from the tools: rbac/tools.yaml, and the tables of tools in USER_GUIDE.md (between <!-- tools TOOLSET -->
# and <!-- end -->). A test (GeneratedDocumentTests) fails where what is committed differs.
#
#   hack/tools.sh            build skyflo, and write
#   hack/tools.sh PROGRAM    with a skyflo that is built already
set -euo pipefail
. "$(dirname "$0")/lib.sh"
answer_help "$@"
[ $# -le 1 ] || refuse "the program is the only argument"
case ${1:-} in -*) refuse "there is no option $1" ;; esac
cd "$root"
program=${1:-}
if [ -z "$program" ]; then
  need_build_tools
  swift_build "${swift_flags[@]}" --product skyflo
  program=$(swift build "${swift_flags[@]}" --show-bin-path)/skyflo
fi
"$program" tools -o roles >rbac/tools.yaml.new
mv rbac/tools.yaml.new rbac/tools.yaml
for toolset in $(sed -n 's/^<!-- tools \([a-z]*\) -->$/\1/p' USER_GUIDE.md); do
  "$program" tools -o markdown --toolset "$toolset" >.tools.md
  awk -v begin="<!-- tools $toolset -->" '
    $0 == begin { print; while ((getline line < ".tools.md") > 0) print line; skip = 1; next }
    $0 == "<!-- end -->" { skip = 0 }
    !skip { print }
  ' USER_GUIDE.md >.guide.md
  mv .guide.md USER_GUIDE.md
  rm -f .tools.md
done
