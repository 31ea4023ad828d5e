#!/usr/bin/env bash
# names.sh ROOT: no two targets of Sources have a type of the same name, so that a name means one thing.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
answer_help "$@"
need_root "$@"
cd "$1"
python3 - <<'PYTHON'
import collections, pathlib, re, sys

# Types inside of others have their outer type's name before theirs.
TYPE = re.compile(
    r"^(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|private|fileprivate|final|indirect|nonisolated)\s+)*"
    r"(?:struct|class|enum|actor|protocol|typealias)\s+(\w+)", re.M)
places = collections.defaultdict(dict)
for path in sorted(pathlib.Path("Sources").rglob("*.swift")):
    target = path.parts[3] if path.parts[2] == "Toolsets" else path.parts[2]
    for match in TYPE.finditer(path.read_text()):
        places[match.group(1)].setdefault(target, path)
twice = {name: found for name, found in places.items() if len(found) > 1}
for name, found in sorted(twice.items()):
    print(f"{name} is a type of several targets:", *found.values(), sep="\n  ", file=sys.stderr)
sys.exit(bool(twice))
PYTHON
