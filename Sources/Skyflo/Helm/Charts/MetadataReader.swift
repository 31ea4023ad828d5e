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

    private func read(into metadata: inout ChartMetadata) throws(HelmError) {
        try string("name", &metadata.name)
        try string("home", &metadata.home)
        try strings("sources", &metadata.sources)
        try string("version", &metadata.version)
        try string("description", &metadata.description)
        try strings("keywords", &metadata.keywords)
        if let list = try list("maintainers", type: "[]*v2.Maintainer") {
            var maintainers: [ChartMetadata.Maintainer] = []
            for element in list {
                guard let reader = try object(element, "maintainers", type: "v2.Maintainer") else {
                    throw ChartMetadata.fault("maintainers must not contain empty or null nodes")
                }
                var maintainer = ChartMetadata.Maintainer()
                try reader.string("name", &maintainer.name)
                try reader.string("email", &maintainer.email)
                try reader.string("url", &maintainer.url)
                maintainers.append(maintainer)
            }
            metadata.maintainers = maintainers
        }
        try string("icon", &metadata.icon)
        try string("apiVersion", &metadata.apiVersion)
        try string("condition", &metadata.condition)
        try string("tags", &metadata.tags)
        try string("appVersion", &metadata.appVersion)
        try bool("deprecated", &metadata.isDeprecated)
        try annotations(&metadata.annotations)
        try string("kubeVersion", &metadata.kubeVersion)
        try dependencies(&metadata.dependencies)
        try string("type", &metadata.type)
    }

    private func dependencies(_ dependencies: inout [ChartDependency]?) throws(HelmError) {
        guard let list = try list("dependencies", type: "[]*v2.Dependency") else { return }
        var result: [ChartDependency] = []
        for element in list {
            guard let reader = try object(element, "dependencies", type: "v2.Dependency") else {
                throw ChartMetadata.fault("dependencies must not contain empty or null nodes")
            }
            var dependency = ChartDependency()
            try reader.string("name", &dependency.name)
            try reader.string("version", &dependency.version)
            try reader.string("repository", &dependency.repository)
            try reader.string("condition", &dependency.condition)
            try reader.strings("tags", &dependency.tags)
            try reader.bool("enabled", &dependency.isEnabled)
            dependency.imports = try reader.list("import-values", type: "[]interface {}")
            try reader.string("alias", &dependency.alias)
            result.append(dependency)
        }
        dependencies = result
    }

    private func annotations(_ annotations: inout [(key: String, value: String)]?) throws(HelmError) {
        switch self["annotations"] {
        case nil, .null?: return
        case .map(let map)?:
            var result: [(key: String, value: String)] = []
            for key in map.keys {
                result.append((key.text, try text(of: map[key] ?? .null, "annotations") ?? ""))
            }
            annotations = result
        case let other?: throw mismatch(other, "annotations", type: "map[string]string")
        }
    }

    private subscript(name: String) -> HelmValue? {
        members[ByteString(name)]
            ?? members.keys.last { $0.text.lowercased() == name.lowercased() }.flatMap { members[$0] }
    }

    private func string(_ name: String, _ field: inout String) throws(HelmError) {
        if let value = self[name], let text = try text(of: value, name) { field = text }
    }

    private func bool(_ name: String, _ field: inout Bool) throws(HelmError) {
        switch self[name] {
        case nil, .null?: return
        case .bool(let bool)?: field = bool
        case let other?: throw mismatch(other, name, type: "bool")
        }
    }

    private func strings(_ name: String, _ field: inout [String]?) throws(HelmError) {
        guard let list = try list(name, type: "[]string") else { return }
        var texts: [String] = []
        for element in list { texts.append(try text(of: element, name) ?? "") }
        field = texts
    }

    private func list(_ name: String, type: String) throws(HelmError) -> [HelmValue]? {
        switch self[name] {
        case nil, .null?: return nil
        case .list(let list)?: return list.elements
        case let other?: throw mismatch(other, name, type: type)
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
