/// What Helm reads of a manifest: kind, name and annotations.
struct ManifestHead {
    private(set) var apiVersion = ""
    private(set) var kind = ""
    private(set) var name = ""
    private(set) var annotations: [String: String] = [:]

    /// - Throws: where the document isn't YAML, or one of these has another type.
    init(_ document: ByteString) throws(HelmError) {
        guard let plain = PlainManifest(document) else {
            self = try ManifestHead(parsing: document)
            return
        }
        let text = { (bytes: [UInt8]?) in bytes.map { String(decoding: $0, as: UTF8.self) } ?? "" }
        (apiVersion, kind, name) = (text(plain.apiVersion), text(plain.kind), text(plain.name))
        for (key, value) in plain.annotations { annotations[text(key)] = text(value) }
    }

    /// By YAML's parser, whatever the form.
    init(parsing document: ByteString) throws(HelmError) {
        let value = try YAMLReader.value(of: document, keepsIntegers: true)
        switch value {
        case .null: return
        case .map(let map): try read(map)
        default: throw YAMLReader.mismatch(value, type: "util.SimpleHead")
        }
    }

    private mutating func read(_ map: HelmMap) throws(HelmError) {
        apiVersion = try Self.text(map, "apiVersion", field: "SimpleHead.apiVersion") ?? ""
        kind = try Self.text(map, "kind", field: "SimpleHead.kind") ?? ""
        guard let metadata = Self.member(map, "metadata"), !metadata.isNull else { return }
        guard case .map(let members) = metadata else {
            throw YAMLReader.mismatch(
                metadata,
                type:
                    "struct { Name string \"json:\\\"name\\\"\"; Annotations map[string]string \"json:\\\"annotations\\\"\" }",
                field: "SimpleHead.metadata")
        }
        name = try Self.text(members, "name", field: "SimpleHead.metadata.name") ?? ""
        guard let value = Self.member(members, "annotations"), !value.isNull else { return }
        guard case .map(let texts) = value else {
            throw YAMLReader.mismatch(value, type: "map[string]string", field: "SimpleHead.metadata.annotations")
        }
        for key in texts.keys {
            annotations[key.text] = try Self.text(texts[key] ?? .null, field: "SimpleHead.metadata.annotations") ?? ""
        }
    }

    private static func member(_ map: HelmMap, _ name: String) -> HelmValue? {
        map[ByteString(name)] ?? map.keys.last { $0.text.lowercased() == name.lowercased() }.flatMap { map[$0] }
    }

    private static func text(_ map: HelmMap, _ name: String, field: String) throws(HelmError) -> String? {
        try member(map, name).flatMap { value throws(HelmError) in try text(value, field: field) }
    }

    private static func text(_ value: HelmValue, field: String) throws(HelmError) -> String? {
        switch value {
        case .null: return nil
        case .string(let text): return text.text
        case .bool(let bool): return bool ? "true" : "false"
        case .int(let number): return String(number)
        case .float64(let number): return String(decoding: ShortestDecimal(number).general, as: UTF8.self)
        default: throw YAMLReader.mismatch(value, type: "string", field: field)
        }
    }
}
