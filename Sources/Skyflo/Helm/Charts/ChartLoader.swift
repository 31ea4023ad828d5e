/// Makes a chart of its files, as Helm does.
package enum ChartLoader {
    /// Charts in charts in charts: more levels than any real one has.
    private static let maximumDepth = 32

    /// - Parameters:
    ///   - files: with paths from the chart's folder on.
    ///   - warn: gets what Helm logs.
    package static func load(files: [ChartFile], warn: (String) -> Void = { _ in }) throws(HelmError) -> Chart {
        try load(files, depth: 0, warn: warn)
    }

    /// A chart of a `.tgz`.
    package static func load(
        archive: [UInt8], limits: ChartArchive.Limits = .init(), warn: (String) -> Void = { _ in }
    ) throws(HelmError) -> Chart {
        try load(ChartArchive.files(of: archive, limits: limits), depth: 0, warn: warn)
    }

    private static func load(_ files: [ChartFile], depth: Int, warn: (String) -> Void) throws(HelmError) -> Chart {
        if depth > maximumDepth { throw HelmError("charts are nested more than \(maximumDepth) deep") }
        var metadata = try self.metadata(files)
        let chart = Chart(metadata: metadata ?? ChartMetadata(), raw: files)
        var subcharts: [String: [ChartFile]] = [:]
        for file in files {
            switch file.name {
            case "Chart.yaml": continue
            case "Chart.lock": try checkLock(file)
            case "values.yaml":
                chart.values = try loading(file) { () throws(HelmError) in try ValuesReader.read(file.text) }
            case "values.schema.json": chart.schema = file.data
            case "requirements.yaml":
                var known = metadata ?? ChartMetadata()
                if known.apiVersion != "v1" { warn(Self.requirementsWarning("yaml")) }
                known = try loading(file) { () throws(HelmError) in try MetadataReader.read(file.text, over: known) }
                metadata = known
                if known.apiVersion == "v1" { chart.files.append(file) }
            case "requirements.lock":
                try checkLock(file)
                if metadata?.apiVersion != "v1" { warn(Self.requirementsWarning("lock")) }
                if metadata?.apiVersion == "v1" { chart.files.append(file) }
            case let name where name.hasPrefix("templates/"): chart.templates.append(file)
            case let name where name.hasPrefix("charts/") && file.pathExtension != ".prov":
                var inner = file
                inner.name.removeFirst("charts/".count)
                let folder = inner.name.split(separator: "/", maxSplits: 1).first.map(String.init) ?? ""
                subcharts[folder, default: []].append(inner)
            default: chart.files.append(file)
            }
        }
        guard var metadata else { throw HelmError("Chart.yaml file is missing") }
        try metadata.validate()
        chart.metadata = metadata
        for (name, files) in subcharts.sorted(by: { $0.key < $1.key })
        where !name.hasPrefix("_") && !name.hasPrefix(".") {
            chart.dependencies.append(try subchart(name, files, of: metadata.name, depth: depth + 1, warn: warn))
        }
        return chart
    }

    private static func checkLock(_ file: ChartFile) throws(HelmError) {
        try loading(file) { () throws(HelmError) in
            switch try YAMLReader.value(of: file.text) {
            case .map, .null: return
            case let other: throw YAMLReader.mismatch(other, type: "v2.Lock")
            }
        }
    }

    private static func requirementsWarning(_ name: String) -> String {
        name == "yaml"
            ? "Warning: Dependencies are handled in Chart.yaml since apiVersion \"v2\". We recommend migrating dependencies to Chart.yaml."
            : "Warning: Dependency locking is handled in Chart.lock since apiVersion \"v2\". We recommend migrating to Chart.lock."
    }

    private static func metadata(_ files: [ChartFile]) throws(HelmError) -> ChartMetadata? {
        var metadata: ChartMetadata?
        for file in files where file.name == "Chart.yaml" {
            var read = try loading(file) { () throws(HelmError) in
                try MetadataReader.read(file.text, over: metadata ?? ChartMetadata())
            }
            if read.apiVersion.isEmpty { read.apiVersion = "v1" }
            metadata = read
        }
        return metadata
    }

    private static func loading<Value>(
        _ file: ChartFile, _ read: () throws(HelmError) -> Value
    ) throws(HelmError) -> Value {
        do throws(HelmError) {
            return try read()
        } catch {
            throw HelmError(message: ByteString("cannot load \(file.name): ") + error.message)
        }
    }

    private static func subchart(
        _ name: String, _ files: [ChartFile], of parent: String, depth: Int, warn: (String) -> Void
    ) throws(HelmError) -> Chart {
        do throws(HelmError) {
            if name.hasSuffix(".tgz") {
                guard let file = files.first, file.name == name else {
                    throw HelmError(
                        "error unpacking subchart tar in \(parent): expected \(name), got \(files.first?.name ?? "")")
                }
                return try load(ChartArchive.files(of: file.data), depth: depth, warn: warn)
            }
            // A file that is in charts/ itself belongs to no chart.
            let inner = files.compactMap { file -> ChartFile? in
                guard file.name.hasPrefix(name + "/") else { return nil }
                var file = file
                file.name.removeFirst(name.count + 1)
                return file
            }
            return try load(inner, depth: depth, warn: warn)
        } catch {
            throw HelmError(message: ByteString("error unpacking subchart \(name) in \(parent): ") + error.message)
        }
    }
}
