/// A JSON Schema of draft 4 to 2020-12. References go within the document: nothing is fetched.
struct JSONSchema {
    let root: HelmValue
    let draft: Int
    private let resources: [ByteString: HelmValue]

    fileprivate static let location = "file:///values.schema.json"

    /// Whether a format that isn't met is a failure whatever the draft: so it is in the schemas of schemas.
    let assertsFormats: Bool

    /// - Throws: where the text isn't JSON, is no schema by the one for schemas, or a reference leads nowhere.
    init(_ text: ByteString) throws(HelmError) {
        root = try Self.json(text)
        draft = try Self.draft(of: root)
        assertsFormats = false
        try Metaschema(draft: draft).check(root, location: Self.location)
        var collector = SchemaCollector()
        collector.visit(root, depth: 0)
        resources = collector.resources
        var references = SchemaReferences(schema: self)
        try references.check()
    }

    /// One that is known to be right.
    init(known root: HelmValue, draft: Int) {
        (self.root, self.draft, resources, assertsFormats) = (root, draft, [:], true)
    }

    /// The errors are those of a decoder that reads on.
    private static func json(_ text: ByteString) throws(HelmError) -> HelmValue {
        do throws(HelmError) {
            return try GoJSONReader.value(text)
        } catch {
            guard error.message == "unexpected end of JSON input" else { throw error }
            throw HelmError(GoText.trimmingSpaces(text).isEmpty ? "EOF" : "unexpected EOF")
        }
    }

    private static func draft(of root: HelmValue) throws(HelmError) -> Int {
        guard case .string(let text)? = root.asMap?["$schema"] else { return 2020 }
        var address = text.text
        while address.hasSuffix("#") { address.removeLast() }
        if let scheme = address.firstRange(of: "://") { address = String(address[scheme.upperBound...]) }
        switch address {
        case "json-schema.org/draft-04/schema": return 4
        case "json-schema.org/draft-06/schema": return 6
        case "json-schema.org/draft-07/schema": return 7
        case "json-schema.org/draft/2019-09/schema": return 2019
        case "json-schema.org/draft/2020-12/schema", "json-schema.org/schema", "": return 2020
        default: throw elsewhere(text)
        }
    }

    /// Helm would ask the network for it. A chart must not make the operator send requests.
    private static func elsewhere(_ address: ByteString) -> HelmError {
        HelmError("failing loading \(GoQuote.quoted(address).text): schemas of other places aren't fetched")
    }

    /// The failures at the top; none where the value is allowed.
    func failures(of value: HelmValue) -> [JSONSchemaFailure] {
        var validator = SchemaValidator(schema: self)
        guard let failure = validator.validate(value, root, at: [], depth: 0).failure else { return [] }
        return failure.isGroup ? failure.causes : [failure]
    }

    /// The schema that a reference means, or nil for one that any value meets, as Helm takes a URN for.
    func target(of reference: ByteString) throws(HelmError) -> SchemaTarget {
        if let resource = resources[reference] { return .here(resource) }
        let (address, fragment) = GoText.cut(reference, at: "#") ?? (reference, "")
        if !address.isEmpty, resources[address] == nil {
            if GoText.hasPrefix("urn:", address) { return .here(.bool(true)) }
            guard let draft = Metaschema.draft(of: address.text) else {
                throw Self.elsewhere(Self.isAbsolute(address) ? address : ByteString("file:///") + address)
            }
            return .metaschema(draft: draft)
        }
        let start = address.isEmpty ? root : resources[address] ?? root
        if fragment.isEmpty { return .here(start) }
        guard fragment.bytes.first == UInt8(ascii: "/") else {
            throw HelmError(
                "anchor in \"\(Self.location)\(reference.text)\" not found in schema \"\(Self.location)\"")
        }
        guard let target = Self.resolve(fragment, in: start) else {
            throw HelmError("json-pointer in \"\(Self.location)#\(fragment.text)\" not found")
        }
        return .here(target)
    }

    private static func isAbsolute(_ address: ByteString) -> Bool {
        address.text.contains("://")
    }

