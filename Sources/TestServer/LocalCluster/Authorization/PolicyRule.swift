import KubeModel

/// A rule of a Role or ClusterRole (`rbac.authorization.k8s.io/v1 PolicyRule`).
struct PolicyRule: Sendable, Hashable {
    var verbs: [String]
    var groups: [String]
    var resources: [String]
    var resourceNames: [String]
    var nonResourceURLs: [String]

    init(_ json: JSONValue) {
        func list(_ member: String) -> [String] { json[member]?.array?.compactMap(\.string) ?? [] }
        verbs = list("verbs")
        groups = list("apiGroups")
        resources = list("resources")
        resourceNames = list("resourceNames")
        nonResourceURLs = list("nonResourceURLs")
    }

    func allows(_ request: AccessRequest) -> Bool {
        guard verbs.contains("*") || verbs.contains(request.verb) else { return false }
        if let path = request.path { return nonResourceURLs.contains { Self.matches($0, path: path) } }
        return (groups.contains("*") || groups.contains(request.group)) && matchesResource(request.resource)
            && (resourceNames.isEmpty || resourceNames.contains(request.name))
    }

    private func matchesResource(_ resource: String) -> Bool {
        if resources.contains("*") || resources.contains(resource) { return true }
        // `*/scale` means that subresource of everything.
        guard let slash = resource.firstIndex(of: "/") else { return false }
        return resources.contains("*" + resource[slash...])
    }

    private static func matches(_ pattern: String, path: String) -> Bool {
        pattern.hasSuffix("*") ? path.hasPrefix(pattern.dropLast()) : pattern == path
    }

    var json: JSONValue {
        func list(_ values: [String]) -> JSONValue? { values.isEmpty ? nil : JSONValue(values) }
        return .compact([
            "verbs": JSONValue(verbs), "apiGroups": list(groups), "resources": list(resources),
            "resourceNames": list(resourceNames), "nonResourceURLs": list(nonResourceURLs),
        ])
    }
}
