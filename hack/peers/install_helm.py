"""Installs, upgrades, tests and uninstalls the chart by Helm's SDK. Called by hack/peers/install.

    install_helm.py KUBECONFIG SKYFLO install|change
"""

import json
import subprocess
import sys

from helm_python import chart as sdk
from helm_python.config import Config

KUBECONFIG, SKYFLO, PART = sys.argv[1:]
CHART, NAMESPACE, NAME = "config/chart", "skyflo-system", "copilot"
VALUES = {"image": {"repository": "registry.example.com/skyflo", "tag": "0.1.0"}}
helm = Config(kubeconfig_path=KUBECONFIG, namespace=NAMESPACE)


def kubectl(*arguments, fails=False):
    run = subprocess.run(["kubectl", "--kubeconfig", KUBECONFIG, *arguments], capture_output=True, text=True)
    assert (run.returncode != 0) == fails, f"kubectl {' '.join(arguments)}: {run.stdout}{run.stderr}"
    return run.stdout


def deployment():
    return json.loads(kubectl("get", "deployment", "skyflo-operator", "-n", NAMESPACE, "-o", "json"))


def refused(values):
    try:
        with sdk.Chart.load(CHART) as chart:
            chart.render(values, name=NAME, namespace=NAMESPACE)
    except Exception as error:
        return str(error)
    raise SystemExit(f"{values} was taken")


def objects(text):
    found = {}
    for document in ("\n" + text).split("\n---"):
        # Behind the dashes there may be a comment.
        value = sdk.values_from_yaml(document) if document.strip() else None
        if value:
            metadata = value["metadata"]
            found[value["kind"], metadata.get("namespace"), metadata["name"]] = value
    return found


def compare_renderings():
    """Helm's own rendering beside what kubectl makes of config/default."""
    run = subprocess.run(["kubectl", "kustomize", "config/default"], capture_output=True, text=True, check=True)
    wanted = objects(run.stdout)
    with sdk.Chart.load(CHART) as chart:
        texts = chart.render({"namespace": {"create": True}}, name=NAME, namespace=NAMESPACE)
    found = {}
    for name, text in texts.items():
        if not name.endswith("NOTES.txt") and "/tests/" not in name:
            found.update(objects(text))
    assert len(wanted) > 30 and wanted.keys() == found.keys(), wanted.keys() ^ found.keys()
    for name, value in wanted.items():
        assert found[name] == value, f"{name}: Helm renders {found[name]}, kubectl {value}"


if PART == "install":
    compare_renderings()
    lint = sdk.lint(CHART, VALUES, strict=True)
    worst = [message for message in lint["messages"] if message["severity"] > 1]
    assert not worst and not lint["errors"], lint
    assert "/replicas" in refused({"replicas": "three"})
    assert "nope" in refused({"nope": 1})
    assert "upgrade" in refused({"skyfloAI": {"create": True}})
    helm.install(CHART, NAME, VALUES, namespace=NAMESPACE, create_namespace=True, timeout=60, wait="watcher")
    assert deployment()["status"]["readyReplicas"] == 1
else:
    notes = helm.get_all(NAME)
    assert "is installed in the namespace skyflo-system" in json.dumps(notes), notes
    helm.upgrade(CHART, NAME, {**VALUES, "replicas": 2, "networkPolicy": {"enabled": False}}, timeout=60, wait="watcher")
    assert deployment()["status"]["readyReplicas"] == 2
    kubectl("get", "networkpolicy", "skyflo-operator", "-n", NAMESPACE, fails=True)
    # Settings come with an upgrade, once the kind is served.
    helm.upgrade(
        CHART, NAME, {**VALUES, "skyfloAI": {"create": True, "spec": {"models": [{"name": "offline", "provider": "Offline"}]}}},
        timeout=60)
    kubectl("get", "skyfloai", "skyflo", "-n", NAMESPACE)
    helm.test(NAME, timeout=60)
    # What Helm manages is left to Helm.
    run = subprocess.run(
        [SKYFLO, "uninstall", "--kubeconfig", KUBECONFIG, "--yes"], capture_output=True, text=True)
    assert run.returncode == 1 and f"helm uninstall {NAME}" in run.stderr, run.stderr
    run = subprocess.run(
        [SKYFLO, "install", "--kubeconfig", KUBECONFIG, "--image", "x", "--replicas", "3"], capture_output=True, text=True)
    assert run.returncode == 1 and f"the Helm release {NAME}" in run.stderr, run.stderr
    helm.uninstall(NAME, timeout=60)
    kubectl("get", "deployment", "skyflo-operator", "-n", NAMESPACE, fails=True)
    kubectl("get", "clusterrole", "skyflo-operator", fails=True)
    # Without the definitions all Conversations would be gone.
    kubectl("get", "crd", "conversations.skyflo.ai", "skyfloais.skyflo.ai")
    # They still bear Helm's marks; with the release gone they are anybody's to install over and to delete.
    for arguments in (["install", "--image", "registry.example.com/skyflo"], ["uninstall", "--delete-crds", "--yes"]):
        run = subprocess.run([SKYFLO, *arguments, "--kubeconfig", KUBECONFIG], capture_output=True, text=True)
        assert run.returncode == 0, run.stdout + run.stderr
    kubectl("get", "crd", "conversations.skyflo.ai", fails=True)
print(f"Helm: {PART} is done")
