import Helm
import KubeModel

extension FuzzTarget {
    /// Texts that were written are read again as they were.
    static let helmYAMLWriter = FuzzTarget.text(
        "helm-yaml-writer",
        corpus: [
            "plain", "a: b", "multi\nline\n", "  lead\n\n", "yes", "0x1F", "- x", "é 日本 😀", "it's \"q\" \\", "tab\t#",
        ],
        words: [
            "\n", " ", ": ", " #", "- ", "'", "\"", "\\", "\t", "|", ">", "&", "*", "!", "%", "@", "`", "{", "[", ",",
            "?", "=",
            "~", "null", "1e3", ".inf", "\u{85}", "\u{A0}", "\u{2028}", "\u{FEFF}", "\u{1B}", "\r", "2020-01-01",
            "1:30",
        ]
    ) { input in
        let text = ByteString(String(decoding: input, as: UTF8.self))
        let value = HelmValue.map(["v": .list([.string(text), .map([text: .string(text)])])])
        guard let written = try? YAMLEmitter.marshal(value) else { return }
        // What JSON has as it is and YAML can't have isn't read again by Helm either.
        guard let read = try? YAMLReader.value(of: written) else { return }
        guard case .map(let map) = read, case .list(let list)? = map["v"], case .string(let back)? = list.elements.first
        else { throw FuzzFailure(description: "a text is read as something else") }
        let isPlain = text.bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == 0x0A }
        if isPlain { try require(back == text, "a text is read as another") }
    }

    /// Files of values over those of a chart with a subchart.
    static let helmValues = FuzzTarget.text(
        "helm-values",
        corpus: [
            "a: 1\nglobal: {x: y}\nkid: {a: null, enabled: true}\n", "kid: null\ntags: {t: false}\n---\nb: [1]\n",
            "global: text\nkid:\n  global: {x: {y: z}}\n", "a: {b: null}\nb: 2\n",
        ],
        words: [
            "a: ", "kid:", "global:", "null", "{", "}", "[", "]", ": ", "\n", "  ", "---\n", "tags:", "enabled: ", "~",
            "true",
        ]
    ) { input in
        let kid = "apiVersion: v2\nname: kid\nversion: 1.0.0\n"
        let files = [
            (
                "Chart.yaml",
                "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies: [{name: kid, version: 1.x, "
                    + "condition: kid.enabled, tags: [t], import-values: [data, {child: a, parent: b}]}]\n"
            ),
            ("values.yaml", "a: {b: 1, c: [x]}\nkid: {a: 5, enabled: true}\n"), ("charts/kid/Chart.yaml", kid),
            ("charts/kid/values.yaml", "a: {p: 1}\nexports: {data: {q: 2}}\n"),
            ("charts/kid/templates/x.yaml", "v: {{ .Values | toJson }}\n"),
            ("templates/x.yaml", "v: {{ toYaml .Values | nindent 2 }}\n"),
        ]
        let chart = try ChartLoader.load(files: files.map { ChartFile(name: $0, data: Array($1.utf8)) })
        guard let values = try? ValuesReader.read(ByteString(bytes: input)) else { return }
        let renderer = ChartRenderer(
            release: .init(name: "rel", namespace: "ns"), environment: TemplateEnvironment(now: { (0, 0) }))
        _ = try? renderer.render(chart, values: values)
    }

    /// The lexer and the parser alone.
    static let helmParser = FuzzTarget.text(
        "helm-parser",
        corpus: [
            "{{- if and .a (eq $x 1) -}} a {{ else if not .b }}b{{ else }}c{{ end -}}",
            "{{ range $i, $e := .l }}{{ break }}{{ end }}",
            "{{ define \"x\" }}{{ template \"x\" .y | upper }}{{ end }}{{ block \"b\" . }}{{ end }}",
            "{{/* c */}}{{ (f 1.5e3 'x' `r`).a.b }}",
            "{{ with $x := printf \"%d\" 0x1F | quote }}{{ $x.y.z }}{{ else with .w }}{{ end }}",
            "{{ $x = nil }}{{ -1i }}",
        ],
        words: [
            "{{", "}}", "{{-", "-}}", "{{- ", " -}}", "end", "if ", "else ", "range ", "with ", "define ", "template ",
            "block ", "break",
            "continue", "$x", ":=", "=", ".a", "|", "(", ")", "\"", "`", "'", "/*", "*/", "nil", "true", "1", "0x",
            "1e", "\\", "\n", "é", ",",
        ]
    ) { input in
        let engine = TemplateEngine(environment: TemplateEnvironment(now: { (0, 0) }))
        let file = RenderedFile(
            name: "app/templates/_x.tpl", text: ByteString(bytes: input), values: HelmMap(), basePath: "app/templates")
        _ = try? engine.render([file])
    }

    /// Records of releases, which anybody who may write Secrets can make.
    static let helmRelease = FuzzTarget.text(
        "helm-release",
        corpus: [
            #"{"name":"web","version":1,"config":{"a":{"b":null}},"chart":{"metadata":{"name":"app"},"values":{"a":{"b":1}}}}"#,
            #"{"name":"w","info":{"status":"failed","deleted":""},"manifest":"---\nkind: Secret\n","hooks":[{"events":[1]}]}"#,
        ],
        words: [
            "{", "}", "[", "]", "\"", "null", "1e9", "\"config\":", "\"values\":", "\"chart\":", "\"info\":", ",", ":",
        ]
    ) { input in
        for bytes in [input, StoredGzip.archive(of: Array(input.prefix(60_000)))] {
            let data = Base64.encode(Array(Base64.encode(bytes).utf8))
            guard let record = try? ReleaseRecord(data: data) else { continue }
            try require(!record.computedValues.isNull || record.config.isNull, "values are lost")
            _ = (record.chart, record.status, record.time("deleted"), record.hooks.count)
        }
    }

    /// Archives as they come from outside.
    static let helmArchive = FuzzTarget.bytes(
        "helm-archive",
        corpus: [
            // A tar of one chart, compressed; and the beginning of such.
            [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], StoredGzip.archive(of: TarText.chart), StoredGzip.archive(of: []),
        ],
        words: ["\u{1F}", "\u{8}", "\0", "\u{1}", "\u{3}"]
    ) { input in
        var limits = ChartArchive.Limits()
        (limits.totalBytes, limits.fileBytes, limits.files) = (1 << 20, 1 << 18, 100)
        guard let files = try? ChartArchive.files(of: input, limits: limits) else { return }
        try check(files, limits)
    }

    /// What is inside of an archive. Checksums are made right: otherwise all ends at them.
    static let helmTar = FuzzTarget.bytes(
        "helm-tar", corpus: [TarText.chart, TarText.long, TarText.entry("app/x", "1", type: "x")],
        words: [
            "../", "/", "app/", "\\", "\0", "ustar\0", "5", "2", "L", "x", "g", "12 path=a/b\n", "777", "c:/", "./",
            "//",
        ]
    ) { input in
        var limits = ChartArchive.Limits()
        (limits.totalBytes, limits.fileBytes, limits.files) = (1 << 20, 1 << 18, 100)
        guard let files = try? ChartArchive.files(tar: TarText.withChecksums(input), limits: limits) else { return }
        try check(files, limits)
        _ = try? ChartLoader.load(files: files)
    }

    private static func check(_ files: [ChartFile], _ limits: ChartArchive.Limits) throws {
        try require(files.count <= limits.files, "more files than allowed")
        try require(files.reduce(0) { $0 + $1.data.count } <= limits.totalBytes, "more bytes than allowed")
        for file in files {
            let parts = file.name.split(separator: "/", omittingEmptySubsequences: false)
            try require(!file.name.hasPrefix("/") && !parts.contains(".."), "\(file.name) leaves the chart")
        }
    }
}

