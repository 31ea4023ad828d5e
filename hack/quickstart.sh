#!/usr/bin/env bash
# Builds skyflo and runs its main job for real: a local API server and the operator in one process, real kubectl, no key, no
# network. Ends by itself and leaves nothing behind. Any step that doesn't do what it says makes it fail. It has no shorter
# form: it takes seconds, on the debug build.
#
#   hack/quickstart.sh
set -euo pipefail
. "$(dirname "$0")/lib.sh"
answer_help "$@"
[ $# = 0 ] || refuse "no argument is taken"
cd "$root"

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }

need_build_tools
need_kubectl

say "Building"
swift_build "${swift_flags[@]}" --product skyflo
skyflo=$(swift_build "${swift_flags[@]}" --show-bin-path)/skyflo

work=$(mktemp -d)
playground=
watcher=
cleanup() {
  status=$?
  for process in $watcher $playground; do
    kill "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  if [ $status -ne 0 ] && [ -s "$work/log" ]; then
    echo "The playground's log:" >&2
    tail -n 30 "$work/log" >&2
  fi
  rm -rf "$work"
  exit $status
}
trap cleanup EXIT
trap 'exit 130' INT TERM

say "Starting the playground: an API server on loopback, and the operator"
export KUBECONFIG=$work/kubeconfig
"$skyflo" playground --kubeconfig "$KUBECONFIG" >"$work/log" 2>&1 &
playground=$!
for _ in $(seq 300); do
  [ -s "$KUBECONFIG" ] && break
  kill -0 $playground 2>/dev/null || die "the playground ended"
  sleep 0.1
done
run kubectl version

say "A small shop: three deployments, one of them broken"
run kubectl apply -f config/samples/shop/0-shop.yaml -f config/samples/shop/1-copilot.yaml
run kubectl -n shop rollout status deployment/web --timeout=30s
run kubectl -n shop get deployments

say "Asking for a change"
cat config/samples/shop/scale-web.yaml
# Shows every phase from here on, so it has to be there first.
kubectl -n shop get conversations -w &
watcher=$!
sleep 1
run kubectl apply -f config/samples/shop/scale-web.yaml
run kubectl -n shop wait --for=condition=ApprovalRequired conversation/scale-web --timeout=30s
call=$(kubectl -n shop get conversation scale-web -o 'go-template={{range $id, $_ := .status.approvals}}{{$id}}{{"\n"}}{{end}}' | tail -n 1)
[ -n "$call" ] || die "no approval is pending"
[ "$(kubectl -n shop get deployment web -o jsonpath='{.spec.replicas}')" = 2 ] || die "it was changed without approval"

say "Nothing has happened yet. What it wants to do, and the exact effect:"
kubectl -n shop get conversation scale-web -o "go-template={{with index .status.approvals \"$call\"}}{{.summary}}
risk {{.risk}}, digest {{.digest}}
{{.preview}}{{end}}"

say "Approving it, as who we are: the admission policy takes no other name"
me=$(kubectl auth whoami -o jsonpath='{.status.userInfo.username}')
run kubectl -n shop patch conversation scale-web --subresource=status --type=merge \
  -p "{\"status\":{\"approvals\":{\"$call\":{\"decision\":\"Approved\",\"decidedBy\":\"$me\"}}}}"
run kubectl -n shop wait --for=condition=Completed conversation/scale-web --timeout=60s
kill $watcher 2>/dev/null || true
wait $watcher 2>/dev/null || true
watcher=

say "The answer"
kubectl -n shop get conversation scale-web -o jsonpath='{.status.answer}{"\n"}'
run kubectl -n shop get deployment web
replicas=$(kubectl -n shop get deployment web -o jsonpath='{.spec.replicas} {.status.readyReplicas}')
[ "$replicas" = "3 3" ] || die "web has not 3 ready replicas but: $replicas"
verified=$(kubectl -n shop get conversation scale-web -o jsonpath='{.status.verification[*].result}')
[[ $verified =~ ^Passed(\ Passed)*$ ]] || die "the change was not verified: $verified"

say "A question about the broken deployment; reading needs no approval"
tail -n 2 config/samples/shop/why-cart.yaml
run kubectl apply -f config/samples/shop/why-cart.yaml
run kubectl -n shop wait --for=condition=Completed conversation/why-cart --timeout=60s
answer=$(kubectl -n shop get conversation why-cart -o jsonpath='{.status.answer}')
printf '%s\n' "$answer"
grep -q 'ImagePull' <<<"$answer" || die "the answer doesn't name the cause"

say "Done. To play on, in one terminal:"
cat <<EOF
  ${skyflo#"$root"/} playground
and in another:
  export KUBECONFIG=$root/skyflo-playground.kubeconfig
  kubectl apply -f config/samples/shop/0-shop.yaml -f config/samples/shop/1-copilot.yaml -f config/samples/shop/scale-web.yaml
  kubectl -n shop get conversations -w
EOF
