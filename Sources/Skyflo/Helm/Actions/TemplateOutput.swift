/// What `helm template` prints of a rendered chart.
package struct TemplateOutput: Sendable {
    package var includesCustomResources = false
    package var skipsHooks = false
    package var skipsTests = false
    /// Patterns of paths from the chart's folder on, such as `templates/service.yaml`; none for all.
    package var showOnly: [String] = []
    /// Whether the notes follow, as `helm install` prints them.
    package var showsNotes = false

    package init() {}

    /// - Throws: where a path of ``showOnly`` fits no manifest.
    package func text(of rendered: RenderedChart) throws(HelmError) -> ByteString {
        var manifest = ByteString("")
        if includesCustomResources {
            for resource in rendered.chart.customResources() {
                manifest += ByteString("---\n# Source: \(resource.path)\n") + resource.file.text + "\n"
            }
        }
        manifest += rendered.manifest
        var text = GoText.trimmingSpaces(manifest) + "\n"
        for hook in hooks(of: rendered) { text += hook.manifest.documentText }
        if !showOnly.isEmpty { text = try selected(from: text) }
        if showsNotes, !rendered.notes.isEmpty {
            text += "\nNOTES:\n" + GoText.trimmingSpaces(rendered.notes) + "\n"
        }
        return text
    }

    private func hooks(of rendered: RenderedChart) -> [RenderedChart.Hook] {
        rendered.hooks.filter { !skipsHooks && !(skipsTests && $0.events.contains("test")) }
    }

    /// A document for a file of its template's path.
    package struct Document: Sendable {
        package var path: String
        package var text: ByteString
        /// Hooks go behind what is in the file already, also from before.
        package var isHook: Bool

        package init(path: String, text: ByteString, isHook: Bool) {
            (self.path, self.text, self.isHook) = (path, text, isHook)
        }
    }

    /// What ``text(of:)`` gives one by one, for `--output-dir`.
    package func documents(of rendered: RenderedChart) -> [Document] {
        var documents: [Document] = []
        if includesCustomResources {
            for resource in rendered.chart.customResources() {
                let text = ByteString("---\n# Source: \(resource.path)\n") + resource.file.text + "\n"
                documents.append(Document(path: resource.path, text: text, isHook: false))
            }
        }
        documents += rendered.manifests.map { Document(path: $0.path.text, text: $0.documentText, isHook: false) }
        documents += hooks(of: rendered).map {
            Document(path: $0.manifest.path.text, text: $0.manifest.documentText, isHook: true)
        }
        return documents
    }

    private func selected(from text: ByteString) throws(HelmError) -> ByteString {
        let documents = ManifestSplitter.documents(of: text)
        var selected: ByteString = ""
        for path in showOnly {
            let pattern = PathPattern(Array(path.utf8))
            let matching = documents.filter { document in
                Self.path(of: document).map { pattern.matches($0) } ?? false
            }
            if matching.isEmpty { throw HelmError("could not find template \(path) in chart") }
            for document in matching { selected += "---\n" + document + "\n" }
        }
        return selected
    }

    /// The path behind `# Source: chart/`.
    private static func path(of document: ByteString) -> [UInt8]? {
        let mark: ByteString = "# Source: "
        guard let start = GoText.index(of: mark, in: document) else { return nil }
        let line = document.bytes[(start + mark.count)...].prefix { $0 != 0x0A }
        guard let slash = line.firstIndex(of: UInt8(ascii: "/")), slash > line.startIndex else { return nil }
        return Array(line[(slash + 1)...])
    }
}
