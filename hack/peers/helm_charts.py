"""Helm's SDK against the chart server of the tests, and our client against what Helm made. Called by hack/peers/helm-charts."""

import functools
import hashlib
import http.server
import pathlib
import subprocess
import sys
import threading

from helm_python import chart, registry

program, work = sys.argv[1], pathlib.Path(sys.argv[2])
ours = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
url, oci = ours.stdout.readline().split()
host = oci.removeprefix("oci://").split("/")[0]


def fetched(base, name, version="-"):
    ours.stdin.write(f"{base} {name} {version}\n")
    ours.stdin.flush()
    return ours.stdout.readline().strip()


def digest(path):
    return "sha256:" + hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def pulled(name, **arguments):
    folder = work / f"pulled-{len(list(work.iterdir()))}"
    folder.mkdir()
    registry.pull(name, destination=folder, **arguments)
    (archive,) = folder.glob("*.tgz")
    return digest(archive)


def same(what, theirs, own):
    assert theirs == own, f"{what}: Helm has {theirs}, we have {own}"


# What Helm gets of the server of the tests.
index = registry.repo_index(url)
assert [entry["version"] for entry in index["entries"]["web"]] == ["2.0.0-rc.1", "1.10.0", "1.2.0"], index
for version in (None, "1.2.0", "~1.2", ">=2.0.0-0"):
    same(f"{url} {version}", pulled("web", repo_url=url, version=version), fetched(url, "web", version or "-").split()[0])
client = registry.RegistryClient(plain_http=True, credentials_file=work / "credentials.json")
client.login(host, "copilot", "hush-hush", plain_http=True)
for version in (None, "1.2.0", "1.10.0+b2", "~1.2"):
    same(
        f"{oci} {version}", pulled(f"{oci}/web", client=client, version=version, plain_http=True),
        fetched(oci, "web", version or "-"))
print("tags:", client.tags(f"{host}/acme/web"))

# What we get of Helm.
source = work / "source"
(source / "templates").mkdir(parents=True)
(source / "Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 0.0.0\nkeywords: [a, b]\n")
(source / "values.yaml").write_text("a: 1\n")
(source / "templates" / "map.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
folder = work / "repository"
folder.mkdir()
archives = {
    version: chart.package(source, destination=folder, version=version) for version in ("0.9.0", "0.10.0", "1.0.0-rc.1+b7")
}
registry.repo_index_generate(folder)
for version, archive in archives.items():
    client.push(archive, oci, plain_http=True)
    same(f"pushed {version}", digest(archive), fetched(oci, "shop", version))
same("the newest that was pushed", digest(archives["0.10.0"]), fetched(oci, "shop"))



class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


files = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
threading.Thread(target=files.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{files.server_port}"
for wanted, version in (("-", "0.10.0"), ("0.9.0", "0.9.0"), (">=1.0.0-0", "1.0.0-rc.1+b7")):
    same(f"indexed {wanted}", digest(archives[version]), fetched(base, "shop", wanted))
assert fetched(base, "shop", "7.0.0").startswith("failed: peer/shop has no version"), "an unknown version"
ours.stdin.close()
ours.wait()