/// Tars as programs make them.
private enum TarText {
    static let chart =
        entry("app/", "", type: "5") + entry("app/Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\n")
        + entry("app/values.yaml", "a: 1\n") + entry("app/templates/x.yaml", "a: {{ .Values.a }}\n")
        + entry("app/charts/k/Chart.yaml", "name: k\nversion: 1.0.0\n") + [UInt8](repeating: 0, count: 1024)

    static let long =
        entry("././@LongLink", "app/templates/" + String(repeating: "n", count: 120) + ".yaml\0", type: "L")
        + entry("app/templates/nnn", "a: b\n") + entry("pax", "23 path=app/values.yaml\n", type: "x")
        + entry("app/v", "b: 1\n")
        + [UInt8](repeating: 0, count: 1024)

    static func entry(_ name: String, _ text: String, type: String = "0") -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        put(name, at: 0)
        put("0000644", at: 100)
        let size = String(text.utf8.count, radix: 8)
        put(String(repeating: "0", count: 11 - size.count) + size, at: 124)
        put(type, at: 156)
        put("ustar\u{0}00", at: 257)
        let data = Array(text.utf8)
        return withChecksums(header) + data + [UInt8](repeating: 0, count: (512 - data.count % 512) % 512)
    }

    /// Each block that could be a header with the checksum of its bytes.
    static func withChecksums(_ tar: [UInt8]) -> [UInt8] {
        var tar = tar
        for start in stride(from: 0, to: tar.count - 511, by: 512) where tar[start] != 0 {
            for offset in 148..<156 { tar[start + offset] = 0x20 }
            let sum = tar[start..<start + 512].reduce(0) { $0 + Int($1) }
            let digits = Array(String(sum, radix: 8).utf8)
            for (index, byte) in digits.enumerated() { tar[start + 154 - digits.count + index] = byte }
            tar[start + 154] = 0
        }
        return tar
    }
}

/// Gzip without compression, whose checksum is that of the bytes.
private enum StoredGzip {
    static func archive(of bytes: [UInt8]) -> [UInt8] {
        var archive: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
        let count = UInt16(bytes.count)
        archive += [1, UInt8(count & 0xFF), UInt8(count >> 8), UInt8(~count & 0xFF), UInt8(~count >> 8)] + bytes
        for number in [checksum(bytes), UInt32(bytes.count)] {
            for shift in stride(from: UInt32(0), to: 32, by: 8) { archive.append(UInt8(number >> shift & 0xFF)) }
        }
        return archive
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
