import KubeModel

/// Fits a history into what a model reads.
///
/// Guarantees: the newest message stays; a tool result is never without the call it belongs to, and the other way round
/// (providers refuse such requests, and a model that doesn't see its own write repeats it); what was left out is said.
package struct ContextWindow: Sendable {
    /// Bytes of all texts together. About four make a token.
    package var limit: Int

    package init(limit: Int = 400_000) { self.limit = limit }

    package func fit(_ history: [HistoryMessage]) -> [HistoryMessage] {
        var total = history.reduce(0) { $0 + $1.size }
        if total <= limit { return history }
        var kept = history[...]
        // Whole turns go first, oldest first: they hold together.
        while total > limit, let next = kept.dropFirst().firstIndex(where: \.isUser) {
            total -= kept[..<next].reduce(0) { $0 + $1.size }
            kept = kept[next...]
        }
        var messages = Array(kept)
        if messages.count < history.count, case .user(let text)? = messages.first {
            messages[0] = .user("(Earlier turns of this conversation were left out.)\n\n" + text)
        }
        // Then old results of the turn that runs, their calls staying.
        for position in messages.indices.dropLast() where total > limit {
            guard case .tool(let id, let content) = messages[position], content.utf8.count > 200 else { continue }
            let short = "(left out: \(content.utf8.count) bytes; ask again if needed)"
            total -= content.utf8.count - short.utf8.count
            messages[position] = .tool(modelID: id, content: short)
        }
        return messages
    }
}

extension HistoryMessage {
    fileprivate var isUser: Bool { if case .user = self { true } else { false } }

    private static func size(_ attached: JSONValue?) -> Int { attached.map { JSONWriter.bytes($0).count } ?? 0 }

    fileprivate var size: Int {
        switch self {
        case .user(let text): text.utf8.count
        case .assistant(let text, let calls, let attached):
            calls.reduce(text.utf8.count + Self.size(attached)) {
                $0 + $1.tool.utf8.count + $1.arguments.utf8.count + Self.size($1.providerData) + 64
            }
        case .tool(_, let content): content.utf8.count + 32
        }
    }
}
