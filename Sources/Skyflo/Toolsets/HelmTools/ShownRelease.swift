import Helm
import KubeModel
import ToolKit
import Writes

/// The parts of a release without credentials.
struct ShownRelease {
    let record: ReleaseRecord
    private let redactor: Redactor
    /// What values and Secrets of the release hold of credentials: notes and other objects may repeat it.
    private let known: Set<String>
    private let documents: [(source: String?, object: JSONValue?)]

    init(_ record: ReleaseRecord, redactor: Redactor) {
        self.record = record
        self.redactor = redactor
        let hooks = record.hooks.flatMap { Self.documents(of: $0["manifest"]?.string ?? "") }
        documents = Self.documents(of: record.manifest)
        var known = Self.hidden(in: record.computedValues, shown: redactor.redact(json: record.computedValues))
        for object in (documents + hooks).compactMap(\.object) {
            known.formUnion(Redactor.secrets(in: KubeObject(object)))
        }
        self.known = known.filter { $0.utf8.count >= 4 }
    }

    private func text(_ text: String) -> String { redactor.redact(text: text, knowing: known) }

    /// What is hidden in all of it.
    var secrets: Set<String> { known }

    /// A manifest of the release, or a part of it.
    func text(ofManifest manifest: String) -> String {
        Self.documents(of: manifest).map { document($0) }.joined(separator: "---\n")
    }

    var notes: String { text(record.notes.trimmingBlanks) }
    var description: String { text(record.description) }

    /// - Parameter isComputed: with the default values of the chart.
    func values(isComputed: Bool, asJSON: Bool) -> String {
        let values = redactor.redact(json: isComputed ? record.computedValues : record.config)
        if asJSON { return text(JSONWriter.string(values)) }
        return values.object?.isEmpty ?? true ? "null" : text(YAML.format(values))
    }

    var manifest: String { text(ofManifest: record.manifest) }

    /// `Deployment/web`, of the manifest.
    var objects: [String] {
        documents.compactMap { document in
            document.object.map { "\($0["kind"]?.string ?? "?")/\($0["metadata", "name"]?.string ?? "?")" }
        }
    }

    var hooks: String {
        record.hooks.map { hook in
            let events = (hook["events"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
            let policies = (hook["delete_policies"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
            let run = hook["last_run", "phase"]?.string.flatMap { $0.isEmpty ? nil : "; last run: \($0)" } ?? ""
            let title =
                "# \(hook["kind"]?.string ?? "?")/\(hook["name"]?.string ?? "?"): \(events); weight "
                + "\(hook["weight"]?.int ?? 0)" + (policies.isEmpty ? "" : "; deleted: \(policies)") + run
            return "\(title)\n" + Self.documents(of: hook["manifest"]?.string ?? "").map { document($0) }.joined()
        }.joined(separator: "---\n")
    }

    private func document(_ document: (source: String?, object: JSONValue?)) -> String {
        let head = document.source.map { $0 + "\n" } ?? ""
        // What can't be read can't be told from a Secret.
        guard let object = document.object else { return head + "# a document that is no YAML, and is not shown\n" }
        return head + text(YAML.format(redactor.redact(json: object)))
    }

    /// Each document of a manifest with the comment that says which template it is of; nil for what is no YAML.
    private static func documents(of manifest: String) -> [(source: String?, object: JSONValue?)] {
        var parts: [[Substring]] = [[]]
        for line in manifest.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("---") { parts.append([]) } else { parts[parts.count - 1].append(line) }
        }
        return parts.compactMap { lines in
            let source = lines.first { $0.hasPrefix("# Source: ") }.map(String.init)
            let text = lines.joined(separator: "\n")
            guard let objects = try? YAML.parseAll(text) else { return (source, nil) }
            return objects.first { !$0.isNull }.map { (source, $0) }
        }
    }

    /// The texts that were replaced between a value and what is shown of it.
    private static func hidden(in value: JSONValue, shown: JSONValue) -> Set<String> {
        switch (value, shown) {
        case (.object(let members), .object(let shown)):
            members.reduce(into: []) { found, member in
                if let other = shown[member.key] { found.formUnion(hidden(in: member.value, shown: other)) }
            }
        case (.array(let elements), .array(let shown)):
            zip(elements, shown).reduce(into: []) { $0.formUnion(hidden(in: $1.0, shown: $1.1)) }
        case (.string(let text), .string(let token)):
            text != token && token.hasPrefix(Redactor.opening) ? [text] : []
        default: []
        }
    }
}
