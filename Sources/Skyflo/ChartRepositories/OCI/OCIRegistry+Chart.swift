import Integrations
import ToolKit

extension OCIRegistry {
    /// A chart by its tag or digest.
    /// - Throws: ``Integrations/IntegrationError``, also for what is no chart; `CancellationError`.
    mutating func chart(_ tag: String) async throws -> ChartPackage {
        let title = "\(reference.text):\(tag)"
        func failure(_ message: String) -> IntegrationError {
            IntegrationError(.malformed, message: message).said(of: connection.repository)
        }
        var manifest = try await manifest(tag)
        if case .index(let entries) = manifest.content {
            let charts = entries.filter { $0.artifactType == OCIManifest.chartConfig }
            guard let entry = charts.first ?? (entries.count == 1 ? entries.first : nil) else {
                throw failure("\(title.excerpt) is no chart of Helm")
            }
            manifest = try await self.manifest(entry.digest)
        }
        guard case .manifest(let config, let layers) = manifest.content, config?.mediaType == OCIManifest.chartConfig,
            let layer = layers.first(where: { OCIManifest.chartLayers.contains($0.mediaType) })
        else { throw failure("\(title.excerpt) is no chart of Helm") }
        let archive = try await blob(layer, what: "the archive of \(title)", limit: HTTPChartRepository.archiveLimit)
        let origin = tag == manifest.digest ? "\(reference.text)@\(tag)" : "\(title)@\(manifest.digest)"
        return ChartPackage(archive: archive, digest: layer.digest, origin: origin)
    }
}
