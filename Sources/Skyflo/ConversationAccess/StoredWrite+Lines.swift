import KubeModel
import SkyfloAPI

extension StoredWrite {
    /// Exactly what would be done, by whoever does it, for people: one line, and further ones for what belongs to it.
    package var lines: [String] {
        switch backend {
        case .exec: [command(in: "pod \(pod), container \(container ?? "?")")]
        case .podStep:
            ["\(podStep == "Log" ? "reads the log of" : "deletes") pod \(pod), as an earlier step created it"]
        case .release: [releaseWork]
        case .jenkins:
            ["\(method ?? "?") \(path ?? "") to Jenkins \(integration ?? "?")"]
                + form.map { "  \($0["name"]?.string ?? "?") = \($0["value"]?.string ?? "?")" }
        case .mcp: ["calls \(tool ?? "?") of MCP server \(server ?? "?"): \(body ?? "")"]
        case nil, .kubernetes: [apiRequest]
        }
    }

    private var pod: String { [target?.namespace, target?.name].compactMap(\.self).joined(separator: "/") }

    private var releaseWork: String {
        guard let release else { return "?" }
        let record = "the record of revision \(release.revision) of release \(release.release)"
        switch release.kind {
        case .createRecord: return "stores a new revision with the content of \(record)"
        case .markRecord: return "marks \(record) as \(release.status ?? "?")"
        case .deleteRecord: return "deletes \(record)"
        case .object:
            let what = release.part.map { ", with \($0) of \(record)" } ?? ""
            return apiRequest + what
        case .deleteCreated: return "deletes \(target?.resource ?? "?") \(pod), as an earlier step created it"
        }
    }

    private func command(in place: String) -> String {
        let seconds = timeoutSeconds.map { ", at most \($0) s" } ?? ""
        return "runs in \(place)\(seconds): \(JSONWriter.string(command.json))"
    }

    private var apiRequest: String {
        let query = query.map { "\($0.name)=\($0.value)" }
        return "\(method ?? "?") \(path ?? "")" + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }
}
