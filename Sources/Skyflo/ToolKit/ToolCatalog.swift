import Integrations
import KubeModel

/// What there is to know about the tools of a registry, as a value: what documents, roles and other programs' lists are made
/// from.
package struct ToolCatalog: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
        package var name: String
        package var title: String
        package var description: String
        /// Empty for what belongs to none.
        package var toolset: String
        /// By which `load_toolset` loads it; nil for what is always offered.
        package var group: String?
        package var hints: ToolHints
        /// nil where the tool doesn't say.
        package var requests: [ToolRequest]?
        /// To integrations.
        package var routes: [IntegrationRoute]
        /// JSON Schema of the arguments, with all limits.
        package var schema: JSONValue
        /// What a model is shown of it.
        package var briefSchema: JSONValue
    }

    package var entries: [Entry]

    init(_ entries: [Entry]) { self.entries = entries }

    /// The toolsets in the order of their first tools, without the empty one.
    package var toolsets: [String] {
        entries.map(\.toolset).filter { !$0.isEmpty }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// An array of objects, each as the Model Context Protocol lists a tool, with what it may send besides.
    package var json: JSONValue { .array(entries.map(\.json)) }

    /// An aligned table with a line for each tool.
    package var table: String {
        let rows = entries.map { entry in
            [
                entry.name, entry.toolset.isEmpty ? "-" : entry.toolset, entry.group ?? "-", entry.effect, entry.title,
            ]
        }
        return TextColumns.align([["NAME", "TOOLSET", "LOADED BY", "EFFECT", "TITLE"]] + rows).joined(separator: "\n")
    }
}

extension ToolCatalog.Entry {
    /// In one word: `read`, `change` or `destructive`.
    package var effect: String { hints.isReadOnly ? "read" : hints.isDestructive ? "destructive" : "change" }

    package var json: JSONValue {
        var annotations = hints.json
        annotations["title"] = .string(title)
        return .compact([
            "name": .string(name), "title": .string(title), "description": .string(description),
            "toolset": toolset.isEmpty ? nil : .string(toolset), "group": group.map(JSONValue.string),
            "annotations": annotations, "inputSchema": schema, "modelSchema": briefSchema,
            "requests": requests.map { requests in
                .array(
                    requests.map {
                        .compact([
                            "verbs": JSONValue($0.verbs), "resources": JSONValue($0.resources),
                            "dryRun": $0.isDryRun ? true : nil,
                        ])
                    })
            },
            "integrationRequests": routes.isEmpty ? nil : JSONValue(routes.map(\.description)),
        ])
    }

    /// As a model is given it in a request of OpenAI's chat API.
    package var openAI: JSONValue {
        [
            "type": "function",
            "function": ["name": .string(name), "description": .string(description), "parameters": briefSchema],
        ]
    }
}
