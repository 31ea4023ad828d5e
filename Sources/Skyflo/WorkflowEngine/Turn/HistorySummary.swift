import KubeModel

/// What a model made of the beginning of a conversation that it can't read as a whole any more.
package struct HistorySummary: Sendable, Hashable {
    /// How many messages of the history it covers, from the first on.
    package var messages: Int
    package var text: String

    package init(messages: Int, text: String) {
        self.messages = messages
        self.text = text
    }
}

/// What is worth summing up of a history, and what the model is asked for it.
package struct SummaryTask: Sendable, Hashable {
    /// What the summary is going to cover, from the first message on.
    package var messages: Int
    /// The dialogue to be summed up, with the summary of what is before it.
    package var text: String

    /// Bytes of a summary at most.
    package static let limit = 3000
    /// What is shorter is left out without one.
    private static let least = 4000

    /// - Parameters:
    ///   - limit: bytes of a history that the model can read.
    ///   - room: bytes of what is to be summed up at most.
    /// - Returns: nil where everything fits, or too little is left out.
    package init?(_ history: [HistoryMessage], summary: HistorySummary?, limit: Int, room: Int) {
        let now = ContextWindow(limit: limit).fitted(history, summary: summary)
        let known = summary?.messages ?? 0
        guard now.isCut(beyond: known) else { return nil }
        // More than has to go: else the next message would need another summary.
        let roomy = ContextWindow(limit: limit * 6 / 10).fitted(history, summary: summary)
        let newest = history.lastIndex(where: \.isAssistant) ?? 0
        let isInTurn =
            now.shortened > now.shortenedBySummary && now.dropped >= (history.lastIndex(where: \.isUser) ?? 0)
        messages = isInTurn ? max(roomy.dropped, newest) : roomy.dropped
        guard messages > known else { return nil }
        let part = history[known..<messages]
        guard part.reduce(0, { $0 + $1.size }) >= Self.least else { return nil }
        text = Self.text(of: part, after: summary?.text, within: room)
    }

    /// Shorter and shorter until it fits; then without its beginning.
    private static func text(of part: ArraySlice<HistoryMessage>, after summary: String?, within room: Int) -> String {
        let head = summary.map { "Summary of what was before:\n\($0)\n\n" } ?? ""
        for most in [4000, 1500, 500, 160] {
            let text = head + part.map { $0.line(atMost: most) }.joined(separator: "\n")
            if text.utf8.count <= room { return text }
        }
        let text = part.map { $0.line(atMost: 160) }.joined(separator: "\n")
        return head + "…" + String(decoding: text.utf8.suffix(max(0, room - head.utf8.count)), as: UTF8.self)
    }
}

extension ContextWindow.Fitted {
    /// Whether more is missing than what a summary of so many messages covers.
    fileprivate func isCut(beyond messages: Int) -> Bool { dropped > messages || shortened > shortenedBySummary }
}

extension HistoryMessage {
    fileprivate func line(atMost bytes: Int) -> String {
        switch self {
        case .user(let text): "User: \(text.excerpt(bytes))"
        case .note: ""
        case .assistant(let text, let calls, _):
            (["Assistant: \(text.excerpt(bytes))"]
                + calls.map { "Call: \($0.tool) \($0.arguments.excerpt(min(bytes, 400)))" }).joined(separator: "\n")
        case .tool(_, let content): "Result: \(content.excerpt(bytes))"
        }
    }
}

extension String {
    /// The beginning and the end.
    fileprivate func excerpt(_ bytes: Int) -> String {
        guard utf8.count > bytes else { return self }
        let (head, tail) = (utf8.prefix(bytes / 2), utf8.suffix(bytes / 2))
        return String(decoding: head, as: UTF8.self) + " … " + String(decoding: tail, as: UTF8.self)
    }
}
