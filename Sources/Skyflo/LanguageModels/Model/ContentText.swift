import KubeModel

/// What is said in the content of a message: a text, a list of parts, or one part.
enum ContentText {
    /// What is meant for readers. Parts of other kinds than text, as Mistral's `thinking`, are none of it.
    static func text(of content: JSONValue?) -> String {
        switch content {
        case .string(let text): text
        case .array(let parts): parts.map { text(ofPart: $0) }.joined()
        case .object: text(ofPart: content ?? .null)
        default: ""
        }
    }

    /// What the model thought, of Mistral's form.
    static func thinking(in content: JSONValue?) -> String {
        let parts = (content?.array ?? []).filter { $0["type"] == "thinking" || $0["type"] == "reasoning" }
        return parts.map { text(of: $0["thinking"] ?? $0["text"]) }.joined()
    }

    /// What the model thought, of Mistral's form alone: that goes back with the content that it stood in.
    ///
    /// Source: Mistral's documentation of reasoning, "ThinkChunk".
    static func thoughts(in content: JSONValue?) -> String {
        let parts = (content?.array ?? []).filter { $0["type"] == "thinking" }
        return parts.compactMap { $0["thinking"]?.array }.map { text(of: .array($0)) }.joined()
    }

    static func part(thoughts: String) -> JSONValue {
        ["type": "thinking", "thinking": [["type": "text", "text": .string(thoughts)]]]
    }

    private static let kinds: Set<String> = ["", "text", "output_text", "refusal"]

    private static func text(ofPart part: JSONValue) -> String {
        if let text = part.string { return text }
        guard kinds.contains(part["type"]?.string ?? "") else { return "" }
        return (part["text"] ?? part["refusal"])?.string ?? part["text", "value"]?.string ?? ""
    }
}

/// Whose words a reply are. Providers that say it say `assistant` or `model`.
enum ReplyRole {
    /// - Throws: `badReply` for another: a reply in the user's name, or in that of a tool, is no reply.
    static func check(_ role: String) throws(LanguageModelError) {
        guard ["assistant", "model", "ai", ""].contains(role.lowercased()) else {
            throw LanguageModelError(.badReply, message: "the reply has the role \"\(role.prefix(64))\", not assistant")
        }
    }
}
