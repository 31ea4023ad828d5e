"""Runs health checks of Argo CD by Lua 5.1, on cases in Argo CD's own form. Called by hack/peers/argocd.

    argocd_health.py LUA
"""
import pathlib
import subprocess
import sys

import yaml

LUA = sys.argv[1]
FOLDER = pathlib.Path("config/argocd/resource_customizations")
# What the program of Argo CD allows: no files, no processes, no other modules.
HARNESS = """
local sandbox = {
  ipairs = ipairs, pairs = pairs, next = next, type = type, tostring = tostring, tonumber = tonumber, error = error,
  pcall = pcall, select = select, unpack = unpack, string = string, table = table, math = math,
}
sandbox.obj = %s
local script, problem = loadfile(%s)
if script == nil then error(problem) end
setfenv(script, sandbox)
local health = script()
io.write(tostring(health.status), "\\n", tostring(health.message), "\\n")
"""


def text(value):
    # Decimal escapes of bytes are all that 5.1 has.
    return '"' + "".join(f"\\{byte:03d}" for byte in value.encode()) + '"'


def lua(value):
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"[{text(str(key))}] = {lua(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list):
        return "{" + ", ".join(map(lua, value)) + "}"
    return text(str(value))


def health(script, manifest):
    run = subprocess.run(
        [LUA, "-"], input=HARNESS % (lua(manifest), text(str(script))), capture_output=True, text=True, timeout=20)
    if run.returncode != 0:
        return None, run.stderr.strip()
    status, _, message = run.stdout.rstrip("\n").partition("\n")
    return status, message


STATUSES = {"Healthy", "Progressing", "Degraded", "Suspended", "Missing", "Unknown"}
faults, count = [], 0
configuration = yaml.safe_load(pathlib.Path("config/argocd/argocd-cm.yaml").read_text())["data"]
scripts = sorted(FOLDER.glob("*/*/health.lua"))
assert scripts, f"there are no scripts in {FOLDER}"
for script in scripts:
    group, kind = script.parts[-3:-1]
    if configuration.pop(f"resource.customizations.health.{group}_{kind}", None) != script.read_text():
        faults.append(f"{script} isn't what config/argocd/argocd-cm.yaml has")
    cases = yaml.safe_load((script.parent / "health_test.yaml").read_text())["tests"]
    used = {case["inputPath"] for case in cases}
    for left in sorted({f"testdata/{path.name}" for path in (script.parent / "testdata").iterdir()} - used):
        faults.append(f"{script.parent}/{left} is in no case")
    seen = set()
    for case in cases:
        count += 1
        manifest = yaml.safe_load((script.parent / case["inputPath"]).read_text())
        wanted = case["healthStatus"]["status"], case["healthStatus"].get("message", "")
        found = health(script, manifest)
        seen.add(found[0])
        if found[0] not in STATUSES:
            faults.append(f"{script.parent}/{case['inputPath']}: {found[0]} is no status of Argo CD: {found[1]}")
        elif found != wanted:
            faults.append(f"{script.parent}/{case['inputPath']}: {found}, and not {wanted}")
    if not {"Healthy", "Progressing", "Degraded", "Suspended"} <= seen:
        faults.append(f"{script}: there is no case for each status, only for {sorted(map(str, seen))}")
faults += [f"config/argocd/argocd-cm.yaml has {name}, of which there is no script" for name in configuration]
for fault in faults:
    print(fault, file=sys.stderr)
if faults:
    sys.exit(1)
print(f"{count} cases of {len(scripts)} health checks are as Argo CD shall show them")
