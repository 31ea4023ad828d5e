import Testing

@testable import Helm

/// What a chart may not do to the process that renders it.
@Suite struct LimitTests {
    private static func render(_ text: String, limits: TemplateLimits = TemplateLimits()) -> String {
        let engine = TemplateEngine(environment: ProbeChart.environment, limits: limits)
        let file = RenderedFile(
            name: "c/templates/x.yaml", text: ByteString(text), values: HelmMap(type: .values), basePath: "c/templates")
        do {
            return try engine.render([file])["c/templates/x.yaml"]?.text ?? ""
        } catch {
            return error.message.text
        }
    }

    @Test func `a template that calls itself without end is refused`() {
        let text = Self.render("{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}")
        #expect(text.hasSuffix("exceeded maximum template depth (100000)"))
    }

    @Test func `an include of itself is refused after a thousand levels`() {
        let text = Self.render("{{ define \"a\" }}{{ include \"a\" . }}{{ end }}{{ include \"a\" . }}")
        #expect(text.contains("rendering template has a nested reference name: a: unable to execute template"))
    }

    @Test func `loops end at the limit of steps`() {
        var limits = TemplateLimits()
        limits.steps = 1000
        let text = Self.render("{{ range 100000 }}{{ range 100000 }}x{{ end }}{{ end }}", limits: limits)
        #expect(text == "the templates take more than 1000 steps")
    }

    @Test func `output ends at its limit, also where it is thrown away`() {
        var limits = TemplateLimits()
        limits.outputBytes = 1000
        let text = Self.render(
            "{{ define \"a\" }}{{ repeat 500 \"x\" }}{{ end }}{{ range 9 }}{{ $_ := include \"a\" . }}{{ end }}",
            limits: limits)
        #expect(text.contains("the templates write more than 1000 bytes"))
    }

    @Test func `a value too large isn't made`() {
        #expect(Self.render("{{ repeat 1000000000 \"abc\" }}").contains("bytes is not made"))
        #expect(Self.render("{{ until 1000000000 | len }}").contains("numbers is not made"))
    }

    @Test func `parentheses and blocks have a depth`() {
        let parentheses = String(repeating: "(", count: 5000) + "1" + String(repeating: ")", count: 5000)
        #expect(Self.render("{{ \(parentheses) }}").contains("nested too deeply"))
        let blocks = String(repeating: "{{ if true }}", count: 5000) + String(repeating: "{{ end }}", count: 5000)
        #expect(Self.render(blocks).contains("nested too deeply"))
    }

    @Test func `a map that contains itself is printed as an error or not at all`() {
        let map = "{{ $m := dict }}{{ $_ := set $m \"m\" $m }}"
        #expect(Self.render(map + "[{{ toJson $m }}]") == "[]")
        #expect(Self.render(map + "{{ mustToJson $m }}").contains("encountered a cycle"))
        #expect(Self.render(map + "{{ print $m | len }}") != "")
        #expect(Self.render(map + "[{{ toYaml $m }}]") == "[]")
        #expect(Self.render(map + "{{ toToml $m }}").contains("nested too deeply"))
        #expect(Self.render(map + "{{ deepCopy $m | len }}") != "")
    }

    @Test func `regular expressions count as the steps that they take`() {
        var limits = TemplateLimits()
        limits.steps = 100_000
        for call in ["regexMatch", "regexFind", "mustRegexFind"] {
            let text = Self.render("{{ \(call) \"(?:(?:a?){30}){30}b\" (repeat 10000 \"a\") }}", limits: limits)
            #expect(text.hasSuffix("error calling \(call): the templates take more than 100000 steps"))
        }
        // Each match looks at all of the rest.
        let all = Self.render("{{ regexFindAll \"a*b|a\" (repeat 10000 \"a\") -1 | len }}", limits: limits)
        #expect(all.hasSuffix("the templates take more than 100000 steps"))
    }

    @Test func `a replacement that multiplies a text isn't made`() {
        let text = Self.render("{{ regexReplaceAll \"a+\" (repeat 100000 \"a\") (repeat 100000 \"$0\") }}")
        #expect(text.hasSuffix("a text of more than 67108864 bytes is not made"))
    }

    @Test(arguments: [
        (String(repeating: "a[65536]=1,", count: 1000), "have more than 20000000 elements"),
        ("a" + String(repeating: "[0]", count: 10_000) + "=1", "more than 200 lists are nested in each other"),
    ])
    func `lists of an argument end at their limits`(argument: String, problem: String) {
        let error = #expect(throws: HelmError.self) {
            try SetParser.parse(ByteString(argument), form: .typed, into: HelmMap())
        }
        #expect(error?.message.text.contains(problem) == true)
    }

    @Test func `an argument of many values in JSON is read in linear time`() throws {
        let values = HelmMap()
        try SetParser.parse(
            ByteString((0..<20_000).map { "k\($0)={\"a\":[\($0)]}" }.joined(separator: ",")), form: .json, into: values)
        #expect(values.count == 20_000)
    }
}
