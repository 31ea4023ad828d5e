import Foundation
import KubeModel
import Testing

@testable import Helm

/// Charts and arguments recorded from Helm v4.2.3: what they render to, byte for byte.
struct ChartTests {
    @Test(arguments: try RecordedCharts.charts()) func `a chart renders as Helm renders it`(chart: RecordedCharts.Chart)
        throws
    {
        do throws(HelmError) {
            let rendered = try RecordedCharts.renderer().render(
                try RecordedCharts.load(chart.files), values: HelmJSON.value(chart.values).asMap ?? HelmMap())
            #expect(rendered.manifest.text == chart.manifest)
            if let notes = chart.notes { #expect(rendered.notes.text == notes) }
        } catch {
            #expect(error.message.text.contains(try #require(chart.error, "\(error)")))
        }
    }

    @Test(arguments: try RecordedCharts.arguments())
    func `an argument of values is read as Helm reads it`(argument: RecordedCharts.Argument) throws {
        let forms: [String: SetParser.Form] = [
            "--set": .typed, "--set-string": .string, "--set-json": .json, "--set-literal": .literal,
        ]
        let values = HelmMap()
        do throws(HelmError) {
            try SetParser.parse(ByteString(argument.text), form: forms[argument.flag] ?? .typed, into: values)
            #expect(HelmJSON.text(of: .map(values)) == HelmJSON.text(of: HelmJSON.value(argument.output)))
        } catch {
            #expect(error.message.text.contains(try #require(argument.error, "\(error)")))
        }
    }

    @Test(arguments: try RecordedCharts.commands())
    func `a command line of helm template prints what Helm prints`(command: RecordedCharts.Command) throws {
        do throws(HelmError) {
            let text = try command.run()
            #expect(command.kind != "error", "\(text.text)")
            if command.kind == "notes" {
                let notes = text.text.components(separatedBy: "\nNOTES:\n").last ?? ""
                #expect(
                    notes.trimmingCharacters(in: .whitespacesAndNewlines)
                        == command.output.trimmingCharacters(in: .whitespacesAndNewlines))
            } else {
                #expect(text.text == command.output)
            }
        } catch {
            try #require(command.kind == "error", "\(error)")
            // A chain of locations is Helm's own; the cause is its last line.
            let expected = command.output.trimmingCharacters(in: .whitespacesAndNewlines)
            let message = "Error: " + error.message.text.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(message == expected || message.hasSuffix(expected.components(separatedBy: ": ").last ?? expected))
        }
    }
}

/// The recorded cases.
enum RecordedCharts {
    struct Chart: CustomTestStringConvertible {
        let id: String
        let files: [ChartFile]
        let values: JSONValue
        let manifest: String?
        let notes: String?
        let error: String?

        var testDescription: String { id }
    }

    struct Argument: CustomTestStringConvertible {
        let flag: String
        let text: String
        let output: JSONValue
        let error: String?

        var testDescription: String { "\(flag) \(text)" }
    }

    struct Command: CustomTestStringConvertible {
        let chart: String
        let name: String
        let files: [ChartFile]
        let valueFiles: [String: [UInt8]]
        let arguments: [String]
        let kind: String
        let output: String

        var testDescription: String { "\(chart) \(name)" }
    }

    private static func fixture(_ key: String) throws -> [JSONValue] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: root.appending(path: "Fixtures/Helm/charts.json"))
        return try JSONParser.parse(data)[key]?.array ?? []
    }

    /// The files of a chart's folder that its `.helmignore` leaves.
    private static func files(_ json: JSONValue) throws -> [ChartFile] {
        let rules = try IgnoreRules(ByteString(json[".helmignore"]?.string ?? ""))
        return (json.object ?? JSONObject()).filter { path, _ in
            let parts = path.split(separator: "/")
            return !parts.indices.contains { index in
                rules.ignores(parts[...index].joined(separator: "/"), isFolder: index < parts.count - 1)
            }
        }.map { ChartFile(name: $0.key, data: Array(($0.value.string ?? "").utf8)) }
    }

    static func charts() throws -> [Chart] {
        try fixture("charts").map { record in
            Chart(
                id: record["id"]?.string ?? "", files: try files(record["files"] ?? .null),
                values: record["values"] ?? .null,
                manifest: record["manifest"]?.string, notes: record["notes"]?.string,
                error: record["error_contains"]?.string)
        }
    }

    static func arguments() throws -> [Argument] {
        try fixture("set").map { record in
            Argument(
                flag: record["flag"]?.string ?? "", text: record["in"]?.string ?? "", output: record["out"] ?? .null,
                error: record["error_contains"]?.string)
        }
    }

    static func commands() throws -> [Command] {
        try fixture("folders").flatMap { folder in
            let values = (folder["values"]?.object ?? JSONObject()).map {
                ($0.key, Array(($0.value.string ?? "").utf8))
            }
            return try (folder["cases"]?.array ?? []).map { record in
                Command(
                    chart: folder["name"]?.string ?? "", name: record["name"]?.string ?? "",
                    files: try files(folder["files"] ?? .null), valueFiles: Dictionary(uniqueKeysWithValues: values),
                    arguments: (record["args"]?.array ?? []).compactMap(\.string), kind: record["expect"]?.string ?? "",
                    output: record["output"]?.string ?? "")
            }
        }
    }

    static func load(_ files: [ChartFile]) throws(HelmError) -> Helm.Chart {
        try ChartLoader.load(files: files)
    }

    static func renderer(namespace: String = "ns") -> ChartRenderer {
        ChartRenderer(release: .init(name: "rel", namespace: namespace), environment: ProbeChart.environment)
    }
}

extension RecordedCharts.Command {
    func run() throws(HelmError) -> ByteString {
        var renderer = RecordedCharts.renderer()
        var output = TemplateOutput()
        output.showsNotes = kind == "notes"
        var values = ValuesOptions()
        var rest = arguments[...]
        while let flag = rest.popFirst() {
            switch flag {
            case "-n": renderer.release.namespace = rest.popFirst() ?? ""
            case "-f": values.files.append(rest.popFirst() ?? "")
            case "--set": values.typed.append(rest.popFirst() ?? "")
            case "--set-string": values.strings.append(rest.popFirst() ?? "")
            case "--set-json": values.json.append(rest.popFirst() ?? "")
            case "--set-literal": values.literals.append(rest.popFirst() ?? "")
            case "--kube-version":
                renderer.capabilities = try renderer.capabilities.with(kubeVersion: rest.popFirst() ?? "")
            case "-s": output.showOnly.append(rest.popFirst() ?? "")
            case "--include-crds": output.includesCustomResources = true
            case "--no-hooks": output.skipsHooks = true
            case "--skip-tests": output.skipsTests = true
            case "--skip-schema-validation": renderer.skipsSchema = true
            default: throw HelmError("the test doesn't know \(flag)")
            }
        }
        let known = valueFiles
        let merged = try values.merged { known[$0] ?? [] }
        return try output.text(of: try renderer.render(try RecordedCharts.load(files), values: merged))
    }
}
