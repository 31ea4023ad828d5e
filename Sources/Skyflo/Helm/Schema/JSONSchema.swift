/// A JSON Schema of draft 4 to 2020-12. References go within the document: nothing is fetched.
struct JSONSchema {
    let root: HelmValue
    let draft: Int
    private let resources: [ByteString: HelmValue]

    private static let location = "file:///values.schema.json"

    /// - Throws: where the text isn't JSON, or a reference leads nowhere.
    init(_ text: ByteString) throws(HelmError) {
        root = try GoJSONReader.value(text)
        draft = try Self.draft(of: root)
        var collector = SchemaCollector()
        collector.visit(root, depth: 0)
        resources = collector.resources
        for reference in collector.references { _ = try target(of: reference) }
        for pattern in collector.patterns {
            do throws(HelmError) {
                _ = try GoRegex(pattern)
            } catch {
                throw HelmError(
                    message: ByteString("\"\(Self.location)#\" is not valid against metaschema: ")
                        + SchemaText.quoted(pattern) + " is not valid regex: " + error.message)
            }
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
        default:
            throw HelmError("failing loading \(GoQuote.quoted(text).text): schemas of other places aren't fetched")
        }
    }

    /// The failures at the top; none where the value is allowed.
    func failures(of value: HelmValue) -> [JSONSchemaFailure] {
        var validator = SchemaValidator(schema: self)
        guard let failure = validator.validate(value, root, at: [], depth: 0).failure else { return [] }
        return failure.isGroup ? failure.causes : [failure]
    }

    /// The schema that a reference means.
    func target(of reference: ByteString) throws(HelmError) -> HelmValue {
        if let resource = resources[reference] { return resource }
        guard let (address, fragment) = GoText.cut(reference, at: "#") else {
            if Self.isKnown(reference.text) { return .bool(true) }
            throw HelmError("failing loading \(GoQuote.quoted(reference).text): schemas of other places aren't fetched")
        }
        if !address.isEmpty, resources[address] == nil {
            if Self.isKnown(address.text) { return .bool(true) }
            throw HelmError("failing loading \(GoQuote.quoted(address).text): schemas of other places aren't fetched")
        }
        let start = address.isEmpty ? root : resources[address] ?? root
        if fragment.isEmpty { return start }
        guard fragment.bytes.first == UInt8(ascii: "/") else {
            throw HelmError("anchor in \"\(Self.location)\(reference.text)\" not found")
        }
        guard let target = Self.resolve(fragment, in: start) else {
            throw HelmError("json-pointer in \"\(Self.location)#\(fragment.text)\" not found")
        }
        return target
    }

    /// The schemas of schemas, and names that Helm takes any value for.
    private static func isKnown(_ address: String) -> Bool {
        address.hasPrefix("urn:") || address.contains("://json-schema.org/draft")
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

/// Finds references, patterns and names in a schema.
private struct SchemaCollector {
    var references: [ByteString] = []
    var patterns: [ByteString] = []
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
        for key in ["$ref", "$dynamicRef", "$recursiveRef"] as [ByteString] {
            if case .string(let reference)? = map[key] { references.append(reference) }
        }
        if case .string(let pattern)? = map["pattern"] { patterns.append(pattern) }
        if case .map(let members)? = map["patternProperties"] { patterns += members.keys }
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
