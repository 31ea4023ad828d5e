import Helm

extension FuzzTarget {
    /// YAML as Helm reads it: what was read can be written, and is read again.
    static let helmYAML = FuzzTarget.text(
        "helm-yaml",
        corpus: [
            "a: 1\nb: [x, {y: z}]\nc: |\n  one\n  two\n", "x: &a {p: 1}\ny:\n  <<: *a\n  q: 0x1F\n",
            "- 'a'\n- \"b\\n\"\n- ~\n- yes\n- 2020-01-01\n", "? long\n: value\n",
        ],
        words: [
            ": ", "- ", "\n", "  ", "|", ">", "&a", "*a", "<<", "!!int ", "!!binary ", "{", "}", "[", "]", "\"", "'",
            "#",
            "---\n", "\t", "\u{85}", "\u{FEFF}", "1e999", ".nan", "? ",
        ]
    ) { input in
        guard let value = try? YAMLReader.value(of: ByteString(bytes: input)) else { return }
        guard let text = try? YAMLEmitter.marshal(value) else { return }
        try require(text.bytes.last == UInt8(ascii: "\n"), "a document has no line feed at its end")
    }

    /// Arguments of `--set` and its relatives.
    static let helmSet = FuzzTarget.text(
        "helm-set",
        corpus: ["a.b=1,c[0].d=x,e={1,2}", "a=1\\,2,b\\.c=null", "a={\"x\":[1,2]},b=\"q\"", "a[0][1]=x"],
        words: ["=", ",", ".", "[", "]", "{", "}", "\\", "0", "65536", "65537", "null", "\"", " "]
    ) { input in
        for form in [SetParser.Form.typed, .string, .json, .literal] {
            try? SetParser.parse(ByteString(bytes: input), form: form, into: HelmMap())
        }
    }

    /// Expressions on a text: no match leaves it.
    static let helmRegex = FuzzTarget.text(
        "helm-regex",
        corpus: ["(a|b)*c+?", "^[^\\s-]+$", "(?i)\\bfoo\\d{2,3}", "[[:alpha:]]\\pL(?P<n>x)?"],
        words: [
            "(", ")", "[", "]", "*", "+", "?", "{2,5}", "|", "\\", "^", "$", "(?i)", "(?:", "\\d", "\\p{Lu}", "[^", "-",
            "é",
        ]
    ) { input in
        guard let regex = try? GoRegex(ByteString(bytes: input)) else { return }
        let text: ByteString = "a foo12 é-b\nxabc"
        for match in try regex.allMatches(in: text, limit: 20) {
            for range in match.compactMap(\.self) {
                try require(range.lowerBound >= 0 && range.upperBound <= text.count, "a match leaves the text")
            }
        }
        _ = try regex.replacing(in: text, with: "<$0>")
    }

    /// A chart's template with its values: an error or a manifest, within the limits.
    static let helmChart = FuzzTarget.text(
        "helm-chart",
        corpus: [
            "a: {{ .Values.a | quote }}\n", "{{- range $k, $v := .Values }}\n{{ $k }}: {{ $v | toJson }}\n{{- end }}",
            "{{ define \"x\" }}{{ include \"x\" . }}{{ end }}{{ include \"x\" . }}",
            "{{ tpl \"{{ .Values.a }}\" . }}{{ printf \"%5.2f %v\" 1.5 .Values }}",
            "{{ with dict \"a\" (list 1 2) }}{{ index .a 1 | add 3 }}{{ else }}{{ fail \"x\" }}{{ end }}",
        ],
        words: [
            "{{", "}}", "{{-", "-}}", " end ", " if ", " range ", " with ", " $x := ", ".Values", ".a", " | ", "(", ")",
            "\"", "`", " include \"x\" . ", " toYaml ", " nindent 4 ", " until 10 ", " repeat 1000 ",
            " printf \"%*d\" ",
            " regexFind \"(\" ", " index ", " 9223372036854775807 ", " nil ", "---\n", "{{/*", "*/}}",
        ]
    ) { input in
        let files = [
            ChartFile(name: "Chart.yaml", data: Array("apiVersion: v2\nname: app\nversion: 1.0.0\n".utf8)),
            ChartFile(name: "values.yaml", data: Array("a: 1\nb: {c: [x, 2.5]}\n".utf8)),
            ChartFile(name: "templates/x.yaml", data: input),
        ]
        guard let chart = try? ChartLoader.load(files: files) else { return }
        var renderer = ChartRenderer(
            release: .init(name: "rel", namespace: "ns"), environment: TemplateEnvironment(now: { (0, 0) }))
        renderer.limits.steps = 200_000
        renderer.limits.outputBytes = 1 << 20
        renderer.limits.valueBytes = 1 << 20
        _ = try? renderer.render(chart, values: HelmMap())
    }
}
