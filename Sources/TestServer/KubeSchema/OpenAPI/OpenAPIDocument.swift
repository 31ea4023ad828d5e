public import KubeModel

/// OpenAPI v3 documents as `/openapi/v3/apis/GROUP/VERSION` serves them: what `kubectl create`, `apply` and `explain`
/// read, and no more.
public enum OpenAPIDocument {
    /// The document for the custom resources of one group and version.
    ///
    /// - Parameters:
    ///   - group: The name of the API group.
    ///   - version: The version of the group.
    ///   - resources: The resources, each with its `openAPIV3Schema`.
    /// - Returns: The document as JSON, the resources in the order given.
    public static func make(
        group: String, version: String, resources: [(APIResource, JSONValue)]
    ) -> JSONValue {
        let groupVersion = GroupVersion(group: group, version: version)
        var builder = Builder(groupVersion, title: "Kubernetes CRD Swagger", version: "v0.1.0")
        for (resource, schema) in resources { builder.add(resource, schema: schema) }
        return builder.json
    }

    /// The name of a kind's definition: `example.dev` and `Widget` become `dev.example.v1.Widget`.
    static func definitionName(_ kind: GroupVersionKind) -> String {
        (kind.group.split(separator: ".").reversed().map(String.init) + [kind.version, kind.kind])
            .joined(separator: ".")
    }
}
