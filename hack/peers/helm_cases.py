"""Asks Helm's SDK and our engine the same, and prints where they differ: hack/peers/helm runs it.

    helm_cases.py ENGINE FIXTURE SEED COUNT KIND...        generated cases
    helm_cases.py ENGINE charts FOLDER...                  charts on disk
"""
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

from helm_python import chart as sdk
from helm_python._native import call_string

# --- asking both -----------------------------------------------------------------------------------------------------


class Engine:
    def __init__(self, program):
        self.process = subprocess.Popen([program, "answer"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, request):
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the engine ended at {json.dumps(request)}")
        return json.loads(line.decode("utf-8", "replace"))


class Peer:
    """Helm's SDK, with the requests and answers of the engine."""

    parsers = {
        "--set": "helm_strvals_parse", "--set-string": "helm_strvals_parse_string",
        "--set-json": "helm_strvals_parse_json", "--set-literal": "helm_strvals_parse_literal",
    }

    def __init__(self):
        base = "/dev/shm" if os.path.isdir("/dev/shm") else None
        self.folder = tempfile.mkdtemp(dir=base)

    def close(self):
        shutil.rmtree(self.folder)

    def ask(self, request):
        try:
            return {"out": getattr(self, request["op"])(request)}
        except Exception as error:
            return {"error": str(error)}

    def write(self, files):
        path = os.path.join(self.folder, "c")
        shutil.rmtree(path, ignore_errors=True)
        for name, text in files.items():
            full = os.path.join(path, name)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as file:
                file.write(text.encode("utf-8", "surrogateescape"))
        return path

    def render(self, request):
        path = request.get("folder") or self.write(request["files"])
        with sdk.Chart.load(path) as chart:
            return chart.render(
                request.get("values"), name="rel", namespace="ns", is_upgrade=request.get("is_upgrade"))

    def lint(self, request):
        path = self.write(request["files"])
        request["path"] = path
        return sdk.lint(path, request.get("values"))["messages"]

    def set(self, request):
        return json.loads(call_string(self.parsers[request["flag"]], request["text"]))

    def yaml(self, request):
        return sdk.values_from_yaml(request["text"])


# --- texts and values ------------------------------------------------------------------------------------------------

WORDS = [
    "", "a", "abc", "foo-bar", "HelloWorld", "hello world", "  padded  ", "true", "false", "null", "~", "yes", "No", "on",
    "1", "-1", "0", "007", "0x1F", "0o17", "0b11", "1.5", "1e3", "-1.50", "1_000", "1.0", "9223372036854775808", "NaN",
    ".inf", "a,b,c", "a.b.c", "a/b/../c", "/usr/bin/x.tar.gz", "key: value", "- item", "# no", "a #b", "a: ", ": b",
    "{x}", "[y]", "'q'", "\"dq\"", "it's", "a\nb", "a\nb\n", "\n", "\n\n", " lead", "trail ", "tab\tx", "é", "日本語",
    "ÄÖÜß", "😀", "a\u00a0b", "\u2028", "\\", "a\\nb", "%d", "%s %v", "100%", "&x", "*x", "!tag", "!!str x", "@a", "`b`",
    "|", ">", "|-", "? a", "=", "<<", "<b>&'\"", "2020-01-01", "2020-01-01T10:00:00Z", "10:20:30", "1.2.3", "v1.2.3",
    "1.2.3-rc.1+b5", ">=1.0.0", "^1.2", "~1.2.3", "1.x", "https://u:p@h.example:8080/p/q?x=1&y=2#f", "aGVsbG8=", "{\"a\":1}",
    "[1,\"b\",null]", "a: 1\nb: [x, y]", "x=1,y=2", "A-B_C d", "snake_case_word", "camelCaseWord", "kebab-case-word",
    "XMLHttpRequest", "aB1cD2", "one two  three", "x" * 80, "word " * 30, "(a|b)+", "[a-z]+", "^a.*c$", "\\d+", "(?i)A",
    "{{ .Release.Name }}", "{{ 1 }}", "10s", "1h30m", "90061", "Mon Jan 2 15:04:05 2006", "sha256:abc", "a=b", "a b\tc\nd",
    "\u0085x", "\x7f", "\x01", "a\r\nb", "UPPER", "Title Case", "ǆ", "ﬀ", "İi", "1,234.5", "+5", "1e400", "0.1", "1e-7", "12e",
]
NUMBERS = [
    "0", "1", "-1", "2", "3", "7", "10", "42", "100", "-5", "1.5", "-2.5", "0.1", "1e3", "1e21", "1e20", "123456789.0", "2.0",
    "9007199254740993", "9223372036854775807", "-9223372036854775808", "0x1F", "0o17", "0b101", "1_000", "'a'", "1e-7",
    "1000000", "1000000.0", "3.999",
]
PATHS = [
    ".Values.name", ".Values.replicas", ".Values.ratio", ".Values.big", ".Values.zero", ".Values.yes", ".Values.emptyStr",
    ".Values.emptyMap", ".Values.emptyList", ".Values.nothing", ".Values.labels", ".Values.list", ".Values.numbers",
    ".Values.dups", ".Values.nullItems", ".Values.people", ".Values.matrix", ".Values.dotted", ".Values.subTable",
    ".Values.tplText", ".Values.tplMap", ".Values.tricky", ".Values.kid", ".Values.global", ".Values.missing", ".Values",
    ".Release", ".Release.Name", ".Chart", ".Chart.Name", ".Chart.Version", ".Chart.Maintainers", ".Chart.Annotations",
    ".Capabilities.KubeVersion", ".Capabilities.KubeVersion.Version", ".Capabilities.APIVersions", ".Capabilities",
    ".Files", ".Template.Name", ".Subcharts.kid", ".", "$", "$.Values.list", ".Values.people.name", ".Values.list.x",
    ".Values.labels.tier", ".Values.missing.deep", ".Chart.Dependencies", ".Chart.Keywords", ".Files.Get", ".Values.Values",
]
# What depends on time, chance or the network.
UNSTABLE = {
    "now", "ago", "date_modify", "dateModify", "mustDateModify", "must_date_modify", "randAlpha", "randAlphaNum", "randAscii",
    "randNumeric", "randBytes", "randInt", "shuffle", "uuidv4", "genCA", "genCAWithKey", "genPrivateKey", "genSelfSignedCert",
    "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey", "getHostByName", "htpasswd", "bcrypt", "encryptAES",
    "derivePassword", "buildCustomCert", "lookup", "env", "expandenv", "htmlDate", "htmlDateInZone", "hello", "decryptAES",
}
FUNCTIONS = """abbrev abbrevboth add add1 add1f addf adler32sum all and any append atoi b32dec b32enc b64dec b64enc base
biggest bool call camelcase cat ceil chunk clean coalesce compact concat contains date dateInZone date_in_zone deepCopy
deepEqual default dict dig dir div divf duration durationRound empty eq ext fail first float64 floor fromJson fromJsonArray
fromToml fromYaml fromYamlArray ge get gt has hasKey hasPrefix hasSuffix html include indent index initial initials int int64
isAbs join js kebabcase keys kindIs kindOf last le len list lower lt max maxf merge mergeOverwrite min minf mod mul mulf
mustAppend mustChunk mustCompact mustDeepCopy mustFirst mustFromJson mustHas mustInitial mustLast mustMerge
mustMergeOverwrite mustPrepend mustPush mustRegexFind mustRegexFindAll mustRegexMatch mustRegexReplaceAll
mustRegexReplaceAllLiteral mustRegexSplit mustRest mustReverse mustSlice mustToDate mustToJson mustToPrettyJson
mustToRawJson mustToToml mustToYaml mustToDuration mustUniq mustWithout must_date_modify ne nindent nospace not omit or osBase
osClean osDir osExt osIsAbs pick plural pluck prepend print printf println push quote regexFind regexFindAll regexMatch
regexQuoteMeta regexReplaceAll regexReplaceAllLiteral regexSplit repeat replace required rest reverse round semver
semverCompare seq set sha1sum sha256sum sha512sum slice snakecase sortAlpha split splitList splitn squote sub subf substr
swapcase ternary title toDate toDecimal toDuration toJson toPrettyJson toRawJson toString toStrings toToml toYaml toYamlPretty
tpl trim trimAll trimPrefix trimSuffix trimall trunc tuple typeIs typeIsLike typeOf uniq unixEpoch unset until untilStep
untitle upper urlJoin urlParse urlquery values without wrap wrapWith""".split()
SHAPES = {
    "regex": ["regexMatch", "regexFind", "regexFindAll", "regexReplaceAll", "regexReplaceAllLiteral", "regexSplit", "regexQuoteMeta",
              "mustRegexFindAll", "mustRegexReplaceAll", "mustRegexSplit", "mustRegexMatch"],
    "casts": ["int", "int64", "float64", "toString", "atoi", "toDecimal", "bool", "add", "sub", "mul", "div", "mod", "max", "min",
              "round", "ceil", "floor", "addf", "divf", "mulf", "subf", "maxf", "add1", "add1f", "until", "untilStep", "seq"],
    "lists": ["first", "last", "rest", "initial", "append", "prepend", "concat", "uniq", "without", "has", "compact", "reverse",
              "slice", "chunk", "sortAlpha", "join", "index", "len", "toStrings", "list", "seq", "until"],
    "dicts": ["dict", "get", "set", "unset", "hasKey", "pluck", "dig", "merge", "mergeOverwrite", "keys", "values", "pick", "omit",
              "deepCopy", "deepEqual"],
    "strings": ["trunc", "abbrev", "abbrevboth", "substr", "wrap", "wrapWith", "indent", "nindent", "replace", "plural", "snakecase",
                "camelcase", "kebabcase", "title", "untitle", "initials", "swapcase", "nospace", "trim", "trimAll", "trimPrefix",
                "trimSuffix", "contains", "hasPrefix", "hasSuffix", "quote", "squote", "cat", "split", "splitn", "splitList", "repeat",
                "upper", "lower", "b64enc", "b64dec", "b32enc", "b32dec", "sha256sum", "adler32sum"],
    "semver": ["semver", "semverCompare"],
    "dates": ["date", "dateInZone", "toDate", "unixEpoch", "duration", "durationRound", "mustToDate", "toDuration"],
    "formats": ["toYaml", "toJson", "toPrettyJson", "toRawJson", "toToml", "fromYaml", "fromJson", "fromYamlArray", "fromJsonArray",
                "fromToml", "toYamlPretty", "mustToYaml", "mustToJson"],
    "urls": ["urlParse", "urlJoin", "base", "dir", "ext", "clean", "isAbs", "osBase", "osDir", "osExt", "osClean", "osIsAbs", "urlquery",
             "html", "js"],
    "types": ["kindOf", "kindIs", "typeOf", "typeIs", "typeIsLike", "default", "empty", "coalesce", "ternary", "all", "any", "eq",
              "ne", "lt", "le", "gt", "ge", "and", "or", "not", "deepEqual", "required"],
    "print": ["print", "println", "printf"],
}
VERBS = "v s d q x X t T f g e G E c U b o O p +v #v +d 5d -5d 05d 5s -5s .2f 5.1f 08.3f .3s x +q #q #x % d +.2e t 6.2f 5t 5v -5v| *d .*f [1]d [2]v [3]d".split(" ")
PATTERNS = ["a", "[a-z]+", "(a)(b)?", "^a", "c$", "\\s+", "\\w+\\b", "(?P<n>x+)", "[[:upper:]]", "\\pL+", "\\p{Greek}", "a{2,3}",
            "(?i)hello", "(?s)a.b", "(?m)^b$", ".*?", "x*", "[^a]", "\\.", "(", "[", "a**", "\\1", "(?=a)", "\\Qa.b\\E", "[é-ü]",
            "|", "", "()", "a|ab", "(a|ab)(c|bcd)", "\\x41", "\\C", "[\\d-z]", "\\pN", "\\p{Han}", "(?U)a+", "a{1001}", "\\b", "\\B", "\\z", "\\A"]
LAYOUTS = ["2006-01-02", "15:04:05", "Mon Jan _2 15:04:05 2006", "Monday, 02-Jan-06 15:04:05 MST", "2006-01-02T15:04:05Z07:00",
           "3:04PM", "Jan 2 06", "20060102150405.000", "002 __2", "Z0700 -07 -0700 -07:00:00", "05.999999", "1/2/2006", "x2006y", ".000000 ,999"]
ZONES = ["UTC", "Local", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Nowhere/City", "", "Etc/GMT+5"]
CONSTRAINTS = ["1.2.3", ">=1.2.3", "^1.2", "~1.2", ">1 <2", ">=1.2, <3 || 5.x", "1.2 - 2.3", "*", "", "x", "!=1.2.3", "=1.2.3-rc.1", "^0.0.3",
               "~0", ">1.2.3-alpha", "abc", ">=1.20.0-0", "1.x.x", "<1.2.*", "=>1", "=<2", "~>1.2", "> = 1", "^1.2.3 ^1.3", "1.2.3.4"]
VERSIONS = ["1.2.3", "v1.2.3", "1", "1.2", "1.2.3-rc.1", "1.2.3+b", "v1.20.0-gke.1", "0.0.3", "01.2.3", "1.2.3-01", "abc", "", "1.2.3.4",
            "5.0.0", "2.3.9", " 1.2.3", "1.2.3-alpha.beta", "1.2.3--x", "v1.30.5+k3s1"]


def quoted(text):
    if "`" not in text and random.random() < 0.15 and "\r" not in text:
        return "`" + text + "`"
    return json.dumps(text, ensure_ascii=random.random() < 0.3).replace("\x7f", "\\x7f")


class Expressions:
    """Expressions over what templates see; `seeds` are known ones, whose parts are put together anew."""

    def __init__(self, seeds):
        self.seeds = seeds
        self.parts = []
        for seed in seeds:
            self.parts += re.findall(r"\((?:[^()]|\([^()]*\))*\)", seed)

    def atom(self):
        return random.choice([
            lambda: quoted(random.choice(WORDS)), lambda: random.choice(NUMBERS), lambda: random.choice(PATHS),
            lambda: random.choice(["true", "false", "nil"]), lambda: quoted(random.choice(WORDS)), lambda: random.choice(PATHS),
        ])()

    def argument(self, depth):
        if depth <= 0 or random.random() < 0.5:
            return self.atom()
        if self.parts and random.random() < 0.2:
            return random.choice(self.parts)
        return "(" + self.call(depth - 1) + ")"

    def list(self, depth):
        return "(list " + " ".join(self.argument(depth - 1) for _ in range(random.randint(0, 4))) + ")"

    def dict(self, depth):
        return "(dict " + " ".join(
            quoted(random.choice(["a", "b", "c", "x y", "1", ""])) + " " + self.argument(depth - 1) for _ in range(random.randint(0, 3))) + ")"

    def call(self, depth):
        special = random.random()
        if special < 0.12:
            return self.list(depth)[1:-1]
        if special < 0.2:
            return self.dict(depth)[1:-1]
        if special < 0.27:
            verb = "%" + random.choice(VERBS)
            if random.random() < 0.3:
                verb = "%" + random.choice(["", "+", "-", "#", " ", "0"]) + random.choice(["", "3", "10"]) + random.choice(["", ".", ".0", ".3"]) + random.choice("vsdqxXtTfgeGEcUboOp")
            return "printf " + quoted("<" + verb + ">") + " " + self.argument(depth) + (" " + self.argument(0) if random.random() < 0.2 else "")
        return self.applied(random.choice(FUNCTIONS), depth)

    def applied(self, name, depth):
        known = self.known(name, depth)
        if known and random.random() < 0.75:
            return name + " " + " ".join(known)
        return name + "".join(" " + self.argument(depth) for _ in range(random.choice([0, 1, 1, 1, 2, 2, 2, 3, 3, 4])))

    def known(self, name, depth):
        """Arguments of the types that the function takes."""
        text = lambda: quoted(random.choice(WORDS)) if random.random() < 0.8 else self.argument(depth - 1)
        number = lambda: random.choice(NUMBERS) if random.random() < 0.8 else self.argument(depth - 1)
        small = lambda: random.choice(["0", "1", "2", "3", "5", "-1", "10", "-3"])
        many = lambda: self.list(depth) if random.random() < 0.7 else random.choice(PATHS)
        table = lambda: self.dict(depth) if random.random() < 0.7 else random.choice(PATHS)
        key = lambda: quoted(random.choice(["a", "b", "tier", "x y", "", "name"]))
        any_ = lambda: self.argument(depth - 1)
        pattern = lambda: quoted(random.choice(PATTERNS))
        base = re.sub("^must(?=[A-Z])", "", name)
        base = base[0].lower() + base[1:]
        shapes = {
            "trunc": [small, text], "abbrev": [number, text], "abbrevboth": [small, number, text], "substr": [small, small, text],
            "wrap": [small, text], "wrapWith": [small, key, text], "indent": [small, text], "nindent": [small, text],
            "replace": [text, text, text], "plural": [text, text, small], "repeat": [small, text], "split": [text, text],
            "splitList": [text, text], "splitn": [text, small, text], "contains": [text, text], "hasPrefix": [text, text],
            "hasSuffix": [text, text], "trimAll": [text, text], "trimPrefix": [text, text], "trimSuffix": [text, text],
            "join": [text, many], "sortAlpha": [many], "first": [many], "last": [many], "rest": [many], "initial": [many],
            "append": [many, any_], "prepend": [many, any_], "concat": [many, many], "uniq": [many], "without": [many, any_],
            "has": [any_, many], "compact": [many], "reverse": [many], "slice": [many, small, small], "chunk": [small, many],
            "get": [table, key], "set": [table, key, any_], "unset": [table, key], "hasKey": [table, key], "pluck": [key, table, table],
            "dig": [key, key, any_, table], "merge": [table, table], "mergeOverwrite": [table, table], "keys": [table], "values": [table],
            "pick": [table, key, key], "omit": [table, key], "deepEqual": [any_, any_], "index": [random.choice([many, table]), random.choice([small, key])],
            "regexMatch": [pattern, text], "regexFind": [pattern, text], "regexFindAll": [pattern, text, small],
            "regexReplaceAll": [pattern, text, lambda: quoted(random.choice(["", "x", "$1", "${1}y", "$n", "$$", "<$0>", "$1y", "${n}"]))],
            "regexReplaceAllLiteral": [pattern, text, lambda: quoted(random.choice(["", "$1", "x"]))], "regexSplit": [pattern, text, small],
            "semver": [lambda: quoted(random.choice(VERSIONS))],
            "semverCompare": [lambda: quoted(random.choice(CONSTRAINTS)), lambda: quoted(random.choice(VERSIONS))],
            "toDate": [lambda: quoted(random.choice(LAYOUTS)), lambda: quoted(random.choice(["2020-02-29", "12:30:00", "2021-03-04T05:06:07+02:00", "x", "3:04AM"]))],
            "date": [lambda: quoted(random.choice(LAYOUTS)), lambda: random.choice(["0", "1600000000", "(toDate \"2006-01-02\" \"2021-12-31\")", "(int64 1234567890)", "\"x\"", "nil"])],
            "dateInZone": [lambda: quoted(random.choice(LAYOUTS)), lambda: random.choice(["0", "1600000000", "(toDate \"2006-01-02\" \"2021-06-30\")"]), lambda: quoted(random.choice(ZONES))],
            "unixEpoch": [lambda: "(toDate \"2006-01-02\" \"2021-12-31\")"], "duration": [lambda: random.choice(["0", "95", "86400", "\"3661\"", "1.5", "-5", "\"x\""])],
            "durationRound": [lambda: quoted(random.choice(["2h10m5s", "90061s", "10s", "8760h", "x", "-3h", "0s", "36h", "800h"]))],
            "toDuration": [lambda: random.choice(["5", "\"1h\"", "1.5", "\"x\"", "nil"])],
            "ternary": [any_, any_, lambda: random.choice(["true", "false", "nil", "1", ".Values.yes"])], "default": [any_, any_],
            "typeIs": [lambda: quoted(random.choice(["string", "int", "map[string]interface {}", "float64"])), any_], "kindIs": [lambda: quoted(random.choice(["string", "int", "map", "slice", "float64", "bool"])), any_],
            "until": [small], "untilStep": [small, small, small], "seq": [small, small], "round": [number, small],
            "fromYaml": [text], "fromJson": [text], "fromToml": [lambda: quoted(random.choice(["a = 1", "[t]\nk = \"v\"", "x", "a = [1, 2.5, \"x\"]\nb = 1979-05-27T07:32:00Z", "[[p]]\nn=1\n[[p]]\nn=2", "a.b.c = true", "s = '''x\ny'''", "i = 0x1F", "d = 1979-05-27", "a = {x = 1}"]))],
            "tpl": [lambda: quoted(random.choice(["{{ .Release.Name }}", "{{ .x }}", "a{{ 1 }}b", "{{", "{{ fail \"f\" }}", "{{ include \"probe.name\" . }}", "{{ .Values.missing.x }}"])), lambda: random.choice([".", "$", "(dict)", "(dict \"x\" 1)"])],
            "include": [lambda: quoted(random.choice(["probe.name", "probe.labels", "nope", "kid.name"])), lambda: random.choice([".", "$", "nil", "(dict)"])],
            "required": [text, any_], "fail": [text], "urlParse": [text],
            "urlJoin": [lambda: "(dict \"scheme\" \"https\" \"host\" " + text() + " \"path\" " + text() + ")"],
            "toToml": [table], "cat": [any_, any_], "plural": [text, text, small],
        }
        shape = shapes.get(base) or shapes.get(name)
        return [part() for part in shape] if shape else None

    def pipeline(self, names=None):
        depth = random.choice([0, 1, 1, 2, 2, 3])
        if names:
            text = self.applied(random.choice(names), depth)
        elif random.random() < 0.12:
            text = self.atom()
        else:
            text = self.call(depth)
        while random.random() < 0.3:
            name = random.choice(FUNCTIONS)
            known = self.known(name, 1)
            text += " | " + name + ("".join(" " + part for part in known[:-1]) if known and random.random() < 0.8 else "")
        return text

    def action(self, names=None):
        pipeline = self.pipeline(names)
        form = random.random()
        if form < 0.75:
            return "{{ " + pipeline + " }}"
        if form < 0.8:
            return "{{ " + pipeline + " | toJson }}"
        if form < 0.84:
            return "{{ if " + pipeline + " }}T{{ else }}F{{ end }}"
        if form < 0.88:
            return "{{ with " + pipeline + " }}[{{ . }}]{{ else }}none{{ end }}"
        if form < 0.93:
            return "{{ range $k, $v := " + pipeline + " }}{{ $k }}={{ $v }};{{ else }}none{{ end }}"
        if form < 0.96:
            return "{{ range " + pipeline + " }}{{ . }};{{ end }}"
        return "{{ $x := " + pipeline + " }}{{ $x | " + random.choice(["quote", "toYaml", "kindOf", "len", "typeOf", "toString"]) + " }}"

    def broken(self):
        """A known template with a small change."""
        text = random.choice(self.seeds)
        for _ in range(random.randint(1, 3)):
            place = random.randrange(len(text) + 1)
            form = random.random()
            if form < 0.3:
                text = text[:place] + text[place + random.randint(1, 3):]
            elif form < 0.7:
                text = text[:place] + random.choice(
                    ["{{", "}}", "{{-", "-}}", " ", "(", ")", "|", "\"", "`", "'", "$", ".", ":=", "=", ",", "\n", "{{ end }}", "{{ else }}", "{{/*", "*/}}",
                     "{{ if", "range", " nil ", "1", "a", "é", "\\", "{{ break }}", "$x", ".x", "{{ define \"q\" }}", "{{ template \"q\" }}", "{{ block \"b\" . }}"]) + text[place:]
            else:
                other = random.choice(self.seeds)
                cut = random.randrange(len(other) + 1)
                text = text[:place] + other[cut:cut + random.randint(1, 20)]
        return text

    def next(self, kind):
        if kind == "broken":
            return self.broken()
        if kind == "seeds":
            text = random.choice(self.seeds)
            for _ in range(random.randint(1, 2)):
                spots = [m for m in re.finditer(r'"(?:[^"\\]|\\.)*"|(?<=[ (])-?\d[\d.]*(?=[ )])|\.Values\.\w+', text)]
                if spots:
                    spot = random.choice(spots)
                    text = text[:spot.start()] + self.atom() + text[spot.end():]
            return text
        names = SHAPES.get(kind)
        return "".join(self.action(names) for _ in range(random.choice([1, 1, 1, 2])))


# --- other cases -----------------------------------------------------------------------------------------------------


def value(depth=3, texts=WORDS):
    form = random.random()
    if depth > 0 and form < 0.25:
        return {random.choice(["a", "b", "c", "d", "e f", "1", "true", "", "x.y", "é", random.choice(texts)]): value(depth - 1, texts) for _ in range(random.randint(0, 4))}
    if depth > 0 and form < 0.4:
        return [value(depth - 1, texts) for _ in range(random.randint(0, 4))]
    if form < 0.75:
        return random.choice(texts)
    if form < 0.9:
        return random.choice([0, 1, -1, 1.5, 1e21, 1e6, 123456789, 0.1, 1e-7, 3.0, 9007199254740992, 100000000.5, -0.0])
    return random.choice([None, True, False])


def odd_text():
    return "".join(random.choice(["a", "b ", " ", ":", ": ", "#", " #", "-", "- ", "\n", "\t", "'", '"', "\\", "é", "日", "{", "}", "[", "]", ",", "&", "*", "!", "%", "@", "`", "|", ">", "?", "0", "1", ".", "e", "~", "=", "<", "x" * 30 + " ", "\u00a0", "\u2028", "\x1b", "😀", "\ufeff", "\r"])
                   for _ in range(random.randint(0, 9)))


YAMLS = [
    "a: 1\nb:\n  - x\n  - y: z\nc: {d: e, f: [1, 2]}\n", "x: |\n  one\n  two\ny: >-\n  fold\n  ed\n\n  more\nz: |+\n  keep\n\n",
    "anchor: &a {p: 1, q: [1,2]}\nref: *a\nmerge:\n  <<: *a\n  p: 2\nlist:\n- <<: [*a, *a]\n", "'single ''q''': \"dq \\n \\u00e9 \\x41\"\n? complex key\n: value\n",
    "dates: 2020-01-01\nhex: 0x1F\noct: 017\noct2: 0o17\nbin: 0b101\nfloat: 1e3\ninf: .inf\nnull1: ~\nyes1: yes\nsexa: 1:30:00\nunder: 1_000\n",
    "a: !!str 1\nb: !!int \"5\"\nc: !!float 1\nd: !!binary aGk=\ne: !!null x\nf: !custom y\n", "---\na: 1\n...\n---\nb: 2\n", "# only comment\n", "a: 'x\n  y\n\n  z'\n", "a:\n- 1\n-  - 2\n   - 3\n- {x: y}\n",
    "key with spaces: plain text with: colon\nurl: http://x.y/z?a=b#c\nempty:\ntilde: ~\nquoted: ''\n", "a: \"b\\\n  c\"\nd: >\n   x\n  y\n", "%YAML 1.1\n---\na: b\n", "- a\n- b\n", "text", "a: 1\na: 2\n", "1: x\ntrue: y\n1.5: z\n~: n\n",
]
PIECES = [": ", "- ", "\n", "  ", "\t", "|", ">", "&a", "*a", "<<: ", "!!int ", "!!str ", "{", "}", "[", "]", "\"", "'", "#", " #", "---\n", "...\n", "? ", ",", "a", "1", "\\", "é", "~", "\r\n", "%", "@", "`", "=", "-", ":", "\ufeff", "|2-\n", ">+\n", "\u0085", "\u2028", "\x01", "*b", "!t "]


def mutated(corpus, pieces):
    text = random.choice(corpus)
    for _ in range(random.randint(0, 4)):
        place = random.randrange(len(text) + 1)
        form = random.random()
        if form < 0.25:
            text = text[:place] + text[place + random.randint(1, 4):]
        elif form < 0.75:
            text = text[:place] + random.choice(pieces) + text[place:]
        else:
            other = random.choice(corpus)
            cut = random.randrange(len(other) + 1)
            text = text[:place] + other[cut:cut + random.randint(1, 20)] + text[place:]
    return text


SETS = ["a.b=1,c[0].d=x,e={1,2}", "a=1\\,2,b\\.c=null", "a={\"x\":[1,2]},b=\"q\"", "a[0][1]=x", "a=true,b=false,c=nil", "x={a,b},x[1]=c", "a[0].b[1].c=5,a[0].b[0]=z",
        "a=007,b=-0,c=1e3", "a.b.c=,d", "k={},l={a\\,b,c}", "a=[1,{\"b\":null}],c=3", "a\\=b=c", "m[2]=z,m[0].q=1", "a.b=x,a.b.c=y", "a=\"x,y\"", "n=null,n.a=1"]
SET_PIECES = ["=", ",", ".", "[", "]", "{", "}", "\\", "0", "1", "2", "65536", "65537", "null", "\"", " ", "a", "b", "-1", "true", "é", "\n", ":", "[0]", ".b", "a=", "={", "99999999999999999999", "1.5", "\\,", "\\.", "\\{", "'"]


def chart_files(depth=2):
    """A chart with subcharts, conditions, tags, aliases, imports, globals and nulls."""
    name = lambda: random.choice(["ka", "kb", "kc", "kd"])
    def values(names, level):
        tree = {}
        for _ in range(random.randint(0, 4)):
            key = random.choice(["a", "b", "c", "m", "tags", "global", "exports", "data", "enabled"] + names)
            if key == "tags":
                tree[key] = {random.choice(["t1", "t2", "t3"]): random.choice([True, False, None, "x"]) for _ in range(2)}
            elif key == "enabled":
                tree[key] = random.choice([True, False, "true", None, 1])
            elif key == "exports":
                tree[key] = {"data": simple(2), "more": simple(1)}
            elif key in names or key == "global":
                tree[key] = random.choice([lambda: values(names, level - 1) if level > 0 else simple(1), lambda: simple(2)])()
            else:
                tree[key] = simple(2)
        return tree
    def simple(depth):
        form = random.random()
        if depth > 0 and form < 0.5:
            return {random.choice(["x", "y", "z", "enabled", "data", "k"]): simple(depth - 1) for _ in range(random.randint(0, 3))}
        return random.choice([1, "s", True, False, None, [1, None, "q"], 2.5, {}, "", [], 0])
    def build(own, level, path, files):
        subs = random.sample(["ka", "kb", "kc", "kd"], random.randint(0, 3)) if level > 0 else []
        aliases, dependencies = [], []
        for sub in subs:
            for _ in range(random.choice([0, 1, 1, 1, 1, 2])):
                dependency = {"name": sub, "version": random.choice(["1.0.0", "1.x", ">=1", "^1.0", "2.0.0" if random.random() < 0.1 else "*"])}
                if random.random() < 0.3:
                    dependency["alias"] = random.choice(["al1", "al2", "kb"])
                if random.random() < 0.4:
                    dependency["condition"] = random.choice([f"{sub}.enabled", "enabled", "global.x", f"{sub}.enabled,global.enabled", "a.x", "no.such", "", " ka.enabled "])
                if random.random() < 0.3:
                    dependency["tags"] = random.sample(["t1", "t2", "t3"], random.randint(1, 2))
                if random.random() < 0.35:
                    dependency["import-values"] = [random.choice(["data", "more", {"child": "exports.data", "parent": "got"}, {"child": "data", "parent": "."}, {"child": "m.x", "parent": "a"}, {"child": "no", "parent": "b"}, {"child": "global", "parent": "a.g"}]) for _ in range(random.randint(1, 2))]
                dependencies.append(dependency)
                aliases.append(dependency.get("alias", sub))
        meta = {"apiVersion": "v2", "name": own, "version": "1.0.0"}
        if dependencies:
            meta["dependencies"] = dependencies
        if random.random() < 0.05:
            meta["type"] = "library"
        files[path + "Chart.yaml"] = json.dumps(meta)
        names = sorted(set(aliases + subs)) or ["ka"]
        files[path + "values.yaml"] = json.dumps(values(names, level))
        files[path + f"templates/{own}.yaml"] = "v: {{ .Values | toJson }}\nn: {{ .Chart.Name }} {{ .Template.Name }} {{ .Chart.IsRoot }}\ns: {{ keys .Subcharts | sortAlpha }}\nd: {{ range .Chart.Dependencies }}{{ .Name }}-{{ .Alias }}-{{ .Enabled }}-{{ .ImportValues | toJson }} {{ end }}\n"
        if random.random() < 0.2:
            files[path + "templates/_h.tpl"] = "{{ define \"shared\" }}" + own + "{{ end }}"
            files[path + "templates/use.yaml"] = "u: {{ include \"shared\" . }} {{ .Values.global | toJson }}\n{{ $_ := set .Values \"a\" \"changed\" }}"
        for sub in subs:
            if random.random() < 0.97:
                build(sub, level - 1, path + f"charts/{sub}/", files)
        return names
    files = {}
    names = build("top", depth, "", files)
    return files, values(names, 2) if random.random() < 0.8 else None


def schema(depth=2):
    rules = {}
    for _ in range(random.randint(1, 3)):
        key = random.choice(["type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "multipleOf", "minLength", "maxLength", "pattern", "format", "minItems", "maxItems", "uniqueItems", "items", "properties", "required", "additionalProperties", "patternProperties", "minProperties", "maxProperties", "propertyNames", "dependentRequired", "dependencies", "anyOf", "oneOf", "allOf", "not", "if", "$ref", "contains", "prefixItems", "unevaluatedProperties", "title", "default", "dependentSchemas", "minContains", "contentEncoding"])
        below = lambda: schema(depth - 1) if depth > 0 else random.choice([True, {"type": "string"}, {"type": "integer"}, {}])
        rules[key] = {
            "type": lambda: random.choice(["string", "integer", "number", "object", "array", "boolean", "null", ["string", "null"], ["integer", "object"], "text" if random.random() < 0.2 else "string"]),
            "enum": lambda: random.choice([[1, "s"], ["x"], [None, True], [[1]], [{"x": 1}], [], ["a", "a"]]), "const": lambda: random.choice([1, "s", {}, [1], None, 2.5]),
            "minimum": lambda: random.choice([0, 2, 1.5, 1000, "x" if random.random() < 0.2 else 3]), "maximum": lambda: random.choice([0, 2, 1.5]), "exclusiveMinimum": lambda: random.choice([0, 1, True]), "multipleOf": lambda: random.choice([2, 0.5, 0.1, 0 if random.random() < 0.2 else 3]),
            "minLength": lambda: random.choice([0, 2, 5, -1 if random.random() < 0.2 else 1, 1.5 if random.random() < 0.2 else 3]), "maxLength": lambda: random.choice([0, 1, 3]), "pattern": lambda: random.choice(["^a", "[0-9]+", "s$", "\\p{Greek}", "(" if random.random() < 0.2 else "x"]),
            "format": lambda: random.choice(["email", "hostname", "ipv4", "ipv6", "uri", "date", "date-time", "time", "uuid", "regex", "duration", "json-pointer", "uri-reference", "relative-json-pointer", "nope", "iri", "uri-template", "period", "semver"]),
            "minItems": lambda: random.choice([1, 2]), "maxItems": lambda: random.choice([0, 1, 2]), "uniqueItems": lambda: random.choice([True, False]), "items": below,
            "properties": lambda: {key: below() for key in random.sample(["a", "b", "c", "m", "x", "y"], random.randint(1, 3))}, "required": lambda: random.choice([["a"], ["a", "x"], ["nope"], []]), "additionalProperties": lambda: random.choice([False, True, below()]),
            "patternProperties": lambda: {random.choice(["^a", ".", "x$"]): below()}, "minProperties": lambda: random.choice([1, 3]), "maxProperties": lambda: random.choice([0, 1]), "propertyNames": lambda: random.choice([{"pattern": "^a"}, {"maxLength": 1}, below()]),
            "dependentRequired": lambda: {"a": ["b", "q"]}, "dependencies": lambda: random.choice([{"a": ["q"]}, {"a": below()}]), "anyOf": lambda: [below(), below()], "oneOf": lambda: [below(), below()], "allOf": lambda: [below(), below()], "not": below,
            "if": below, "$ref": lambda: random.choice(["#/$defs/d", "#/definitions/d", "#", "#/$defs/none" if random.random() < 0.3 else "#/$defs/d"]), "contains": below, "prefixItems": lambda: [below()], "unevaluatedProperties": lambda: random.choice([False, True]),
            "title": lambda: random.choice(["t", 5 if random.random() < 0.2 else "u"]), "default": lambda: 1, "dependentSchemas": lambda: {"a": below()}, "minContains": lambda: random.choice([0, 1, 2]), "contentEncoding": lambda: "base64",
        }[key]()
        if key == "if":
            rules["then"], rules["else"] = below(), below()
    return rules


FORMATTED = ["a@b.co", "x", "1.2.3.4", "::1", "http://a/b", "2020-01-01", "2020-01-01T00:00:00Z", "10:00:00Z", "123e4567-e89b-12d3-a456-426614174000", "P1D", "/a/b", "a b", "host.example", "-bad", "é", "αβγ", "0/a", "{x}", "(", "1.2.3", "300.1.1.1", "2020-13-01", "http://[::1", "%zz", "", "a..b@c", "PT1H", "/a~2", "25:00:00Z"]


def schema_case():
    top = schema(3)
    top["$defs"] = {"d": schema(1)}
    top["definitions"] = {"d": schema(1)}
    draft = random.choice([None, "http://json-schema.org/draft-07/schema#", "http://json-schema.org/draft-07/schema", "http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-06/schema#", "https://json-schema.org/draft/2019-09/schema", "https://json-schema.org/draft/2020-12/schema"])
    if draft:
        top["$schema"] = draft
    tree = {key: value(2, FORMATTED + ["s", "a", "aa"]) for key in random.sample(["a", "b", "c", "m", "x", "y"], random.randint(1, 4))}
    return {"op": "render", "files": {"Chart.yaml": "apiVersion: v2\nname: top\nversion: 1.0.0\n", "values.yaml": json.dumps(tree), "values.schema.json": json.dumps(top), "templates/x.yaml": "ok: 1\n"}, "values": None}


METADATA = ["apiVersion: v2\n", "name: app\n", "version: 1.0.0\n", "version: 1.2\n", "version: v1.0\n", "version: x\n", "name: App_x\n", "name: a/b\n", "icon: https://x/y.png\n", "icon: x\n", "type: application\n", "type: library\n", "type: x\n", "appVersion: 1.10\n", "appVersion: \"2\"\n", "appVersion: [1]\n",
            "maintainers: [{name: a, email: b@c.de}]\n", "maintainers: [{name: a, email: x}]\n", "maintainers: [{email: b@c.de}]\n", "maintainers: x\n", "sources: [https://a/b]\n", "sources: [x y]\n", "home: 1\n", "keywords: [a, 1]\n", "deprecated: true\n", "deprecated: yes\n", "annotations: {a: b}\n", "annotations: {a: 1}\n", "dependencies: [{name: k, version: 1.0.0}]\n", "dependencies: [{name: k}, {name: k}]\n", "unknown: 1\n", "apiVersion: v1\n", "description: \"a\\nb\"\n", "home: ':x'\n", "tags: a\n", "condition: b\n"]
MANIFESTS = ["apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: X_y\n", "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: x}\n", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: {}\n", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: {selector: {}}\n", "kind: Namespace\nmetadata: {name: 1a}\n", "a: [\n", "  a: 1\n", "- x\n", "text\n", "", "\n\n", "metadata: {name: " + "x" * 70 + "}\nkind: Service\napiVersion: v1\n", "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: 'a:b'}\n", "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: x}\n", "apiVersion: v1\nkind: List\nitems: [{metadata: {annotations: {helm.sh/resource-policy: keep}}}]\n", "apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata: {name: x}\n", "metadata: {name: 5}\n", "metadata: [x]\n", "{{ fail \"f\" }}\n", "{{ required \"r\" .Values.q }}\n", "{{ .Values.a.b.c }}\n", "{{ nope }}\n", "apiVersion: apiextensions.k8s.io/v1beta1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n", "apiVersion: v1\nkind: ConfigMap\nmetadata: {namespace: q}\n", "apiVersion: autoscaling/v2beta1\nkind: HorizontalPodAutoscaler\nmetadata: {name: x, generateName: y}\n"]


def lint_case():
    files = {"Chart.yaml": "".join(random.sample(METADATA, random.randint(2, 8)))}
    if random.random() < 0.7:
        files["Chart.yaml"] = "apiVersion: v2\nname: app\nversion: 1.0.0\n" + "".join(random.sample(METADATA[8:], random.randint(0, 4)))
    if random.random() < 0.8:
        files["values.yaml"] = random.choice(["a: 1\n", "", "a: [\n", "- x\n", "text\n", json.dumps(value(2))])
    for index in range(random.randint(0, 3)):
        files["templates/" + random.choice(["a", "b", "_c", "NOTES"]) + random.choice([".yaml", ".yml", ".tpl", ".txt", ".json", ".YAML", ""])] = "---\n".join(random.sample(MANIFESTS, random.randint(1, 2)))
    if random.random() < 0.2:
        files["crds/x.yaml"] = random.choice(MANIFESTS)
    if random.random() < 0.2:
        files["charts/k/Chart.yaml"] = "apiVersion: v2\nname: k\nversion: 1.0.0\n"
    return {"op": "lint", "files": files, "values": None, "path": ""}


def broken_chart():
    files, values = chart_files(1)
    form = random.random()
    if form < 0.5:
        files["Chart.yaml"] = "".join(random.sample(METADATA, random.randint(2, 8)))
    elif form < 0.8:
        files["values.yaml"] = mutated(YAMLS, PIECES)
    else:
        files[random.choice(["templates/t.yaml", "requirements.yaml", "Chart.lock", ".helmignore", "charts/x/Chart.yaml", "charts/README.md"])] = mutated(YAMLS, PIECES)
    return {"op": "render", "files": files, "values": values}


class Generator:
    def __init__(self, fixture):
        self.files = dict(fixture["chart"])
        self.files.update(fixture["files"])
        self.values = fixture["values"]
        self.expressions = Expressions([record["template"] for record in fixture["expressions"]])

    def probe(self, template):
        files = dict(self.files)
        files["values.yaml"] = self.values[random.choice(["main", "main", "main", "odd", "app"])]
        files["templates/_probe.tpl"] = "{{ define \"probe.expr\" }}" + template + "{{ end }}"
        return {"op": "render", "files": files, "values": None, "note": template}

    def next(self, kind):
        if kind == "toYaml":
            tree = {"v": value(3, [odd_text() for _ in range(6)] + WORDS)}
            return {"op": "render", "note": tree, "values": tree, "files": {"Chart.yaml": "apiVersion: v2\nname: top\nversion: 1.0.0\n", "templates/x.yaml": random.choice(["{{ toYaml .Values.v }}", "{{ .Values.v | toYaml | nindent 4 }}", "{{ .Values.v | toJson }}", "{{ .Values.v }}", "{{ .Values | toPrettyJson }}", "{{ toYamlPretty .Values.v }}", "{{ .Values | toToml }}", "{{ .Values.v | toString | quote }}", "{{ printf \"%#v %q\" .Values.v .Values.v }}"])}}
        if kind == "yaml":
            return {"op": "yaml", "text": mutated(YAMLS, PIECES)}
        if kind == "set":
            return {"op": "set", "flag": random.choice(list(Peer.parsers)), "text": mutated(SETS, SET_PIECES)}
        if kind == "chart":
            files, values = chart_files()
            return {"op": "render", "files": files, "values": values}
        if kind == "schema":
            return schema_case()
        if kind == "lint":
            return lint_case()
        if kind == "badchart":
            return broken_chart()
        if kind == "file":
            files = dict(self.files)
            files["values.yaml"] = self.values["main"]
            files["templates/t.yaml"] = self.expressions.next(random.choice(["seeds", "broken", "any"])) + random.choice(["", "\n", "---\na: b"])
            return {"op": "render", "files": files, "values": None, "note": files["templates/t.yaml"]}
        return self.probe(self.expressions.next(kind))


KINDS = ["any", "seeds", "broken"] + list(SHAPES) + ["file", "toYaml", "yaml", "set", "chart", "schema", "lint", "badchart"]


def sorted_names(line):
    """A line whose list of quoted names is in order."""
    return re.sub(r"'[^']*'(?:, '[^']*')+", lambda names: ", ".join(sorted(names[0].split(", "))), line)


def comparable(answer):
    """Without what depends on the order of Go's maps."""
    if "error" in answer:
        text = answer["error"].removeprefix("chart dependencies processing failed: ")
        lines = [sorted_names(line) for line in text.split("\n")]
        if "specifications of the schema" in answer["error"] or "JSON" in answer["error"]:
            lines.sort()
        return ("error", "\n".join(lines))
    out = answer["out"]
    if isinstance(out, list):
        return ("out", [(one["severity"], one["path"], "\n".join(sorted(map(sorted_names, one["error"].split("\n"))))) for one in out])
    if isinstance(out, dict):
        out = {key: text for key, text in out.items() if text not in ("", None) or not isinstance(text, str)}
    return ("out", json.loads(json.dumps(out).replace("\\udc", "?")))


def generated(engine, peer, fixture, seed, count, kinds):
    random.seed(seed)
    generator = Generator(json.load(open(fixture)))
    failed = 0
    for kind in kinds or KINDS:
        if kind not in KINDS:
            raise SystemExit(f"there is no kind {kind}; there are: {' '.join(KINDS)}")
        wrong = 0
        for _ in range(count):
            request = generator.next(kind)
            try:
                json.dumps(request).encode()
                theirs = peer.ask(request)
            except UnicodeError:
                continue
            # Addresses of objects in memory.
            if re.search(r"0x[0-9a-f]{9,}", json.dumps(theirs)):
                continue
            ours = engine.ask(request)
            if comparable(theirs) == comparable(ours):
                continue
            wrong += 1
            print(json.dumps({"kind": kind, "case": request.get("note") or request, "values": request.get("values"), "helm": theirs, "ours": ours}, ensure_ascii=False))
        print(f"{kind}: {count - wrong} of {count} equal", file=sys.stderr)
        # Rare forms differ in the words of an error; more than one in a hundred is a fault.
        failed += wrong * 100 > count
    return failed


def charts(engine, peer, folders):
    equal = failed = 0
    for folder in folders:
        request = {"op": "render", "folder": folder, "values": None}
        theirs, ours = peer.ask(request), engine.ask(request)
        if comparable(theirs) == comparable(ours):
            equal += 1
            failed += "error" in theirs
            continue
        parts = {}
        if "out" in theirs and "out" in ours:
            for path in sorted(set(theirs["out"]) | set(ours["out"])):
                if theirs["out"].get(path) != ours["out"].get(path):
                    parts[path] = [theirs["out"].get(path), ours["out"].get(path)]
        print(json.dumps({"chart": folder, "parts": parts} if parts else {"chart": folder, "helm": theirs, "ours": ours}, ensure_ascii=False))
    print(f"{equal} of {len(folders)} charts equal, {failed} of them with an error", file=sys.stderr)
    return 0


def main():
    engine, peer = Engine(sys.argv[1]), Peer()
    try:
        if sys.argv[2] == "charts":
            return charts(engine, peer, sys.argv[3:])
        return generated(engine, peer, sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5:])
    finally:
        peer.close()


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
