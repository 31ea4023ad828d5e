import KubeClient
import KubeModel
import SkyfloAPI

/// The manifests that this program was built with.
enum Manifests {
    private static let customResourceDefinitions = [
        PackageResources.conversations_yaml, PackageResources.skyfloais_yaml,
    ]
    private static let roles = [PackageResources.operator_yaml, PackageResources.people_yaml]
    private static let admission = [PackageResources.approvals_yaml]
    private static let playground = [PackageResources.playground_yaml]

    /// Installs CRDs, roles, the admission policy and the playground's own settings, and waits until the CRDs are served.
    static func installPlayground(with client: KubeClient) async throws {
        let mapper = RESTMapper(api: client)
        for document in customResourceDefinitions + roles + admission + playground {
            for json in try YAML.parseAll(String(decoding: document, as: UTF8.self)) {
                let object = KubeObject(json)
                guard let groupVersion = object.groupVersion else { continue }
                let kind = GroupVersionKind(
                    group: groupVersion.group, version: groupVersion.version, kind: object.kind)
                _ = try await client.apply(
                    object, in: try await mapper.resource(for: kind),
                    WriteOptions(fieldManager: SkyfloGroup.fieldManager, force: true))
            }
        }
    }
}
