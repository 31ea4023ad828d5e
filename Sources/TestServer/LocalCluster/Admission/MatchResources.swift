import KubeModel

/// Which writes a policy or a binding is about (`admissionregistration.k8s.io/v1 MatchResources`).
struct MatchResources: Sendable {
    private let rules: [Rule]
    private let excluded: [Rule]
    private let namespaces: LabelSelector
    private let objects: LabelSelector
    private let isExact: Bool
    /// A binding may name no rules and then matches whatever its policy does.
    private let matchesWithoutRules: Bool

    private struct Rule: Sendable {
        var operations: [String], groups: [String], versions: [String], resources: [String], names: [String]
        var scope: String

        init(_ json: JSONValue) {
            func list(_ member: String) -> [String] { json[member]?.array?.compactMap(\.string) ?? [] }
            (operations, groups, versions) = (list("operations"), list("apiGroups"), list("apiVersions"))
            (resources, names) = (list("resources"), list("resourceNames"))
            scope = json["scope"]?.string ?? "*"
        }

        func matches(_ request: AdmissionRequest, api: APIResource) -> Bool {
            func allows(_ list: [String], value: String) -> Bool { list.contains("*") || list.contains(value) }
            return allows(operations, value: request.operation.rawValue) && allows(groups, value: api.group)
                && allows(versions, value: api.version) && matchesScope(request)
                && (names.isEmpty || names.contains(request.name))
                && resources.contains { Self.matches($0, plural: api.plural, subresource: request.subresource) }
        }

        private static func matches(_ pattern: String, plural: String, subresource: String) -> Bool {
            let parts = pattern.split(separator: "/", maxSplits: 1).map(String.init)
            let sub = parts.count == 2 ? parts[1] : ""
            return ["*", plural].contains(parts.first ?? "") && (sub == "*" || sub == subresource)
        }

        private func matchesScope(_ request: AdmissionRequest) -> Bool {
            let isNamespaced = !request.isNamespace && !request.namespace.isEmpty
            return scope == "*" || (scope == "Namespaced") == isNamespaced
        }
    }

    init(_ json: JSONValue?, matchesWithoutRules: Bool) {
        rules = (json?["resourceRules"]?.array ?? []).map(Rule.init)
        excluded = (json?["excludeResourceRules"]?.array ?? []).map(Rule.init)
        namespaces = json?["namespaceSelector"].flatMap { LabelSelector($0) } ?? LabelSelector()
        objects = json?["objectSelector"].flatMap { LabelSelector($0) } ?? LabelSelector()
        isExact = json?["matchPolicy"]?.string == "Exact"
        self.matchesWithoutRules = matchesWithoutRules
    }

    /// The version of the resource in which the write matches; nil when it doesn't. `versions` are those of the
    /// resource, that of the request first. `namespace` is that of the object, nil at the cluster scope; for a
    /// namespace, it itself.
    func match(
        _ request: AdmissionRequest, subject: AdmissionObjects, versions: [APIResource], namespace: KubeObject?
    ) -> APIResource? {
        if let namespace, !namespaces.matches(namespace.labels) { return nil }
        let isObject = [subject.object, subject.old].contains { $0.map { objects.matches($0.labels) } ?? false }
        guard isObject else { return nil }
        let candidates = isExact ? Array(versions.prefix(1)) : versions
        if excluded.contains(where: { rule in candidates.contains { rule.matches(request, api: $0) } }) { return nil }
        if rules.isEmpty, matchesWithoutRules { return versions.first }
        return candidates.first { api in rules.contains { $0.matches(request, api: api) } }
    }
}
