#!/usr/bin/env bash
# Proves that each check can fail: plants a fault in a copy of the source and expects the check to find it.
#
#   hack/checks/prove.sh
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
answer_help "$@"
[ $# = 0 ] || refuse "no argument is taken"
cd "$root"
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

fresh() {
  rm -rf "${copy:?}"/*
  mkdir -p "$copy"
  cp -r Package.swift .swift-format Sources Tests "$copy"/
}

must_fail() { # CHECK WHAT
  if "hack/checks/$1.sh" "$copy" >/dev/null 2>&1; then
    echo "the check $1 doesn't find $2" >&2
    exit 1
  fi
}

for script in hack/checks/*.sh; do
  name=$(basename "$script" .sh)
  [[ $name = prove || " ${checks[*]} " = *" $name "* ]] || { echo "the check $name is not in the list" >&2; exit 1; }
done

# Without a fault each passes, so that what fails below fails for the fault.
fresh
for check in "${checks[@]}"; do
  "hack/checks/$check.sh" "$copy" || { echo "the check $check fails without a fault" >&2; exit 1; }
done

printf 'let  x=1\n' >"$copy/Sources/Skyflo/WorkflowEngine/Planted.swift"
must_fail format 'a badly formatted file'

fresh
for number in {1..200}; do
  printf 'func planted%s(_ a: Int, _ b: Int, _ c: Int) {}\n' "$number"
done >"$copy/Sources/Skyflo/WorkflowEngine/Planted.swift"
must_fail labels 'functions without labels'

fresh
printf 'struct Informer {}\n' >"$copy/Sources/Skyflo/WorkflowEngine/Planted.swift"
must_fail names 'a type that another target has'

fresh
sed -i 's/library("SkyfloAPI", in: "Skyflo", \["KubeModel"\]/library("SkyfloAPI", in: "Skyflo", ["KubeModel", "KubeClient"]/' "$copy/Package.swift"
must_fail layers 'a dependency on a sibling'
fresh
sed -i 's/library("SkyfloAPI", in: "Skyflo", \["KubeModel"\]/library("SkyfloAPI", in: "Skyflo", ["KubeModel", log]/' "$copy/Package.swift"
must_fail layers 'a library with I/O under a pure target'
fresh
sed -i 's/\.target(name: "LocalCluster", condition: .*Playground"\]))/"LocalCluster"/' "$copy/Package.swift"
must_fail layers 'the API server in the image'

script() { # WHAT LINE
  fresh
  mkdir "$copy/hack"
  printf '#!/usr/bin/env bash\n%s\n' "$2" >"$copy/hack/planted"
  chmod +x "$copy/hack/planted"
  must_fail scripts "$1"
}
script 'a script without --help' 'exit 2'
script 'a script that takes any option' 'echo help'

plant() { # WHAT FILE LINE
  fresh
  printf '%s\n' "$3" >"$copy/Sources/Skyflo/$2/Planted.swift"
  must_fail rules "$1"
}
plant 'a bare task' Controllers 'func f() { Task { print(1) } }'
plant 'a detached task' Controllers 'func f() { Task.detached(priority: nil) { print(1) } }'
plant '@unchecked Sendable' Controllers 'final class A: @unchecked Sendable {}'
plant 'a forced try' Controllers 'let x = try! f()'
plant 'a TODO' Controllers 'let x = 1  // TODO: more'
plant 'a JSON coder' Controllers 'let x = JSONDecoder()'
plant 'Foundation in the engine' WorkflowEngine 'import Foundation'
plant 'Task.sleep' Controllers 'func f() async throws { try await Task.sleep(for: .seconds(1)) }'
plant 'await in the engine' WorkflowEngine 'func f() async { await g() }'
