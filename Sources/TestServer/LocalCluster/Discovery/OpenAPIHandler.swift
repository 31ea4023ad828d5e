import KubeModel
import KubeSchema

/// `/openapi/v3`: an index of documents, one a group version. kubectl refuses to create anything without them.
struct OpenAPIHandler: Sendable {
    let catalog: ResourceCatalog

    func answer(_ segments: [String]) -> APIResponse {
        let documents = groupVersions
        if segments.count == 2 {
            var paths = JSONObject()
            for groupVersion in documents {
                let path = String(groupVersion.path.dropFirst())
                let url = "/openapi/v3/\(path)?hash=\(hash(groupVersion))"
                paths[path] = ["serverRelativeURL": .string(url)]
            }
            var response = APIResponse.json(["paths": .object(paths)])
            response.contentType = "text/plain; charset=utf-8"
            return response
        }
        let path = "/" + segments.dropFirst(2).joined(separator: "/")
        guard let groupVersion = documents.first(where: { $0.path == path }) else { return .pageNotFound }
        return .json(document(groupVersion))
    }

    private var groupVersions: [GroupVersion] {
        var seen: Set<GroupVersion> = []
        return catalog.definitions.map(\.api.groupVersion).filter { seen.insert($0).inserted }
    }

    private func document(_ groupVersion: GroupVersion) -> JSONValue {
        if let document = BuiltInSchemas.openAPIDocument(groupVersion) { return document }
        let resources = catalog.definitions.filter { $0.api.groupVersion == groupVersion }.map { definition in
            let schema = definition.custom?.version["schema", "openAPIV3Schema"] ?? Self.anything
            return (definition.api, schema)
        }
        return OpenAPIDocument.make(group: groupVersion.group, version: groupVersion.version, resources: resources)
    }

    private static let anything: JSONValue = ["type": "object", "x-kubernetes-preserve-unknown-fields": true]

    /// Changes when what is served changes, so that clients' caches notice. Not a digest of the document: that would
    /// have to be made for every index.
    private func hash(_ groupVersion: GroupVersion) -> String {
        var hash: UInt64 = 14_695_981_039_346_656_037
        for definition in catalog.definitions where definition.api.groupVersion == groupVersion {
            let version = definition.custom?.json["metadata", "resourceVersion"]?.string ?? "built-in"
            for byte in "\(definition.api.plural)@\(version)".utf8 {
                hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211
            }
        }
        return String(hash, radix: 16, uppercase: true)
    }
}
