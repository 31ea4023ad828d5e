#!/usr/bin/env bash
# Copies the manifests that the chart is made of into config/chart/manifests: a chart has to be whole by itself, and a package
# follows no links. A test (ChartManifestTests) fails where what is committed differs.
#
#   hack/chart.sh
set -euo pipefail
. "$(dirname "$0")/lib.sh"
answer_help "$@"
[ $# = 0 ] || refuse "no argument is taken"
cd "$root"
rm -rf config/chart/manifests
mkdir config/chart/manifests
cp crds/*.yaml rbac/*.yaml rbac/optional/*.yaml config/admission/*.yaml config/chart/manifests/
for file in deployment disruption-budget network-policy service; do
  cp "config/manager/$file.yaml" config/chart/manifests/
done
