#!/usr/bin/env bash
# Installs what the tests need, checks the source, and runs all tests and the short form of every other script of hack/, on the
# debug build. What continuous integration runs.
#
#   hack/test.sh [--filter PATTERN | --skip PATTERN | --no-parallel]...    only these tests; options of swift test
#   hack/test.sh --peers                                                   all of it, and then, before an issue is closed:
#
# release builds, the benchmarks and fuzz targets on them, a thousand conversations with crashes, the Python client of
# Kubernetes against the playground, three of Jenkins against the Jenkins of the tests, Debian's Prometheus and Alertmanager,
# croniter beside schedules, two of GitHub and GitLab against those of the tests, MCP clients and servers against the
# playground, the SDKs of model providers against recorded streams, ten conversations with a small language model (from PyPI,
# into a folder that goes after), and, where SKYFLO_TEST_KUBECONFIG names the kubeconfig of a real API server, turns against it
# (the tests above use it as well). That takes more than an hour.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
answer_help "$@"

peers=
options=()
while [ $# -gt 0 ]; do
  case $1 in
    --peers) peers=1 ;;
    --no-parallel) options+=("$1") ;;
    --filter | --skip)
      [ $# -ge 2 ] || refuse "$1 needs a pattern"
      options+=("$1" "$2")
      shift
      ;;
    *) refuse "there is no option $1" ;;
  esac
  shift
done
[ -z "$peers" ] || [ ${#options[@]} = 0 ] || refuse "--peers runs all tests"
cd "$root"

need_build_tools
need_packages python3 curl
need_kubectl
hack/check.sh
swift build "${swift_flags[@]}" --build-tests
# Not all at once: on two cores a thousand tests would only take the time from each other.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! swift test "${swift_flags[@]}" --skip-build --experimental-maximum-parallelization-width 8 \
  ${options[@]+"${options[@]}"} 2>&1 | tee "$log"; then
  # Of a long output often only the end is kept, and a failure is said where it happened.
  printf '\nWhat failed:\n'
  grep -A 5 -E '✘ .*recorded an issue|error:|Fatal error' "$log" | cut -c 1-600 | tail -n 100 || true
  die "the tests failed"
fi
[ ${#options[@]} = 0 ] || exit 0

run() {
  printf '\n$ %s\n' "$*"
  local start=$SECONDS
  "$@" || die "$* failed"
  printf '(%s s)\n' $((SECONDS - start))
}

# Nothing above runs the scripts, the first of which is the README's first command. What they do is tested above already
# (CrashTests, FuzzTests): a script that nobody runs stops working unseen.
export SKYFLO_IS_BUILT=1
run hack/quickstart.sh
run hack/bench/turn --short
run hack/bench/cluster --short
run hack/bench/kube --short
run hack/bench/tools --short
run hack/bench/helm --short
run hack/bench/live --short
run hack/fuzz/fuzz --short
run hack/crash.sh --short
run hack/peers/jenkins --short
run hack/peers/mcp --short
run hack/peers/mcp-client --short
run hack/peers/prometheus --short
run hack/peers/metrics --short
run hack/peers/websocket --short
run hack/peers/web --short
run hack/peers/git-hosts --short
run hack/peers/helm-charts --short
run hack/peers/alertmanager --short
run hack/peers/cron --short
run hack/peers/otlp --short
run hack/peers/install --short
run hack/peers/argocd --short
[ -n "$peers" ] || exit 0

run swift build -c release "${swift_flags[@]}"
run hack/bench/turn
run hack/bench/cluster
run hack/bench/kube
run hack/bench/tools
run hack/bench/live
run hack/bench/mcp
run hack/bench/helm --sdk
run hack/fuzz/fuzz 10
run hack/crash.sh 1000
run hack/peers/helm
run hack/peers/helm-releases
run hack/peers/helm-changes
run hack/peers/helm-charts
run hack/peers/python
run hack/peers/web
run hack/peers/tokens
run hack/peers/openai
run hack/peers/model-sdks
run hack/peers/litellm
run hack/peers/jenkins
run hack/peers/mcp
run hack/peers/mcp-client
run hack/peers/prometheus
run hack/peers/metrics
run hack/peers/websocket
run hack/peers/git-hosts
run hack/peers/alertmanager
run hack/peers/cron
run hack/peers/otlp
run hack/peers/install
run hack/peers/argocd
run hack/real-model
if [ -n "${SKYFLO_TEST_KUBECONFIG:-}" ]; then
  BENCH_KUBECONFIG=$SKYFLO_TEST_KUBECONFIG run hack/bench/turn 10 4
else
  echo "no real API server was tried: SKYFLO_TEST_KUBECONFIG is not set"
fi
