/// What `helm show` prints of a chart.
package struct ChartDescription {
    package enum Part: String, Sendable, CaseIterable { case all, chart, crds, readme, values }

    private let chart: Chart

    package init(_ chart: Chart) {
        self.chart = chart
    }

    package func text(of part: Part) throws(HelmError) -> ByteString {
        let isAll = part == .all
        var text: ByteString = ""
        if isAll || part == .chart { text += try YAMLEmitter.marshal(.map(chart.metadata.fields)) + "\n" }
        if isAll || part == .values {
            if isAll { text += "---\n" }
            for file in chart.raw where file.name == "values.yaml" { text += file.text + "\n" }
        }
        if isAll || part == .readme,
            let readme = chart.files.first(where: {
                ["readme.md", "readme.txt", "readme"].contains($0.name.lowercased())
            })
        {
            if isAll { text += "---\n" }
            text += readme.text + "\n"
        }
        if isAll || part == .crds {
            for resource in chart.customResources() {
                if !resource.file.data.starts(with: "---".utf8) { text += "---\n" }
                text += resource.file.text + "\n"
            }
        }
        return text
    }
}

extension ChartMetadata {
    /// Chart.yaml's fields that aren't empty, by their names there.
    var fields: HelmMap {
        let fields = HelmMap()
        for (key, text) in [
            ("name", name), ("home", home), ("version", version), ("description", description), ("icon", icon),
            ("apiVersion", apiVersion), ("condition", condition), ("tags", tags), ("appVersion", appVersion),
            ("kubeVersion", kubeVersion), ("type", type),
        ] where !text.isEmpty { fields[ByteString(key)] = .string(text) }
        for (key, texts) in [("sources", sources), ("keywords", keywords)] {
            if let texts, !texts.isEmpty { fields[ByteString(key)] = .list(texts.map { .string($0) }) }
        }
        if isDeprecated { fields["deprecated"] = .bool(true) }
        if let maintainers, !maintainers.isEmpty {
            fields["maintainers"] = .list(
                maintainers.map { Self.map([("name", $0.name), ("email", $0.email), ("url", $0.url)]) })
        }
        if let annotations, !annotations.isEmpty {
            fields["annotations"] = .map(
                HelmMap(Dictionary(annotations.map { (ByteString($0.key), .string($0.value)) }) { $1 }))
        }
        if let dependencies, !dependencies.isEmpty { fields["dependencies"] = .list(dependencies.map(\.fields)) }
        return fields
    }

    fileprivate static func map(_ texts: [(String, String)]) -> HelmValue {
        .map(HelmMap(Dictionary(texts.filter { !$0.1.isEmpty }.map { (ByteString($0.0), .string($0.1)) }) { $1 }))
    }
}

extension ChartDependency {
    fileprivate var fields: HelmValue {
        let fields = ChartMetadata.map([("version", version), ("condition", condition), ("alias", alias)])
        if case .map(let map) = fields {
            map["name"] = .string(name)
            map["repository"] = .string(repository)
            if let tags, !tags.isEmpty { map["tags"] = .list(tags.map { .string($0) }) }
            if isEnabled { map["enabled"] = .bool(true) }
            if let imports, !imports.isEmpty { map["import-values"] = .list(imports) }
        }
        return fields
    }
}
