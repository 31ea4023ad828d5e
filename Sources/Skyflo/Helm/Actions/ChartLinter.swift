/// Examines a chart as `helm lint` does.
package struct ChartLinter {
    package enum Severity: Int, Sendable, Comparable {
        case info = 1, warning, error

        package static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }

        var name: String { self == .info ? "INFO" : self == .warning ? "WARNING" : "ERROR" }
    }

    package struct Message {
        package var severity: Severity
        package var path: String
        package var problem: ByteString

        /// `[WARNING] Chart.yaml: …`
        package var text: ByteString { ByteString("[\(severity.name)] \(path): ") + problem }
    }

    private let files: [ChartFile]
    private let values: HelmMap
    private let renderer: ChartRenderer
    private(set) var messages: [Message] = []

    /// - Parameters:
    ///   - files: of the chart, without what `.helmignore` leaves out.
    ///   - path: of the chart's folder, as messages have it.
    ///   - renderer: with capabilities and what to skip; the release is Helm's for tests.
    package static func messages(
        files: [ChartFile], path: String, values: HelmMap, renderer: ChartRenderer
    ) -> [Message] {
        var renderer = renderer
        renderer.release.name = "test-release"
        renderer.release.revision = 0
        renderer.isLinting = true
        var linter = ChartLinter(files: files, values: values, renderer: renderer)
        linter.checkMetadata()
        linter.checkValues()
        linter.checkTemplates()
        linter.checkDependencies(path: path)
        linter.checkCustomResources()
        return linter.messages
    }

    private init(files: [ChartFile], values: HelmMap, renderer: ChartRenderer) {
        self.files = files
        self.values = values
        self.renderer = renderer
    }

    private mutating func add(_ severity: Severity, _ path: String, _ problem: ByteString?) {
        if let problem { messages.append(Message(severity: severity, path: path, problem: problem)) }
    }

    private func file(_ name: String) -> ChartFile? { files.first { $0.name == name } }

    // MARK: - Chart.yaml

    private mutating func checkMetadata() {
        let path = "Chart.yaml"
        let metadata: ChartMetadata
        let types: HelmMap
        do throws(HelmError) {
            let text = file(path)?.text ?? ""
            metadata = try MetadataReader.read(text)
            types = try YAMLReader.map(of: text)
        } catch {
            return add(.error, path, "unable to parse YAML\n\t" + error.message)
        }
        if let problem = StrictMetadata.problem(in: file(path)?.text ?? "", types) {
            add(.warning, path, "failed to strictly parse chart metadata file\n\t" + problem)
        }
        for (severity, problem) in MetadataRules.problems(of: metadata, types: types) {
            add(severity, path, ByteString(problem))
        }
    }

    // MARK: - Values

    private mutating func checkValues() {
        let path = "values.yaml"
        guard let file = file(path) else { return add(.info, path, "file does not exist") }
        do throws(HelmError) {
            let defaults: HelmMap
            do throws(HelmError) {
                defaults = try YAMLReader.map(of: file.text, type: "common.Values")
            } catch {
                throw HelmError(message: "unable to parse YAML: " + error.message)
            }
            guard !renderer.skipsSchema, let schema = self.file("values.schema.json") else { return }
            var coalescer = ValuesCoalescer(keepsNulls: false)
            let merged = values.deepCopy()
            coalescer.mergeTables(merged, defaults, path: "", keepsNulls: false)
            let failures = try JSONSchema(schema.text).failures(of: .map(merged))
            if failures.isEmpty { return }
            throw HelmError(message: GoText.joined(failures.map { $0.text(indent: 1) }, by: "\n") + "\n")
        } catch {
            add(.error, path, error.message)
        }
    }

    // MARK: - Templates

    private mutating func checkTemplates() {
        let path = "templates/"
        guard files.contains(where: { $0.name.hasPrefix(path) }) else {
            return add(.warning, path, "directory does not exist")
        }
        let chart: Chart
        do throws(HelmError) {
            chart = try ChartLoader.load(files: files)
        } catch {
            return add(.error, path, error.message)
        }
        let name = chart.name
        let texts: [ByteString: ByteString]
        do throws(HelmError) {
            texts = try renderer.texts(of: chart, values: values)
        } catch {
            // Helm says nothing of dependencies here.
            if GoText.hasPrefix("chart dependencies processing failed", error.message) { return }
            return add(.error, path, error.message)
        }
        for template in chart.templates {
            let ending = template.pathExtension
            if ![".yaml", ".yml", ".tpl", ".txt"].contains(ending) {
                add(
                    .error, template.name,
                    ByteString("file extension '\(ending)' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt"))
            }
            guard [".yaml", ".yml"].contains(ending.lowercased()) else { continue }
            let text = texts[ByteString("\(name)/\(template.name)")] ?? ""
            guard check(text, of: template.name) else { return }
        }
    }

    /// - Returns: whether the text is YAML; nothing more is looked at otherwise.
    private mutating func check(_ text: ByteString, of path: String) -> Bool {
        if GoText.trimmingSpaces(text).isEmpty { return true }
        let lines = GoText.split(text, by: "\n")
        let line = lines.first { !GoText.trimmingSpaces($0).isEmpty } ?? ""
        if line.bytes.first == 0x20 || line.bytes.first == 0x09 {
            add(
                .warning, path,
                "document starts with an illegal indent: " + GoQuote.quoted(line)
                    + ", which may cause parsing problems")
        }
        for document in ValuesReader.documents(of: text) {
            do throws(HelmError) {
                guard let head = try LintedHead(document) else { continue }
                let version = renderer.capabilities.version
                for (severity, problem) in ManifestRules.problems(of: head, text: text, version: version) {
                    add(severity, path, problem)
                }
            } catch {
                add(.error, path, "unable to parse YAML: " + error.message)
                return false
            }
        }
        return true
    }

    // MARK: - Subcharts and CRDs

    private mutating func checkDependencies(path: String) {
        let chart: Chart
        do throws(HelmError) {
            chart = try ChartLoader.load(files: files)
        } catch {
            return add(.error, "", "unable to load chart\n\t" + error.message)
        }
        let declared = (chart.metadata.dependencies ?? []).map(\.name)
        let present = chart.dependencies.map(\.name)
        let undeclared = present.filter { !declared.contains($0) }
        if !undeclared.isEmpty {
            add(
                .error, path,
                ByteString("chart metadata is missing these dependencies: \(undeclared.joined(separator: ","))"))
        }
        let missing = declared.filter { !present.contains($0) }
        if !missing.isEmpty {
            add(
                .warning, path,
                ByteString("chart directory is missing these dependencies: \(missing.joined(separator: ","))"))
        }
    }

    private mutating func checkCustomResources() {
        guard files.contains(where: { $0.name.hasPrefix("crds/") }) else { return }
        let chart: Chart
        do throws(HelmError) {
            chart = try ChartLoader.load(files: files)
        } catch {
            return add(.error, "crds/", error.message)
        }
        for resource in chart.customResources() {
            guard check(resource.file) else { return }
        }
    }

    /// - Returns: whether the text is YAML; nothing more is looked at otherwise.
    private mutating func check(_ resource: ChartFile) -> Bool {
        for document in ValuesReader.documents(of: resource.text) {
            do throws(HelmError) {
                guard let head = try LintedHead(document) else { continue }
                let group = head.apiVersion.split(separator: "/").first ?? ""
                if group != "apiextensions.k8s.io" {
                    add(.error, resource.name, "apiVersion is not in 'apiextensions.k8s.io'")
                }
                if head.kind != "CustomResourceDefinition" {
                    add(.error, resource.name, "object kind is not 'CustomResourceDefinition'")
                }
            } catch {
                add(.error, resource.name, "unable to parse YAML: " + error.message)
                return false
            }
        }
        return true
    }
}
