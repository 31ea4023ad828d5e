import KubeModel

/// `apidiscovery.k8s.io/v2 APIGroupDiscoveryList` (KEP-3352): everything about all groups in one answer.
struct AggregatedDiscovery: Sendable {
    let definitions: [ResourceDefinition]

    func list(isCore: Bool) -> JSONValue {
        let groups = APIGroups.names(definitions).filter { $0.isEmpty == isCore }
        return [
            "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": .object([:]),
            "items": .array(groups.map(group)),
        ]
    }

    private func group(_ name: String) -> JSONValue {
        let versions = APIGroups.versions(definitions, of: name).map { version -> JSONValue in
            let resources = definitions.filter { $0.api.group == name && $0.api.version == version }
            return [
                "version": .string(version), "resources": .array(resources.map(resource)), "freshness": "Current",
            ]
        }
        return ["metadata": name.isEmpty ? .object([:]) : ["name": .string(name)], "versions": .array(versions)]
    }

    private func resource(_ definition: ResourceDefinition) -> JSONValue {
        let api = definition.api
        // Only custom resources name their group there; of built-in ones it stays empty.
        let group = definition.isCustom ? api.group : ""
        let version = definition.isCustom ? api.version : ""
        let subresources = api.subresources.map { name -> JSONValue in
            let shape = SubresourceShape(api, name: name)
            return [
                "subresource": .string(name),
                "responseKind": [
                    "group": .string(shape.group ?? group), "version": .string(shape.version ?? version),
                    "kind": .string(shape.kind),
                ], "verbs": JSONValue(shape.verbs),
            ]
        }
        return .compact([
            "resource": .string(api.plural),
            "responseKind": ["group": .string(group), "version": .string(version), "kind": .string(api.kind)],
            "scope": api.namespaced ? "Namespaced" : "Cluster", "singularResource": .string(api.singular),
            "verbs": JSONValue(api.verbs), "shortNames": api.shortNames.isEmpty ? nil : JSONValue(api.shortNames),
            "categories": api.categories.isEmpty ? nil : JSONValue(api.categories),
            "subresources": subresources.isEmpty ? nil : .array(subresources),
        ])
    }
}
