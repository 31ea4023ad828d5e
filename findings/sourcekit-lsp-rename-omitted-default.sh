#!/usr/bin/env bash
# sourcekit-lsp renames the labels of a function everywhere but in calls that leave out an earlier parameter with a default.
#
#   findings/sourcekit-lsp-rename-omitted-default.sh
#
# Giving `c` a label in `run(_ a: Int, b: Int? = nil, _ c: String = "")` edits the declaration and `run(1, b: 2, "x")`; the call
# `run(1, "x")` is left as it is, without a word, and no longer compiles. Needs Swift 6.3.1 and Python 3, nothing else.
set -euo pipefail
case ${1:-} in
  -h | --help) sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"; exit 0 ;;
  ?*) echo "no argument is taken; see $0 --help" >&2; exit 2 ;;
esac
version=6.3.1
[[ $(swift --version 2>/dev/null) = *"Swift version $version "* ]] || { echo "this is about Swift $version" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/Sources/Demo"
cat >"$folder/Package.swift" <<'SWIFT'
// swift-tools-version: 6.0
import PackageDescription
let package = Package(name: "Demo", targets: [.target(name: "Demo")])
SWIFT
cat >"$folder/Sources/Demo/Demo.swift" <<'SWIFT'
func run(_ a: Int, b: Int? = nil, _ c: String = "") {}
func calls() {
    run(1, b: 2, "x")
    run(1, "x")
}
SWIFT
cd "$folder"
swift build >/dev/null 2>&1
swift --version 2>/dev/null | head -1
python3 - "$folder" <<'PYTHON'
import json, pathlib, subprocess, sys, time

root = pathlib.Path(sys.argv[1])
file = root / "Sources/Demo/Demo.swift"
server = subprocess.Popen(["sourcekit-lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root)


def send(message):
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    server.stdin.flush()


def receive():
    length = 0
    while (line := server.stdout.readline().strip()):
        if line.lower().startswith(b"content-length"):
            length = int(line.split(b":")[1])
    return json.loads(server.stdout.read(length))


def request(number, method, params):
    send({"id": number, "method": method, "params": params})
    while True:
        answer = receive()
        if "method" in answer and "id" in answer:
            send({"id": answer["id"], "result": None})
        elif answer.get("id") == number:
            return answer


request(1, "initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": {}})
send({"method": "initialized", "params": {}})
document = {"uri": file.as_uri(), "languageId": "swift", "version": 1, "text": file.read_text()}
send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
time.sleep(5)
answer = request(2, "textDocument/rename", {
    "textDocument": {"uri": file.as_uri()}, "position": {"line": 0, "character": 5}, "newName": "run(_:b:c:)"})
server.kill()
edits = [edit for edits in answer["result"]["changes"].values() for edit in edits]
lines = sorted({edit["range"]["start"]["line"] + 1 for edit in edits})
for line in lines:
    print(f"edits line {line}: {file.read_text().splitlines()[line - 1].strip()}")
print("line 4, run(1, \"x\"), is", "edited" if 4 in lines else "not edited")
sys.exit(0 if lines == [1, 3] else "the behaviour has changed")
PYTHON
