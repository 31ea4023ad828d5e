#!/usr/bin/env bash
# layers.sh ROOT: dependencies of targets point down only, siblings don't know each other, and what has to be free of I/O
# links nothing that does any.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
answer_help "$@"
need_root "$@"
cd "$1"
swift package dump-package | python3 -c '
import json, sys

layers = {
    "CLibYAML": -1, "CZlib": -1,
    "KubeModel": 0, "Concurrency": 0, "HTTPTransport": 0,
    "KubeSchema": 1, "SkyfloAPI": 1, "KubeClient": 1, "Telemetry": 1, "LanguageModels": 1, "MCP": 1,
    "Helm": 1, "HelmFiles": 2,
    "Integrations": 1, "TestWeb": 1, "TestCharts": 2, "TestProvider": 2, "TestJenkins": 2, "TestMCP": 2, "TestGitHosts": 2,
    "ControllerRuntime": 2, "WorkflowEngine": 2, "Writes": 2, "LocalCluster": 2, "ScriptedOpenAI": 2, "FakeKubeAPI": 2,
    "OfflineModel": 2, "Installation": 2, "SignIn": 2,
    "ToolKit": 3, "Transcripts": 3, "LiveEvents": 3, "Installer": 3,
    "ChartRepositories": 4, "ConversationAccess": 4, "KubernetesTools": 4, "ArgoTools": 4, "ArgoCDTools": 4, "GitTools": 4, "HelmTools": 4, "JenkinsTools": 4, "MCPTools": 4, "PrometheusTools": 4, "IntegrationBench": 4,
    "LiveServer": 5,
    "CommandCenter": 6, "Controllers": 6, "OperatorTestKit": 6, "SkyfloCLI": 6, "SkyfloMCP": 6,
    "skyflo": 7, "ChartServer": 7, "JenkinsServer": 7, "GitHostServers": 7, "CronTimes": 7, "TurnBench": 7, "ToolBench": 7, "KubeBench": 7, "HelmBench": 7, "Fuzzing": 7,
    "CLibFuzzer": 7, "Fuzz": 8,
}
# LocalCluster stands in for a server: whoever depends on it but the program and tests would ship it.
only_for = {"LocalCluster": {"skyflo", "OperatorTestKit", "Fuzzing"}, "OperatorTestKit": set(), "FakeKubeAPI": {"IntegrationBench"}}
# Left out of the image by a trait of the package.
behind_trait = {("skyflo", "LocalCluster"): "Playground"}
# Decisions and values: no client, no server, no clock.
pure = {"CLibYAML": set(), "CZlib": set(), "KubeModel": set(), "KubeSchema": set(), "SkyfloAPI": set(), "MCP": set(), "WorkflowEngine": {"Crypto"}, "Installation": {"Crypto"}, "LiveEvents": set(),
    "Helm": {"Crypto", "CryptoExtras", "X509", "SwiftASN1"}}

faults = []
for target in json.load(sys.stdin)["targets"]:
    name = target["name"]
    if target["type"] == "test":
        continue
    if name not in layers:
        faults.append(f"target {name} has no layer: add it to hack/checks/layers.sh")
        continue
    for dependency in target["dependencies"]:
        (kind, value), = dependency.items()
        other = value[0]
        if kind == "product":
            if name in pure and other not in pure[name]:
                faults.append(f"{name} must be free of I/O, and depends on {other}")
        elif other not in layers or layers[other] >= layers[name]:
            faults.append(f"{name} may not depend on {other}: arrows point down only")
        elif other in only_for and name not in only_for[other]:
            faults.append(f"{name} may not depend on {other}")
        elif behind_trait.get((name, other), "") not in str(value[1:]):
            faults.append(f"{name} may depend on {other} with the trait {behind_trait[name, other]} only")
        elif name in pure and other not in pure:
            faults.append(f"{name} must be free of I/O, and depends on {other}")
for fault in faults:
    print(fault, file=sys.stderr)
sys.exit(bool(faults))
'
