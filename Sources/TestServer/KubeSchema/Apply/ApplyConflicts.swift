import KubeModel

/// The fields that a configuration would take from other managers.
struct ApplyConflicts {
    var parts: [(entry: ManagedFields.Entry, fields: FieldSet)] = []

    var isEmpty: Bool { parts.isEmpty }

    private static func name(_ entry: ManagedFields.Entry) -> String {
        var text = JSONWriter.string(.string(entry.manager))
        if !entry.subresource.isEmpty { text += " with subresource \(JSONWriter.string(.string(entry.subresource)))" }
        if entry.operation == .update { text += " using \(entry.apiVersion)" }
        return text
    }

    /// The 409 as the API server words it.
    var status: APIStatus {
        let named = parts.map { (name: Self.name($0.entry), paths: $0.fields.paths) }.sorted { $0.name < $1.name }
        let causes = named.flatMap { part in
            part.paths.map {
                APIStatus.Cause(reason: "FieldManagerConflict", field: $0, message: "conflict with \(part.name)")
            }
        }
        var message = "Apply failed with \(causes.count) conflicts: "
        if causes.count == 1, let only = causes.first {
            message = "Apply failed with 1 conflict: \(only.message): \(only.field)"
        } else {
            message += named.map { part in
                (["conflicts with \(part.name):"] + part.paths.map { "- \($0)" }).joined(separator: "\n")
            }.joined(separator: "\n")
        }
        return APIStatus(code: 409, reason: .conflict, message: message, causes: causes)
    }
}
