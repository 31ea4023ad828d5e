/// Reads the fields of Chart.yaml as Go's JSON decoder does: names in any case, numbers as texts where a text is wanted, and
/// an error for the first value of another type.
struct MetadataReader {
    private let members: HelmMap
    /// As errors say it: `Metadata`, or `Metadata.dependencies` for a field of a field.
    private let path: String

    private init(_ members: HelmMap, path: String) {
        self.members = members
        self.path = path
    }

    /// Reads Chart.yaml, or a requirements.yaml over it.
    static func read(_ text: ByteString, over metadata: ChartMetadata = ChartMetadata()) throws(HelmError)
        -> ChartMetadata
    {
        var metadata = metadata
        switch try YAMLReader.value(of: text, keepsIntegers: true) {
        case .null: break
        case .map(let map): try MetadataReader(map, path: "Metadata").read(into: &metadata)
        case let other: throw YAMLReader.mismatch(other, type: "v2.Metadata")
        }
        return metadata
    }

    /// By the order of the names, in which Helm meets the values: the first of another type is the error.
    private func read(into metadata: inout ChartMetadata) throws(HelmError) {
        for key in members.keys {
            let value = members[key] ?? .null
            switch key.text.lowercased() {
            case "name": try read(value, named: "name", into: &metadata.name)
            case "home": try read(value, named: "home", into: &metadata.home)
            case "sources": try read(value, named: "sources", into: &metadata.sources)
            case "version": try read(value, named: "version", into: &metadata.version)
            case "description": try read(value, named: "description", into: &metadata.description)
            case "keywords": try read(value, named: "keywords", into: &metadata.keywords)
            case "maintainers": try read(value, &metadata.maintainers)
            case "icon": try read(value, named: "icon", into: &metadata.icon)
            case "apiversion": try read(value, named: "apiVersion", into: &metadata.apiVersion)
            case "condition": try read(value, named: "condition", into: &metadata.condition)
            case "tags": try read(value, named: "tags", into: &metadata.tags)
            case "appversion": try read(value, named: "appVersion", into: &metadata.appVersion)
            case "deprecated": try read(value, named: "deprecated", into: &metadata.isDeprecated)
            case "annotations": try read(value, annotations: &metadata.annotations)
            case "kubeversion": try read(value, named: "kubeVersion", into: &metadata.kubeVersion)
            case "dependencies": try read(value, &metadata.dependencies)
            case "type": try read(value, named: "type", into: &metadata.type)
            default: continue
            }
        }
    }

    private func read(_ value: HelmValue, _ maintainers: inout [ChartMetadata.Maintainer]?) throws(HelmError) {
        guard let list = try list(value, "maintainers", type: "[]*v2.Maintainer") else { return }
        var result: [ChartMetadata.Maintainer] = []
        for element in list {
            guard let reader = try object(element, "maintainers", type: "v2.Maintainer") else {
                throw ChartMetadata.fault("maintainers must not contain empty or null nodes")
            }
            var maintainer = ChartMetadata.Maintainer()
            for key in reader.members.keys {
                let value = reader.members[key] ?? .null
                switch key.text.lowercased() {
                case "name": try reader.read(value, named: "name", into: &maintainer.name)
                case "email": try reader.read(value, named: "email", into: &maintainer.email)
                case "url": try reader.read(value, named: "url", into: &maintainer.url)
                default: continue
                }
            }
            result.append(maintainer)
        }
        maintainers = result
    }

    private func read(_ value: HelmValue, _ dependencies: inout [ChartDependency]?) throws(HelmError) {
        guard let list = try list(value, "dependencies", type: "[]*v2.Dependency") else { return }
        var result: [ChartDependency] = []
        for element in list {
            guard let reader = try object(element, "dependencies", type: "v2.Dependency") else {
                throw ChartMetadata.fault("dependencies must not contain empty or null nodes")
            }
            var dependency = ChartDependency()
            for key in reader.members.keys {
                let value = reader.members[key] ?? .null
                switch key.text.lowercased() {
                case "name": try reader.read(value, named: "name", into: &dependency.name)
                case "version": try reader.read(value, named: "version", into: &dependency.version)
                case "repository": try reader.read(value, named: "repository", into: &dependency.repository)
                case "condition": try reader.read(value, named: "condition", into: &dependency.condition)
                case "tags": try reader.read(value, named: "tags", into: &dependency.tags)
                case "enabled": try reader.read(value, named: "enabled", into: &dependency.isEnabled)
                case "import-values":
                    dependency.imports = try reader.list(value, "import-values", type: "[]interface {}")
                case "alias": try reader.read(value, named: "alias", into: &dependency.alias)
                default: continue
                }
            }
            result.append(dependency)
        }
        dependencies = result
    }

    private func read(
        _ value: HelmValue, annotations: inout [(key: String, value: String)]?
    ) throws(HelmError) {
        switch value {
        case .null: return
        case .map(let map):
            var result: [(key: String, value: String)] = []
            for key in map.keys {
                result.append((key.text, try text(of: map[key] ?? .null, "annotations") ?? ""))
            }
            annotations = result
        default: throw mismatch(value, "annotations", type: "map[string]string")
        }
    }

    private func read(_ value: HelmValue, named name: String, into field: inout String) throws(HelmError) {
        if let text = try text(of: value, name) { field = text }
    }

    private func read(_ value: HelmValue, named name: String, into field: inout Bool) throws(HelmError) {
        switch value {
        case .null: return
        case .bool(let bool): field = bool
        default: throw mismatch(value, name, type: "bool")
        }
    }

    private func read(_ value: HelmValue, named name: String, into field: inout [String]?) throws(HelmError) {
        guard let list = try list(value, name, type: "[]string") else { return }
        var texts: [String] = []
        for element in list { texts.append(try text(of: element, name) ?? "") }
        field = texts
    }

    private func list(_ value: HelmValue, _ name: String, type: String) throws(HelmError) -> [HelmValue]? {
        switch value {
        case .null: return nil
        case .list(let list): return list.elements
        default: throw mismatch(value, name, type: type)
        }
    }

    private func object(_ value: HelmValue, _ name: String, type: String) throws(HelmError) -> MetadataReader? {
        switch value {
        case .null: return nil
        case .map(let map): return MetadataReader(map, path: "\(path).\(name)")
        default: throw mismatch(value, name, type: type)
        }
    }

    /// Nil for null, which leaves a field as it was.
    private func text(of value: HelmValue, _ name: String) throws(HelmError) -> String? {
        switch value {
        case .null: return nil
        case .string(let text): return text.text
        case .bool(let bool): return bool ? "true" : "false"
        case .int(let number): return String(number)
        case .int64(let number): return String(number)
        case .float64(let number): return String(decoding: ShortestDecimal(number).general, as: UTF8.self)
        default: throw mismatch(value, name, type: "string")
        }
    }

    private func mismatch(_ value: HelmValue, _ name: String, type: String) -> HelmError {
        YAMLReader.mismatch(value, type: type, field: "\(path).\(name)")
    }
}
