import TestCharts
import Testing

@testable import Helm

/// Archives that are broken or mean harm, and what a chart's files have to have.
struct ChartLoaderTests {
    private static let metadata = "apiVersion: v2\nname: app\nversion: 1.0.0\n"

    @Test func `an archive is loaded with its subcharts`() throws {
        let kid = Archive.gzip(Archive.tar([("kid/Chart.yaml", "apiVersion: v2\nname: kid\nversion: 0.1.0\n", "0")]))
        let archive = Archive.gzip(
            Archive.tar([
                ("app/", "", "5"), ("app/Chart.yaml", Self.metadata, "0"), ("app/values.yaml", "a: 1\n", "0"),
                ("app/templates/cm.yaml", "a: b\n", "0"),
            ]) { $0 += Archive.entry("app/charts/kid-0.1.0.tgz", kid, "0") })
        let chart = try ChartLoader.load(archive: archive)
        #expect(chart.name == "app")
        #expect(chart.dependencies.map(\.name) == ["kid"])
        #expect(chart.templates.map(\.name) == ["templates/cm.yaml"])
    }

    @Test(arguments: [
        ("app/../../etc/passwd", "0", "chart illegally references parent directory"),
        ("app//etc/passwd", "0", "chart illegally contains absolute paths"),
        ("app", "0", "chart illegally contains content outside the base directory: \"app\""),
        ("app/c:/x", "0", "chart contains illegally named files"),
        ("Chart.yaml/x", "0", "chart yaml not in base directory"),
        ("app/link", "2", "chart illegally contains a link or a device: \"app/link\""),
    ])
    func `an entry that leaves the chart is refused`(path: String, type: String, problem: String) {
        let archive = Archive.gzip(Archive.tar([("app/Chart.yaml", Self.metadata, "0"), (path, "", type)]))
        expect(problem) { () throws(HelmError) in _ = try ChartLoader.load(archive: archive) }
    }

    @Test func `an archive that grows beyond its limits is refused`() {
        var limits = ChartArchive.Limits()
        limits.fileBytes = 1000
        let archive = Archive.gzip(Archive.tar([("app/big", String(repeating: "x", count: 1001), "0")]))
        expect("decompressed chart file \"app/big\" is larger than the maximum file size 1000") {
            () throws(HelmError) in
            _ = try ChartLoader.load(archive: archive, limits: limits)
        }
        limits = ChartArchive.Limits()
        limits.files = 2
        let many = Archive.gzip(Archive.tar((0..<3).map { ("app/\($0)", "", "0") }))
        expect("chart has more than 2 files") { () throws(HelmError) in
            _ = try ChartLoader.load(archive: many, limits: limits)
        }
    }

    @Test func `what is cut or no archive is refused`() {
        let archive = Archive.gzip(Archive.tar([("app/Chart.yaml", Self.metadata, "0")]))
        for length in [0, 1, 10, archive.count / 2, archive.count - 1] {
            #expect(throws: HelmError.self) { try ChartLoader.load(archive: Array(archive.prefix(length))) }
        }
        #expect(throws: HelmError.self) { try ChartLoader.load(archive: Array("text".utf8)) }
    }

    @Test(arguments: [
        ("name: app\nversion: 1.0.0", ""), ("", "validation: chart.metadata.name is required"),
        ("apiVersion: v2\nname: app", "validation: chart.metadata.version is required"),
        ("apiVersion: v2\nname: app\nversion: x", "validation: chart.metadata.version \"x\" is invalid"),
        ("apiVersion: v2\nname: a/b\nversion: 1.0.0", "validation: chart.metadata.name \"a/b\" is invalid"),
        (
            "apiVersion: v2\nname: app\nversion: 1.0.0\ntype: other",
            "validation: chart.metadata.type must be application or library"
        ),
        (
            "apiVersion: v2\nname: [app]\nversion: 1.0.0",
            "cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go struct field Metadata.name of type string"
        ),
        (
            "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies: [{name: a}, {name: a}]",
            "validation: more than one dependency with name or alias \"a\""
        ),
    ])
    func `Chart yaml has to have what Helm wants`(text: String, problem: String) {
        let files = [ChartFile(name: "Chart.yaml", data: Array(text.utf8))]
        expect(problem) { () throws(HelmError) in _ = try ChartLoader.load(files: files) }
    }

    @Test func `a dependency that is missing is an error, also where it is off`() throws {
        let text = Self.metadata + "dependencies: [{name: kid, version: 1.0.0, condition: kid.on}]\n"
        let chart = try ChartLoader.load(files: [ChartFile(name: "Chart.yaml", data: Array(text.utf8))])
        expect(
            "an error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch "
                + "missing dependencies: found in Chart.yaml, but missing in charts/ directory: kid"
        ) { () throws(HelmError) in
            _ = try RecordedCharts.renderer().render(chart, values: HelmMap(["kid": .map(["on": .bool(false)])]))
        }
    }

    /// What Helm v4.2.3 says for it.
    @Test func `nulls of default values go where every dependency is off`() throws {
        let files = [
            ("Chart.yaml", Self.metadata + "dependencies: [{name: kid, version: 1.0.0, condition: kid.on}]\n"),
            ("values.yaml", "a: {b: null, c: 1}\nkid: {on: false}\n"),
            ("templates/x.yaml", "v: {{ .Values.a | toJson }}\n"),
            ("charts/kid/Chart.yaml", "apiVersion: v2\nname: kid\nversion: 1.0.0\n"),
        ].map { ChartFile(name: $0.0, data: Array($0.1.utf8)) }
        let rendered = try RecordedCharts.renderer().render(try ChartLoader.load(files: files), values: HelmMap())
        #expect(rendered.manifest == "---\n# Source: app/templates/x.yaml\nv: {\"c\":1}\n\n")
    }

    private func expect(_ problem: String, _ work: () throws(HelmError) -> Void) {
        do throws(HelmError) {
            try work()
            #expect(problem.isEmpty)
        } catch {
            #expect(error.message.text == problem)
        }
    }
}
