#if Playground
    import Concurrency
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
            let deadline = ContinuousClock.now + .seconds(30)
            for document in customResourceDefinitions + roles + admission + playground {
                for json in try YAML.parseAll(String(decoding: document, as: UTF8.self)) {
                    let object = KubeObject(json)
                    guard let groupVersion = object.groupVersion else { continue }
                    let kind = GroupVersionKind(
                        group: groupVersion.group, version: groupVersion.version, kind: object.kind)
                    _ = try await client.apply(
                        object, in: try await resource(for: kind, mapper, until: deadline),
                        options: WriteOptions(fieldManager: SkyfloGroup.fieldManager, force: true))
                }
            }
        }

        /// A server takes a moment to serve what a CRD has brought.
        private static func resource(
            for kind: GroupVersionKind, _ mapper: RESTMapper, until deadline: ContinuousClock.Instant
        ) async throws -> APIResource {
            while true {
                do {
                    return try await mapper.resource(for: kind)
                } catch let status as APIStatus where status.isNotFound && ContinuousClock.now < deadline {
                    await mapper.invalidate()
                    try await Concurrency.sleep(for: .milliseconds(50))
                }
            }
        }
    }
#endif
