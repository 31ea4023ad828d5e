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
}
