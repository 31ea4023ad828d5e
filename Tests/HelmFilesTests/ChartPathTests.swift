import Foundation
import Helm
import HelmFiles
import Testing

struct ChartPathTests {
    private static func folder(_ files: [String: String]) throws -> URL {
        let root = FileManager.default.temporaryDirectory.appending(path: "chart-\(UUID().uuidString)")
        for (path, text) in files {
            let url = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
        return root
    }

    private static let metadata = "apiVersion: v2\nname: app\nversion: 1.0.0\n"

    @Test func `a folder is read without what .helmignore leaves out`() throws {
        let root = try Self.folder([
            "Chart.yaml": Self.metadata, ".helmignore": "*.bak\nprivate/\n", "a.bak": "x", "private/p.txt": "x",
            "templates/cm.yaml": "a: b\n", "templates/.hidden.yaml": "x", "values.yaml": "a: 1\n",
        ])
        defer { try? FileManager.default.removeItem(at: root) }
        let chart = try ChartPath.load(root.path)
        #expect(chart.name == "app")
        #expect(chart.templates.map(\.name) == ["templates/cm.yaml"])
        #expect(chart.files.map(\.name) == [".helmignore"])
    }

    @Test func `a link is refused, wherever it leads`() throws {
        let root = try Self.folder(["Chart.yaml": Self.metadata])
        defer { try? FileManager.default.removeItem(at: root) }
        try FileManager.default.createSymbolicLink(
            atPath: root.appending(path: "values.yaml").path, withDestinationPath: "/etc/hostname")
        #expect(throws: HelmError.self) { try ChartPath.load(root.path) }
    }

    @Test func `charts below a chart are found`() throws {
        let root = try Self.folder([
            "Chart.yaml": Self.metadata, "charts/kid/Chart.yaml": Self.metadata, "charts/kid/charts/in.tgz": "x",
            "charts/README.md": "x",
        ])
        defer { try? FileManager.default.removeItem(at: root) }
        let found = ChartPath.subcharts(of: root.path).map { $0.dropFirst(root.path.count) }
        #expect(found == ["/charts/kid", "/charts/kid/charts/in.tgz"])
    }

    @Test func `manifests are written to files, and hooks behind them`() throws {
        let root = try Self.folder(["app/templates/a.yaml": "old\n"])
        defer { try? FileManager.default.removeItem(at: root) }
        let folder = ManifestFolder(path: root.path)
        let lines = try folder.write([
            .init(path: "app/templates/a.yaml", text: "one\n", isHook: false),
            .init(path: "app/templates/a.yaml", text: "two\n", isHook: false),
            .init(path: "app/templates/b.yaml", text: "hook\n", isHook: true),
            .init(path: "app/templates/a.yaml", text: "hook\n", isHook: true),
        ])
        let text = { (name: String) in
            try String(decoding: Data(contentsOf: root.appending(path: "app/templates/\(name)")), as: UTF8.self)
        }
        #expect(try text("a.yaml") == "one\ntwo\nhook\n")
        #expect(try text("b.yaml") == "hook\n")
        #expect(lines.text.hasPrefix("wrote \(root.path)/app/templates/a.yaml\n"))
        #expect(throws: HelmError.self) { try folder.write([.init(path: "../x", text: "", isHook: false)]) }
    }

    @Test func `a file that is no archive is refused`() throws {
        let root = try Self.folder(["values.yaml": "a: 1\n"])
        defer { try? FileManager.default.removeItem(at: root) }
        let path = root.appending(path: "values.yaml").path
        do throws(HelmError) {
            _ = try ChartPath.load(path)
            Issue.record("it was loaded")
        } catch {
            #expect(error.message.text == "file '\(path)' seems to be a YAML file, but expected a gzipped archive")
        }
        #expect(throws: HelmError.self) { try ChartPath.load(root.appending(path: "none").path) }
    }
}
