import KubeModel

/// A JSON Schema in the words that Gemini knows (https://ai.google.dev/api/caching#Schema). Others would be refused with the
/// whole request; leaving them out makes a schema wider, and the arguments are checked against the real one anyway.
enum GeminiSchema {
    private static let kept: Set<String> = [
        "title", "description", "nullable", "minItems", "maxItems", "minProperties", "maxProperties", "minLength",
        "maxLength", "pattern", "minimum", "maximum", "required", "default",
    ]

    /// - Returns: nil for an object without properties, which Gemini wants left out.
    static func parameters(_ schema: JSONValue) -> JSONValue? {
        guard schema["properties"]?.object?.isEmpty == false else { return nil }
        return converted(schema)
    }

    static func converted(_ schema: JSONValue) -> JSONValue {
        guard let members = schema.object else { return ["type": "STRING"] }
        var result = JSONObject()
        for (key, value) in members.pairs where kept.contains(key) { result[key] = value }
        let (type, isNullable) = type(of: schema)
        if let type { result["type"] = .string(type.uppercased()) }
        if isNullable { result["nullable"] = true }
        if let properties = schema["properties"]?.object {
            result["properties"] = .object(JSONObject(properties.pairs.map { ($0.key, converted($0.value)) }))
        }
        if type == "array" || schema["items"] != nil { result["items"] = converted(schema["items"] ?? [:]) }
        if type == "string" { result["enum"] = choices(of: schema) }
        if let format = schema["format"]?.string, formats(of: type).contains(format) {
            result["format"] = .string(format)
        }
        let alternatives = (schema["anyOf"] ?? schema["oneOf"])?.array ?? []
        let others = alternatives.filter { $0["type"] != "null" }
        if others.count < alternatives.count { result["nullable"] = true }
        if !others.isEmpty { result["anyOf"] = .array(others.map(converted)) }
        if result["type"] == nil, others.isEmpty { result["type"] = "STRING" }
        return .object(result)
    }

    /// Gemini has one type, and a flag for `null`.
    private static func type(of schema: JSONValue) -> (name: String?, isNullable: Bool) {
        if let name = schema["type"]?.string { return (name, false) }
        let names = schema["type"]?.array?.compactMap(\.string) ?? []
        if let first = names.first(where: { $0 != "null" }) { return (first, names.contains("null")) }
        if schema["properties"] != nil { return ("object", false) }
        return ((schema["enum"]?.array ?? schema["const"].map { [$0] })?.first?.string == nil ? nil : "string", false)
    }

    /// Texts only.
    private static func choices(of schema: JSONValue) -> JSONValue? {
        let values = schema["enum"]?.array ?? schema["const"].map { [$0] } ?? []
        let texts = values.filter { $0.string?.isEmpty == false }
        return texts.isEmpty ? nil : .array(texts)
    }

    private static func formats(of type: String?) -> Set<String> {
        switch type {
        case "string": ["date-time", "enum"]
        case "integer": ["int32", "int64"]
        case "number": ["float", "double"]
        default: []
        }
    }
}
