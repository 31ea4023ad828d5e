/// What rendering a chart made: manifests and hooks in the order of their installation, and notes.
package struct RenderedChart {
    /// An object's manifest.
    package struct Manifest: Sendable {
        /// The template's path, `chart/templates/service.yaml`.
        package var path: ByteString
        package var text: ByteString
        package var apiVersion: String
        package var kind: String
        package var name: String
    }

    /// A manifest that is applied at certain events.
    package struct Hook: Sendable {
        package var manifest: Manifest
        package var events: [String]
        package var weight: Int
        package var deletePolicies: [String]
        package var outputLogPolicies: [String]
    }

    package let chart: Chart
    package private(set) var manifests: [Manifest] = []
    package private(set) var hooks: [Hook] = []
    /// NOTES.txt, as it was rendered.
    package private(set) var notes: ByteString = ""

    init(
        chart: Chart, texts: [ByteString: ByteString], includesSubchartNotes: Bool, warn: (String) -> Void
    ) throws(HelmError) {
        self.chart = chart
        let notes = ByteString("NOTES.txt")
        for path in texts.keys.sorted() {
            let text = texts[path] ?? ""
            if GoText.hasSuffix(notes, path) {
                guard includesSubchartNotes || path == ByteString("\(chart.name)/templates/NOTES.txt") else { continue }
                if !self.notes.isEmpty { self.notes += "\n" }
                self.notes += text
            } else if GoPath.base(path).bytes.first != UInt8(ascii: "_") {
                for document in ManifestSplitter.documents(of: text) { try add(document, path: path, warn: warn) }
            }
        }
        manifests = KindOrder.sorted(manifests) { $0.kind }
        hooks = KindOrder.sorted(hooks) { $0.manifest.kind }
    }

    private mutating func add(_ document: ByteString, path: ByteString, warn: (String) -> Void) throws(HelmError) {
        let head: ManifestHead
        do throws(HelmError) {
            head = try ManifestHead(document)
        } catch {
            throw HelmError(message: "YAML parse error on " + path + ": " + error.message)
        }
        let manifest = Manifest(
            path: path, text: document, apiVersion: head.apiVersion, kind: head.kind, name: head.name)
        guard let events = head.annotations["helm.sh/hook"] else {
            manifests.append(manifest)
            return
        }
        let names = Self.list(events)
        guard names.allSatisfy(Self.events.contains) else {
            warn("level=INFO msg=\"skipping unknown hooks\" hookTypes=\(events)")
            return
        }
        hooks.append(
            Hook(
                manifest: manifest, events: names.map { $0 == "test-success" ? "test" : $0 },
                weight: Int(head.annotations["helm.sh/hook-weight"] ?? "") ?? 0,
                deletePolicies: head.annotations["helm.sh/hook-delete-policy"].map(Self.list) ?? [],
                outputLogPolicies: head.annotations["helm.sh/hook-output-log-policy"].map(Self.list) ?? []))
    }

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map {
            GoText.trimmingSpaces(ByteString($0)).text.lowercased()
        }
    }

    private static let events: Set<String> = [
        "pre-install", "post-install", "pre-delete", "post-delete", "pre-upgrade", "post-upgrade", "pre-rollback",
        "post-rollback", "test", "test-success",
    ]

    /// The manifest of the release: each object behind a line with its template.
    package var manifest: ByteString {
        var text: [UInt8] = []
        for manifest in manifests { text += manifest.documentText.bytes }
        return ByteString(bytes: text)
    }
}

extension RenderedChart.Manifest {
    /// The document as Helm prints it.
    package var documentText: ByteString {
        "---\n# Source: " + path + "\n" + text + "\n"
    }
}
