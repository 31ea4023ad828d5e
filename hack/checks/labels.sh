#!/usr/bin/env bash
# labels.sh ROOT: of the functions in Sources, few have two unlabelled parameters and hardly any three, as Swift's API Design
# Guidelines ask. Some do without: `order(a, b)` needs no labels.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
answer_help "$@"
need_root "$@"
cd "$1"
python3 - <<'PYTHON'
import pathlib, re, sys

LIMITS = {2: 3.0, 3: 0.3}  # unlabelled parameters: percent of all functions
DECLARATION = re.compile(r"^[^\n/\"]*?\b(?:func\s+\w+|init[?!]?)\s*(?:<[^(\n]*>)?\(", re.M)
MODIFIERS = re.compile(r"^\s*(?:@\w+(?:\([^)]*\))?\s+|[a-z]+(?:\(set\))?\s+)*(?:func\b|init\b)")


def parameters(text, start):
    """The parameters of the list that opens at `start`, split at the commas that are not inside brackets."""
    depth, parts, begin = 0, [], start + 1
    for position in range(start, len(text)):
        character = text[position]
        arrow = character == ">" and text[position - 1] in "- "
        if character in "([{" or (character == "<" and text[position - 1].isalnum()):
            depth += 1
        elif character in ")]}" or (character == ">" and not arrow):
            depth -= 1
        if depth == 0 or (depth == 1 and character == ","):
            parts.append(text[begin:position])
            begin = position + 1
        if depth == 0:
            return parts
    return parts


functions, found = 0, {count: [] for count in LIMITS}
for path in sorted(pathlib.Path("Sources").rglob("*.swift")):
    text = path.read_text()
    for match in DECLARATION.finditer(text):
        if not MODIFIERS.match(match.group()):
            continue
        functions += 1
        unlabelled = sum(bool(re.match(r"\s*(?:@\w+\s+)*_\s", part)) for part in parameters(text, match.end() - 1))
        for count in found:
            if unlabelled >= count:
                line = text.count("\n", 0, match.end()) + 1
                found[count].append(f"{path}:{line}: {match.group().strip()}…")
status = 0
for count, limit in LIMITS.items():
    percent = 100 * len(found[count]) / max(functions, 1)
    if percent > limit:
        print(f"{percent:.1f} % of {functions} functions have {count} or more unlabelled parameters, at most {limit} % may:",
              *found[count], sep="\n", file=sys.stderr)
        status = 1
sys.exit(status)
PYTHON
