import KubeModel

/// Group and version of the custom resources. The schemas lie in `crds/`.
package enum SkyfloGroup {
    package static let name = "skyflo.ai"
    package static let version = "v1"
    /// Who owns the fields that the operator writes (server-side apply, managedFields).
    package static let fieldManager = "skyflo"
    /// The annotation of a Conversation that names who made it. The admission policy makes sure that it is true.
    package static let creatorAnnotation = "skyflo.ai/created-by"
}

extension APIResource {
    package static let conversations = APIResource(
        group: SkyfloGroup.name, version: SkyfloGroup.version, plural: "conversations", kind: "Conversation",
        shortNames: ["conv"], categories: ["skyflo"], subresources: ["status"])
    package static let skyfloAIs = APIResource(
        group: SkyfloGroup.name, version: SkyfloGroup.version, plural: "skyfloais", kind: "SkyfloAI",
        shortNames: ["sky"], categories: ["skyflo"], subresources: ["status"])
}
