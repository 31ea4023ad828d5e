import KubeModel

/// A small server's description of itself, in both forms.
enum DiscoveryDocuments {
    struct Entry {
        var group: String
        var version: String
        var plural: String
        var kind: String
        var shortNames: [String] = []
        var namespaced = true
        var subresources: [String] = []
    }

    static let entries = [
        Entry(
            group: "", version: "v1", plural: "pods", kind: "Pod", shortNames: ["po"], subresources: ["log", "status"]),
        Entry(group: "", version: "v1", plural: "nodes", kind: "Node", shortNames: ["no"], namespaced: false),
        Entry(group: "", version: "v1", plural: "events", kind: "Event", shortNames: ["ev"]),
        Entry(group: "apps", version: "v1", plural: "deployments", kind: "Deployment", shortNames: ["deploy"]),
        Entry(group: "apps", version: "v1beta1", plural: "deployments", kind: "Deployment", shortNames: ["deploy"]),
        Entry(group: "apps", version: "v1beta1", plural: "oldthings", kind: "OldThing"),
        Entry(group: "events.k8s.io", version: "v1", plural: "events", kind: "Event", shortNames: ["ev"]),
        Entry(group: "example.com", version: "v1", plural: "ports", kind: "Port", shortNames: ["pods"]),
    ]

    static let aggregated: [String: JSONValue] = ["/api": list([""]), "/apis": list(groups)]

    /// The preferred version is named, and not first.
    static let legacy: [String: JSONValue] = {
        var documents: [String: JSONValue] = [
            "/api": ["kind": "APIVersions", "versions": ["v1"]],
            "/apis": ["kind": "APIGroupList", "groups": .array(groups.map(legacyGroup))],
        ]
        for entry in entries {
            let path = GroupVersion(group: entry.group, version: entry.version).path
            documents[path] = [
                "kind": "APIResourceList",
                "resources": .array(
                    entries.filter { $0.group == entry.group && $0.version == entry.version }.flatMap(legacyResources)),
            ]
        }
        return documents
    }()

    private static let groups = ["apps", "events.k8s.io", "example.com"]

    private static func versions(_ group: String) -> [String] {
        entries.filter { $0.group == group }.map(\.version).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private static func list(_ groups: [String]) -> JSONValue {
        [
            "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2",
            "items": .array(
                groups.map { group in
                    [
                        "metadata": ["name": .string(group)],
                        "versions": .array(
                            versions(group).map { version in
                                [
                                    "version": .string(version),
                                    "resources": .array(
                                        entries.filter { $0.group == group && $0.version == version }.map(resource)
                                            + [["resource": "orphans", "subresources": []]]),
                                ]
                            }),
                    ]
                }),
        ]
    }

    private static func resource(_ entry: Entry) -> JSONValue {
        [
            "resource": .string(entry.plural),
            "responseKind": ["group": .string(entry.group), "version": "", "kind": .string(entry.kind)],
            "scope": entry.namespaced ? "Namespaced" : "Cluster", "singularResource": .string(entry.kind.lowercased()),
            "verbs": ["get", "list"], "shortNames": JSONValue(entry.shortNames), "categories": ["all"],
            "subresources": .array(entry.subresources.map { ["subresource": .string($0)] }),
        ]
    }

    private static func legacyGroup(_ group: String) -> JSONValue {
        [
            "name": .string(group),
            "versions": .array(versions(group).reversed().map { ["version": .string($0)] }),
            "preferredVersion": ["version": .string(versions(group)[0])],
        ]
    }

    private static func legacyResources(_ entry: Entry) -> [JSONValue] {
        let main: JSONValue = [
            "name": .string(entry.plural), "singularName": "", "namespaced": .bool(entry.namespaced),
            "kind": .string(entry.kind), "verbs": ["get", "list"], "shortNames": JSONValue(entry.shortNames),
            "categories": ["all"],
        ]
        return [main]
            + entry.subresources.map { ["name": .string("\(entry.plural)/\($0)"), "kind": .string(entry.kind)] }
    }
}
