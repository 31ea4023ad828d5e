import Integrations
import KubeModel

extension OCIRegistry {
    /// Labels of an image's configuration, over the annotations of its manifest. Of an image for several platforms it is one for
    /// Linux that is asked, for amd64 where there is one: they are built of the same source.
    ///
    /// - Parameter tag: a tag or a digest.
    /// - Throws: ``Integrations/IntegrationError``; `CancellationError`.
    mutating func labels(_ tag: String) async throws -> [String: String] {
        var manifest = try await manifest(tag)
        var labels = manifest.annotations
        if case .index(let entries) = manifest.content {
            let linux = entries.filter { $0.system == "linux" }
            guard let entry = linux.first(where: { $0.architecture == "amd64" }) ?? linux.first ?? entries.first else {
                return labels
            }
            manifest = try await self.manifest(entry.digest)
            labels.merge(manifest.annotations) { $1 }
        }
        guard case .manifest(let config?, _) = manifest.content else { return labels }
        let body = try await blob(
            config, what: "the configuration of \(reference.text):\(tag)", limit: Self.documentLimit)
        guard let json = try? JSONParser.parse(body) else { return labels }
        return labels.merging(OCIManifest.texts(json["config", "Labels"])) { $1 }
    }
}
