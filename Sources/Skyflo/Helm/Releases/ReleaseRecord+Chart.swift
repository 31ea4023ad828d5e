import KubeModel

extension ReleaseRecord {
    /// What a revision is made of that isn't stored yet: a chart, and what it was rendered to.
    ///
    /// - Parameters:
    ///   - rendered: with the chart as it was prepared for its values, as Helm stores it.
    ///   - values: the user's.
    /// - Throws: where a value has no form in JSON.
    package init(
        _ rendered: RenderedChart, values: HelmMap, release: ChartRenderer.Release
    ) throws(HelmError) {
        let chart = rendered.chart
        json = [
            "name": .string(release.name),
            "info": .compact(["notes": rendered.notes.isEmpty ? nil : .string(rendered.notes.text)]),
            "chart": [
                "metadata": try Self.json(of: .map(chart.metadata.fields)), "lock": .null,
                "templates": Self.files(chart.templates), "values": try Self.json(of: .map(chart.values)),
                "schema": chart.schema.map { .string(Base64.encode($0)) } ?? .null,
                "files": Self.files(chart.files + Self.customResourcesOfSubcharts(chart)),
            ],
            "config": try Self.json(of: .map(values)), "manifest": .string(rendered.manifest.text),
            "version": JSONValue(release.revision), "namespace": .string(release.namespace), "apply_method": "ssa",
        ]
        if !rendered.hooks.isEmpty { json["hooks"] = .array(rendered.hooks.map(\.record)) }
    }

    /// What anybody who has the chart can read: its templates and default values.
    package var chartTexts: [String] {
        let templates = (json["chart", "templates"]?.array ?? []).compactMap { $0["data"]?.string }
            .compactMap { Base64.decode($0) }.map { String(decoding: $0, as: UTF8.self) }
        return templates + [JSONWriter.string(json["chart", "values"] ?? .null)]
    }

    private static func json(of value: HelmValue) throws(HelmError) -> JSONValue {
        let text = try GoJSONWriter.text(of: value, escapesHTML: false)
        guard let json = try? JSONParser.parse(text.bytes) else { throw HelmError("a value has no form in JSON") }
        return json
    }

    /// Null for none, as Go writes it.
    private static func files(_ files: [ChartFile]) -> JSONValue {
        files.isEmpty
            ? .null
            : .array(files.map { ["name": .string($0.name), "data": .string(Base64.encode($0.data))] })
    }

    /// Helm leaves subcharts out of its records. Their `crds/` are kept here under the chart's own files, so that what was approved
    /// can be created from the record.
    private static func customResourcesOfSubcharts(_ chart: Chart) -> [ChartFile] {
        chart.dependencies.flatMap { $0.customResources(path: "charts/\($0.name)") }.map {
            ChartFile(name: $0.path, data: $0.file.data)
        }
    }

    /// The objects of the chart's `crds/`, those of subcharts behind: what an installation creates before all else.
    ///
    /// - Throws: where a document isn't YAML of an object.
    package func customResources() throws(HelmError) -> [KubeObject] {
        var objects: [KubeObject] = []
        for file in json["chart", "files"]?.array ?? [] {
            guard let name = file["name"]?.string, Self.isCustomResources(name),
                let data = file["data"]?.string.flatMap({ Base64.decode($0) })
            else { continue }
            objects += try Self.objects(in: ByteString(bytes: data), what: name)
        }
        return objects
    }

    private static func isCustomResources(_ path: String) -> Bool {
        var parts = path.split(separator: "/")
        while parts.count > 2, parts[0] == "charts" { parts.removeFirst(2) }
        return parts.count > 1 && parts[0] == "crds"
            && [".yaml", ".yml", ".json"].contains(ChartFile(name: path, data: []).pathExtension.lowercased())
    }
}

extension RenderedChart.Hook {
    fileprivate var record: JSONValue {
        var hook: JSONValue = [
            "name": .string(manifest.name), "kind": .string(manifest.kind), "path": .string(manifest.path.text),
            "manifest": .string(manifest.text.text), "events": JSONValue(events),
            "last_run": ["started_at": "", "completed_at": "", "phase": ""],
            // As Helm says it of hooks that say nothing.
            "delete_policies": JSONValue(deletePolicies.isEmpty ? ["before-hook-creation"] : deletePolicies),
        ]
        if weight != 0 { hook["weight"] = JSONValue(weight) }
        if !outputLogPolicies.isEmpty { hook["output_log_policies"] = JSONValue(outputLogPolicies) }
        return hook
    }
}
