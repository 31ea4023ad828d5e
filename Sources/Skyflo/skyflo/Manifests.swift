#if Playground
    import Concurrency
    import Installer
    import KubeClient
    import KubeModel
    import SkyfloAPI

    /// The manifests that this program was built with.
    enum Manifests {
        private static let playground = PackageResources.playground_yaml

        /// Installs CRDs, roles, the admission policy and the playground's own settings, and waits until the CRDs are served.
        static func installPlayground(with client: KubeClient) async throws {
            let mapper = RESTMapper(api: client)
            let deadline = ContinuousClock.now + .seconds(30)
            let own = try YAML.parseAll(String(decoding: playground, as: UTF8.self)).map { KubeObject($0) }
            for object in InstallationChart.clusterObjects + own {
                guard let type = InstalledObject(object)?.type else { continue }
                _ = try await client.apply(
                    object, in: try await resource(for: type, mapper, until: deadline),
                    options: WriteOptions(fieldManager: SkyfloGroup.fieldManager, force: true))
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
