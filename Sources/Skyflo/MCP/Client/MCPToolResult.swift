import KubeModel

/// What a server says came of a call. All of it is data.
package struct MCPToolResult: Sendable, Hashable {
    package var isError: Bool
    /// For a model: the texts of all parts, and a line for each that is none.
    package var text: String
    /// A JSON value, where there is nothing else.
    package var structured: JSONValue?

    /// - Throws: ``MCPClientError`` where it isn't what the protocol says.
    init(_ json: JSONValue, revision: Revision) throws(MCPClientError) {
        switch json["resultType"]?.string {
        case "complete": break
        case nil where !revision.isModern: break
        case "input_required":
            throw MCPClientError(
                .malformed, "the server asks for more before it answers, which isn't done here (input_required)")
        default: throw MCPClientError(.malformed, "the server's result is of no known type")
        }
        guard let content = json["content"]?.array else {
            throw MCPClientError(.malformed, "the server's result has no content")
        }
        isError = json["isError"]?.bool ?? false
        structured = json["structuredContent"]
        let texts = content.map(Self.text)
        text = texts.joined(separator: "\n")
    }

    private static func text(_ block: JSONValue) -> String {
        switch block["type"]?.string {
        case "text": return block["text"]?.string ?? ""
        case "image", "audio":
            let size = block["data"]?.string?.utf8.count ?? 0
            return "[\(word(block["type"])) of type \(word(block["mimeType"])), \(size * 3 / 4) bytes, not shown]"
        case "resource_link": return "[resource \(word(block["uri"])): \(word(block["name"]))]"
        case "resource":
            let uri = word(block["resource", "uri"])
            return block["resource", "text"]?.string.map { "[resource \(uri)]\n\($0)" }
                ?? "[resource \(uri), binary, not shown]"
        default: return "[a part of an unknown type]"
        }
    }

    private static func word(_ json: JSONValue?) -> String { String((json?.string ?? "?").prefix(200)) }
}
