/// Renders a chart: what `helm install` does before it speaks to a cluster, and all that `helm template` does.
package struct ChartRenderer {
    /// The release that templates see.
    package struct Release: Sendable {
        package var name: String
        package var namespace: String
        package var revision = 1
        package var isUpgrade = false

        package init(name: String, namespace: String, revision: Int = 1, isUpgrade: Bool = false) {
            self.name = name
            self.namespace = namespace
            self.revision = revision
            self.isUpgrade = isUpgrade
        }
    }

    package var release: Release
    package var capabilities = KubeCapabilities.standard
    package var skipsSchema = false
    /// Whether NOTES.txt of subcharts are notes too.
    package var rendersSubchartNotes = false
    package var isStrict = false
    /// Whether `required` and `fail` let pass what they refuse otherwise.
    package var isLinting = false
    package var limits = TemplateLimits()
    package var environment: TemplateEnvironment
    /// Gets what Helm logs.
    package var warn: (String) -> Void

    package init(release: Release, environment: TemplateEnvironment, warn: @escaping (String) -> Void = { _ in }) {
        self.release = release
        self.environment = environment
        self.warn = warn
    }

    /// Renders with a user's values over the chart's.
    package func render(_ chart: Chart, values: HelmMap) throws(HelmError) -> RenderedChart {
        try assembled(try renderTexts(chart, values: values))
    }

    /// What the templates made, which may not be YAML.
    package struct Texts {
        fileprivate let chart: Chart
        fileprivate let texts: [ByteString: ByteString]

        /// All of it, behind lines with the templates: for finding what is wrong.
        package var blob: ByteString {
            var blob: ByteString = ""
            for path in texts.keys.sorted() {
                guard let text = texts[path], !GoText.trimmingSpaces(text).isEmpty else { continue }
                blob += "---\n# Source: " + path + "\n" + text + "\n"
            }
            return blob
        }
    }

    /// Executes the templates with a user's values over the chart's.
    package func renderTexts(_ chart: Chart, values: HelmMap) throws(HelmError) -> Texts {
        if chart.isLibrary { throw HelmError("library charts are not installable") }
        if chart.metadata.isDeprecated { warn("level=WARN msg=\"this chart is deprecated\"") }
        do throws(HelmError) {
            try DependencyProcessor.check(chart)
        } catch {
            throw HelmError(
                message: "an error occurred while checking for chart dependencies. You may need to run "
                    + "`helm dependency build` to fetch missing dependencies: " + error.message)
        }
        let chart = chart.copy()
        return Texts(chart: chart, texts: try texts(of: chart, values: values))
    }

    /// The objects, hooks and notes of what was rendered.
    package func assembled(_ texts: Texts) throws(HelmError) -> RenderedChart {
        try RenderedChart(
            chart: texts.chart, texts: texts.texts, includesSubchartNotes: rendersSubchartNotes, warn: warn)
    }

    /// The text of each template that isn't a partial one, by its path. Changes the chart.
    package func texts(of chart: Chart, values: HelmMap) throws(HelmError) -> [ByteString: ByteString] {
        do throws(HelmError) {
            try DependencyProcessor.process(chart, values, warn: warn)
        } catch {
            throw HelmError(message: "chart dependencies processing failed: " + error.message)
        }
        let coalesced = try ValuesCoalescer.coalesce(chart, values, warn: warn)
        if !skipsSchema { try SchemaCheck.check(chart, coalesced, warn: warn) }
        let constraint = chart.metadata.kubeVersion
        if !constraint.isEmpty, !DependencyProcessor.isCompatible(constraint, capabilities.plainVersion) {
            throw HelmError(
                "chart requires kubeVersion: \(constraint) which is incompatible with Kubernetes \(capabilities.version)"
            )
        }
        let engine = TemplateEngine(
            environment: environment, isStrict: isStrict, isLinting: isLinting, limits: limits)
        return try engine.render(templates(of: chart, values: coalesced))
    }

    /// All templates with what they see as `.`.
    private func templates(of chart: Chart, values: HelmMap) -> [RenderedFile] {
        let shared: [ByteString: HelmValue] = [
            "Capabilities": .object(capabilities.object),
            "Release": .map(
                HelmMap([
                    "Name": .string(release.name), "Namespace": .string(release.namespace),
                    "Revision": .int(release.revision), "IsInstall": .bool(!release.isUpgrade),
                    "IsUpgrade": .bool(release.isUpgrade), "Service": .string("Helm"),
                ])),
        ]
        var files: [RenderedFile] = []
        _ = add(chart, values: values.retyped(.values), path: chart.name, isRoot: true, shared: shared, to: &files)
        return files
    }

    private func add(
        _ chart: Chart, values: HelmMap, path: String, isRoot: Bool, shared: [ByteString: HelmValue],
        to files: inout [RenderedFile]
    ) -> HelmMap {
        let subcharts = HelmMap()
        let scope = HelmMap(shared)
        scope["Chart"] = .map(chart.metadata.templateValue(isRoot: isRoot))
        let contents = Dictionary(chart.files.map { (ByteString($0.name), HelmValue.bytes($0.data)) }) { $1 }
        scope["Files"] = .map(HelmMap(contents, type: .files))
        scope["Values"] = .map(values)
        scope["Subcharts"] = .map(subcharts)
        for child in chart.dependencies {
            let key = ByteString(child.name)
            var inner = HelmMap(type: .values)
            if case .map(let map)? = values[key] { inner = map.retyped(.values) }
            let childScope = add(
                child, values: inner, path: "\(path)/charts/\(child.name)", isRoot: false, shared: shared, to: &files)
            subcharts[key] = .map(childScope)
        }
        let dot = scope.retyped(.values)
        for template in chart.templates where !chart.isLibrary || template.baseName.hasPrefix("_") {
            let name = GoPath.clean(ByteString("\(path)/\(template.name)"))
            files.append(
                RenderedFile(name: name, text: template.text, values: dot, basePath: ByteString("\(path)/templates")))
        }
        return scope
    }
}