    private static func resolve(_ pointer: ByteString, in value: HelmValue) -> HelmValue? {
        var value = value
        for part in pointer.text.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            let key = percentDecoded(String(part)).replacing("~1", with: "/").replacing("~0", with: "~")
            switch value {
            case .map(let map):
                guard let next = map[ByteString(key)] else { return nil }
                value = next
            case .list(let list):
                guard let index = Int(key), list.elements.indices.contains(index) else { return nil }
                value = list.elements[index]
            default: return nil
            }
        }
        return value
    }

    private static func percentDecoded(_ text: String) -> String {
        guard text.contains("%") else { return text }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Where a reference leads.
enum SchemaTarget {
    case here(HelmValue)
    /// The schema for schemas of a draft.
    case metaschema(draft: Int)
}

/// Finds the names in a schema.
private struct SchemaCollector {
    var resources: [ByteString: HelmValue] = [:]

    private static let schemas: [ByteString] = [
        "additionalItems", "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not",
        "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties",
    ]
    private static let lists: [ByteString] = ["allOf", "anyOf", "items", "oneOf", "prefixItems"]
    private static let maps: [ByteString] = [
        "$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties",
    ]

    mutating func visit(_ value: HelmValue, depth: Int) {
        guard depth < 200, case .map(let map) = value else { return }
        for key in ["$id", "id"] as [ByteString] {
            if case .string(let name)? = map[key] { resources[name] = value }
        }
        for key in ["$anchor", "$dynamicAnchor"] as [ByteString] {
            if case .string(let name)? = map[key] { resources["#" + name] = value }
        }
        for key in Self.schemas { map[key].map { visit($0, depth: depth + 1) } }
        for key in Self.lists {
            for element in map[key]?.asList ?? [] { visit(element, depth: depth + 1) }
        }
        for key in Self.maps {
            guard case .map(let members)? = map[key] else { continue }
            members.keys.forEach { members[$0].map { visit($0, depth: depth + 1) } }
        }
    }
}

/// Follows the references that a check could meet. Those in definitions that nothing refers to may lead anywhere.
private struct SchemaReferences {
    let schema: JSONSchema
    private var waiting: [HelmValue]
    private var seen: Set<ObjectIdentifier> = []

    init(schema: JSONSchema) {
        self.schema = schema
        waiting = [schema.root]
    }

    /// - Throws: for the first reference that leads nowhere.
    mutating func check() throws(HelmError) {
        var next = 0
        while next < waiting.count {
            let value = waiting[next]
            next += 1
            guard case .map(let map) = value, seen.insert(ObjectIdentifier(map)).inserted else { continue }
            for key in ["$ref", "$dynamicRef", "$recursiveRef"] as [ByteString]
            where schema.draft >= 2019 || key == "$ref" {
                guard case .string(let reference)? = map[key] else { continue }
                if case .here(let target) = try schema.target(of: reference) {
                    try check(target, reference)
                    waiting.append(target)
                }
                if schema.draft < 2019 { break }
            }
            if schema.draft < 2019, case .string? = map["$ref"] { continue }
            addParts(of: map)
        }
    }

    /// What is no place of a schema by the draft wasn't checked with the whole.
    private func check(_ target: HelmValue, _ reference: ByteString) throws(HelmError) {
        guard reference.bytes.starts(with: "#/".utf8), case .map(let map) = target,
            !seen.contains(ObjectIdentifier(map))
        else { return }
        try Metaschema(draft: schema.draft).check(
            target, location: JSONSchema.location, fragment: String(reference.text.dropFirst()))
    }

    private mutating func addParts(of map: HelmMap) {
        let draft = schema.draft
        var single: [ByteString] = ["not", "additionalProperties"]
        if draft >= 6 { single += ["contains", "propertyNames"] }
        if draft >= 7, map["if"] != nil { single += ["if", "then", "else"] }
        if draft >= 2019 { single += ["unevaluatedItems", "unevaluatedProperties"] }
        if draft < 2020 { single.append("additionalItems") }
        var many: [ByteString] = ["allOf", "anyOf", "oneOf"]
        if draft >= 2020 { many.append("prefixItems") }
        let named: [ByteString] = ["properties", "patternProperties", "dependencies"]
        for key in single + ["items"] { map[key].map { waiting.append($0) } }
        for key in many + (draft < 2020 ? ["items"] : []) { waiting += map[key]?.asList ?? [] }
        for key in named + (draft >= 2019 ? ["dependentSchemas"] : []) {
            guard case .map(let members)? = map[key] else { continue }
            waiting += members.keys.compactMap { members[$0] }
        }
    }
}
