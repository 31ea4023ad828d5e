import Foundation
import Helm
import KubeClient
import KubeModel
import LocalCluster
import Subprocess
import Testing

@testable import HelmTools
@testable import ToolKit
@testable import Writes

/// Helm's own Go SDK and the tools take turns on one release. Run by `hack/peers/helm-changes`, which says by which Python it is
/// reached.
struct ReleasePeerTests {
    private static let python = ProcessInfo.processInfo.environment["HELM_SDK_PYTHON"] ?? ""

    @Test(.enabled(if: !python.isEmpty)) func `what one leaves the other goes on with`() async throws {
        try await withPeer { bench, helm in
            _ = try await helm(#"h.install(chart, "web", {"value": "one"}, timeout=60, wait="watcher")"#)
            _ = try await helm(#"h.upgrade(chart, "web", {"value": "two", "extra": True}, timeout=60, wait="watcher")"#)
            let deployments = try await bench.context.mapper.resource(named: "deployments")
            func args() async throws -> JSONValue? {
                try await bench.client.get(deployments, namespace: "default", name: "web")["spec", "template", "spec"]?
                    .object?["containers"]?.array?.first?["args"]
            }
            #expect(try await args() == ["two"])
            try await bench.carryOut(try await bench.preview(try await bench.propose("helm_rollback")))
            #expect(try await args() == ["one"])
            #expect(try await bench.present("extra", "settings", "hook") == ["settings", "hook"])

            #expect(try await helm(history) == "1 superseded, 2 superseded, 3 deployed")
            #expect(try await helm(#"print(h.get_values("web")["value"])"#) == "one")
            _ = try await helm(
                #"h.upgrade(chart, "web", {"value": "four", "extra": True}, timeout=60, wait="watcher")"#)
            #expect(try await args() == ["four"])
            _ = try await helm(#"h.rollback("web", version=3, timeout=60, wait="watcher")"#)
            #expect(try await args() == ["one"])
            #expect(try await bench.present("extra", "settings") == ["settings"])

            // What is created again is the SDK's as well as what was there.
            try await bench.carryOut(try await bench.preview(try await bench.propose("helm_rollback", ["revision": 4])))
            #expect(try await args() == ["four"])
            #expect(try await bench.present("extra", "settings") == ["extra", "settings"])
            _ = try await helm(
                #"h.upgrade(chart, "web", {"value": "seven", "extra": True}, timeout=60, wait="watcher")"#)
            #expect(try await args() == ["seven"])

            let uninstall = try await bench.propose("helm_uninstall", ["keep_history": true, "wait": true])
            try await bench.carryOut(try await bench.preview(uninstall))
            #expect(try await bench.present("extra", "settings") == [])
            #expect(try await helm(history).hasSuffix("6 superseded, 7 uninstalled"))
            try await bench.carryOut(try await bench.preview(try await bench.propose("helm_rollback", ["revision": 6])))
            #expect(try await args() == ["four"])
            #expect(try await helm(history).hasSuffix("7 uninstalled, 8 deployed"))
            _ = try await helm(#"h.uninstall("web", timeout=60)"#)
            #expect(try await bench.present("extra", "settings") == [])
            #expect(await bench.failure("helm_rollback").contains("release web not found"))
        }
    }

    @Test(.enabled(if: !python.isEmpty)) func `what one installs the other upgrades, and records are alike`()
        async throws
    {
        // By this name it is the field manager that helm is.
        try await withPeer(named: "helm") { bench, helm in
            func ours(_ tool: String, _ arguments: JSONValue) async throws {
                let arguments = MergePatch.apply(arguments, to: ["chart": "shelf/shop"])
                try await bench.carryOut(try await bench.preview(try await bench.propose(tool, arguments)))
            }
            func values() async throws -> JSONValue? { try await bench.configMap("settings")?["data", "value"] }
            try await ours("helm_install", ["set": ["value": "one", "extra": "true"]])
            #expect(try await helm(history) == "1 deployed")
            let mine = try #require(try await bench.state(1))
            #expect(try await helm(#"print(h.get_values("web")["value"])"#) == "one")
            _ = try await helm(#"h.upgrade(chart, "web", {"value": "two"}, timeout=60, wait="watcher")"#)
            #expect(try await values() == "two")
            #expect(try await bench.present("extra", "settings") == ["settings"])
            try await ours("helm_upgrade", ["set": ["value": "three", "extra": "true"]])
            #expect(try await values() == "three")
            #expect(try await bench.present("extra", "settings") == ["extra", "settings"])
            _ = try await helm(#"h.rollback("web", version=2, timeout=60, wait="watcher")"#)
            #expect(try await values() == "two")
            #expect(try await helm(history) == "1 superseded, 2 superseded, 3 superseded, 4 deployed")
            _ = try await helm(#"h.uninstall("web", timeout=60)"#)
            #expect(try await bench.present("extra", "settings") == [])

            _ = try await helm(#"h.install(chart, "web", {"value": "one", "extra": True}, timeout=60, wait="watcher")"#)
            let theirs = try #require(try await bench.state(1))
            #expect(Self.timeless(mine) == Self.timeless(theirs))
            try await ours("helm_upgrade", ["set": ["value": "five"], "reset_then_reuse_values": true])
            #expect(try await values() == "five")
            #expect(try await bench.present("extra") == ["extra"])
            #expect(try await helm(history) == "1 superseded, 2 deployed")
            _ = try await helm(#"h.rollback("web", version=1, timeout=60, wait="watcher")"#)
            #expect(try await values() == "one")
            try await bench.carryOut(try await bench.preview(try await bench.propose("helm_uninstall")))
            #expect(try await bench.present("extra", "settings", "hook") == ["hook"])
        }
    }

    /// A record without what two installations can't have alike.
    private static func timeless(_ record: ReleaseRecord) -> JSONValue {
        var json = record.json
        for key in ["first_deployed", "last_deployed"] { json[path: ["info", key]] = nil }
        json[path: ["chart", "modtime"]] = nil
        json[path: ["chart", "schemamodtime"]] = nil
        json[path: ["chart", "templates"]] = .array(
            (json["chart", "templates"]?.array ?? []).map { ["name": $0["name"] ?? "", "data": $0["data"] ?? ""] })
        json["hooks"] = .array(
            (json["hooks"]?.array ?? []).map { hook in
                var hook = hook
                hook["last_run"] = ["phase": hook["last_run", "phase"] ?? ""]
                return hook
            })
        return json
    }

    private let history =
        #"print(", ".join(f"{r['revision']} {r['status']}" for r in sorted(h.history("web"), key=lambda r: r["revision"])))"#

    private static let chart = [
        "Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.2.0\n",
        "values.yaml": "value: none\nextra: false\n",
        "templates/all.yaml": """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {value: {{ .Values.value }}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 1
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: "shop/app:1", args: [{{ .Values.value }}]}]}
        {{ if .Values.extra }}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: extra}
        {{ end }}
        """,
        "templates/hook.yaml": """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: hook, annotations: {helm.sh/hook: "pre-install,pre-rollback,pre-upgrade"}}
        data: {value: {{ .Values.value }}}
        """,
    ]

    /// - Parameter name: of the program that the SDK runs in, beside the Python: objects are written by this name.
    private func withPeer(
        named name: String? = nil, _ body: (ReleaseBench, (String) async throws -> String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in Self.chart {
            let file = folder.appendingPathComponent("chart/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        try await ReleaseBench.withRunning { bench, endpoint in
            let config = folder.appendingPathComponent("config").path
            try endpoint.kubeconfig().write(toFile: config, atomically: true, encoding: .utf8)
            try await body(bench.with(chart: "shop", Self.chart)) {
                try await Self.run($0, in: name, config: config, chart: folder.path + "/chart")
            }
        }
    }

    private static func run(
        _ statement: String, in name: String?, config: String, chart: String
    ) async throws -> String {
        let program = name.map { URL(fileURLWithPath: python).deletingLastPathComponent().path + "/\($0)" } ?? python
        let text = """
            import sys
            from helm_python.config import Config
            h, chart = Config(kubeconfig_path=sys.argv[1], namespace="default"), sys.argv[2]
            \(statement)
            """
        let result = try await Subprocess.run(
            .name("env"), arguments: Arguments([program, "-c", text, config, chart]), output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20))
        guard case .exited(0) = result.terminationStatus else {
            throw ToolFailure("\(statement): \(result.standardError)")
        }
        return result.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