extension ChartMetadata {
    /// `.Chart`: the fields by the names that they have in Go.
    func templateValue(isRoot: Bool) -> HelmMap {
        let texts = { (texts: [String]?) in HelmValue.list((texts ?? []).map { .string($0) }) }
        let annotations = Dictionary(
            (self.annotations ?? []).map { (ByteString($0.key), HelmValue.string($0.value)) }
        ) { $1 }
        return HelmMap([
            "Name": .string(name), "Home": .string(home), "Sources": texts(sources), "Version": .string(version),
            "Description": .string(description), "Keywords": texts(keywords), "Icon": .string(icon),
            "Maintainers": .list((maintainers ?? []).map(\.templateValue)), "APIVersion": .string(apiVersion),
            "Condition": .string(condition), "Tags": .string(tags), "AppVersion": .string(appVersion),
            "Deprecated": .bool(isDeprecated),
            "Annotations": .map(HelmMap(annotations, type: .strings, isNil: self.annotations == nil)),
            "KubeVersion": .string(kubeVersion), "Dependencies": .list((dependencies ?? []).map(\.templateValue)),
            "Type": .string(type), "IsRoot": .bool(isRoot),
        ])
    }
}

extension ChartMetadata.Maintainer {
    fileprivate var templateValue: HelmValue {
        .map(["Name": .string(name), "Email": .string(email), "URL": .string(url)])
    }
}

extension ChartDependency {
    fileprivate var templateValue: HelmValue {
        .map([
            "Name": .string(name), "Version": .string(version), "Repository": .string(repository),
            "Condition": .string(condition), "Tags": .list((tags ?? []).map { .string($0) }),
            "Enabled": .bool(isEnabled), "ImportValues": .list(imports ?? []), "Alias": .string(alias),
        ])
    }
}
