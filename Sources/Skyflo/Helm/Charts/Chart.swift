/// A chart with its subcharts. Preparing it for a rendering changes it, so each rendering has a copy of its own.
package final class Chart {
    package var metadata: ChartMetadata
    package var templates: [ChartFile]
    /// The default values.
    package var values: HelmMap
    /// `values.schema.json`
    package var schema: [UInt8]?
    /// What is neither a template nor read by Helm itself, as README.md.
    package var files: [ChartFile]
    /// All files as they were read, of subcharts too.
    package let raw: [ChartFile]
    package var dependencies: [Chart]

    init(
        metadata: ChartMetadata, templates: [ChartFile] = [], values: HelmMap = HelmMap(), schema: [UInt8]? = nil,
        files: [ChartFile] = [], raw: [ChartFile] = [], dependencies: [Chart] = []
    ) {
        self.metadata = metadata
        self.templates = templates
        self.values = values
        self.schema = schema
        self.files = files
        self.raw = raw
        self.dependencies = dependencies
    }

    package var name: String { metadata.name }

    package var isLibrary: Bool { metadata.type.lowercased() == "library" }

    /// The chart with values, metadata and subcharts that are its own.
    package func copy() -> Chart {
        Chart(
            metadata: metadata, templates: templates, values: values.deepCopy(), schema: schema, files: files, raw: raw,
            dependencies: dependencies.map { $0.copy() })
    }

    /// A file of `crds/`, with its path from the root chart on.
    package struct CustomResource: Sendable {
        package var path: String
        package var file: ChartFile
    }

    /// The manifests below `crds/`, those of subcharts behind.
    package func customResources(path: String? = nil) -> [CustomResource] {
        let path = path ?? name
        let own = files.filter {
            $0.name.hasPrefix("crds/") && [".yaml", ".yml", ".json"].contains($0.pathExtension.lowercased())
        }
        return own.map { CustomResource(path: "\(path)/\($0.name)", file: $0) }
            + dependencies.flatMap { $0.customResources(path: "\(path)/charts/\($0.name)") }
    }
}
