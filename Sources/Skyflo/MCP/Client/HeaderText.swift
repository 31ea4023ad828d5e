import KubeModel

/// Values of the headers that repeat what the body says (MCP 2026-07-28, Streamable HTTP).
package enum HeaderText {
    /// Printable ASCII without blanks at its edges as it is; anything else, and what looks encoded, as `=?base64?…?=`.
    package static func encode(_ text: String) -> String {
        let isPlain =
            text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && text.utf8.first != 0x20 && text.utf8.last != 0x20
            && !text.isEmpty && !(text.hasPrefix("=?base64?") && text.hasSuffix("?="))
        return isPlain ? text : "=?base64?\(Base64.encode(Array(text.utf8)))?="
    }
}

/// An argument that is sent as a header too: a property with `x-mcp-header` in a tool's schema.
package struct HeaderArgument: Sendable, Hashable {
    /// Without `Mcp-Param-`.
    package var header: String
    /// The names of properties that lead to it.
    package var path: [String]

    /// Those of a schema.
    /// - Throws: in one sentence, where one can't be sent: then the whole tool is unusable.
    static func all(in schema: JSONValue) throws(MCPClientError) -> [HeaderArgument] {
        var found: [HeaderArgument] = []
        try collect(schema, at: [], into: &found)
        let names = found.map { $0.header.lowercased() }
        guard Set(names).count == names.count else {
            throw MCPClientError(.unusable, "two properties have the same x-mcp-header")
        }
        return found
    }

    private static func collect(
        _ schema: JSONValue, at path: [String], into found: inout [HeaderArgument]
    ) throws(MCPClientError) {
        for (name, property) in schema["properties"]?.object ?? [:] {
            if let header = property["x-mcp-header"] {
                guard let text = header.string, !text.isEmpty, text.utf8.count <= 64,
                    text.utf8.allSatisfy(isToken)
                else { throw MCPClientError(.unusable, "an x-mcp-header is no name of a header") }
                guard ["string", "integer", "boolean"].contains(property["type"]?.string ?? "") else {
                    throw MCPClientError(
                        .unusable, "x-mcp-header stands at what is no text, whole number or truth value")
                }
                found.append(HeaderArgument(header: text, path: path + [name]))
            }
            if path.count < 8 { try collect(property, at: path + [name], into: &found) }
        }
    }

    /// RFC 9110 §5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// nil where the argument isn't given.
    func value(in arguments: JSONValue) -> String? {
        switch arguments[path: path] {
        case .string(let text): HeaderText.encode(text)
        case .int(let number): String(number)
        case .double(let number): Int64(exactly: number).map { String($0) }
        case .bool(let value): value ? "true" : "false"
        default: nil
        }
    }
}
