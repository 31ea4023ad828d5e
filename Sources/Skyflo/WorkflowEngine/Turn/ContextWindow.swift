import KubeModel

/// Fits a history into what a model reads.
///
/// Guarantees: the newest message of the user stays, whole; a tool result is never without the call it belongs to, and the
/// other way round (providers refuse such requests, and a model that doesn't see its own write repeats it); what was left out
/// is said to the model where it was. What a model has summed up is left out in any case, with the summary in its place: so
/// the beginning of requests stays the same from one to the next, and is cached.
package struct ContextWindow: Sendable {
    /// Bytes of all texts together.
    package var limit: Int

    package init(limit: Int = 400_000) { self.limit = limit }

    /// A history as the model gets it.
    package struct Fitted: Sendable, Hashable {
        package var messages: [HistoryMessage]
        /// How many turns, from the oldest on, are missing.
        package var turns = 0
        /// How many texts of the rest are shorter than they were.
        package var shortened = 0
        package var bytes: Int
        /// Whether it is within the limit: there is no more that may go.
        package var fits: Bool
        /// How many messages at the beginning of the history are missing.
        package var dropped = 0
        /// How many of the shortened texts are because of the summary.
        var shortenedBySummary = 0
        /// The summary that stands for some of what is missing.
        package var summary: String?

        /// For people: what was left out; nil where nothing was.
        package var leftOut: String? {
            var parts: [String] = []
            if turns > 0 { parts.append(turns == 1 ? "1 earlier turn left out" : "\(turns) earlier turns left out") }
            if shortened > 0 { parts.append(shortened == 1 ? "1 tool result cut" : "\(shortened) tool results cut") }
            guard !parts.isEmpty else { return nil }
            return parts.joined(separator: ", ") + (summary == nil ? "" : "; summed up by the model")
        }
    }

    package func fit(_ history: [HistoryMessage]) -> [HistoryMessage] { fitted(history).messages }

    package func fitted(_ history: [HistoryMessage], summary: HistorySummary? = nil) -> Fitted {
        let total = history.reduce(0) { $0 + $1.size }
        var work = Fitted(messages: history, bytes: total, fits: total <= limit)
        if let summary { replace(&work, by: summary) }
        work.fits = work.bytes <= limit
        if !work.fits { shorten(&work) }
        tell(&work)
        return work
    }

    private func shorten(_ work: inout Fitted) {
        dropTurns(&work)
        let newest = work.messages.lastIndex(where: \.isAssistant) ?? work.messages.startIndex
        // Old results before those that the model hasn't seen yet; of these something stays in any case.
        shortenResults(&work, in: work.messages.startIndex..<newest, keeping: 160)
        shortenArguments(&work, before: newest)
        shortenResults(&work, in: work.messages.startIndex..<newest, keeping: 0)
        shortenResults(&work, in: newest..<work.messages.endIndex, keeping: 1500)
        shortenResults(&work, in: newest..<work.messages.endIndex, keeping: 400)
        work.fits = work.bytes <= limit
    }

    /// Leaves out the turns that a summary covers, and of the turn after them the results that it covers.
    private func replace(_ work: inout Fitted, by summary: HistorySummary) {
        let covered = min(summary.messages, work.messages.count)
        let reach = work.messages.prefix(covered + 1)
        guard let start = reach.lastIndex(where: \.isUser) else { return }
        work.summary = summary.text
        work.bytes += summary.text.utf8.count + 128
        drop(upTo: start, of: &work)
        for position in 0..<(covered - start) {
            guard case .tool(let id, let content) = work.messages[position] else { continue }
            let short = Self.shortened(content, keeping: 0)
            guard short.utf8.count < content.utf8.count else { continue }
            work.bytes -= content.utf8.count - short.utf8.count
            work.shortened += 1
            work.shortenedBySummary += 1
            work.messages[position] = .tool(modelID: id, content: short)
        }
    }

    private func drop(upTo next: Int, of work: inout Fitted) {
        let gone = work.messages[..<next]
        work.bytes -= gone.reduce(0) { $0 + $1.size }
        work.turns += gone.count(where: \.isUser)
        work.dropped += gone.count
        work.messages.removeFirst(gone.count)
    }

    /// Whole turns go first, oldest first: they hold together.
    private func dropTurns(_ work: inout Fitted) {
        while work.bytes > limit, let next = work.messages.dropFirst().firstIndex(where: \.isUser) {
            drop(upTo: next, of: &work)
        }
    }

    /// Says to the model what is missing before its oldest message.
    private func tell(_ work: inout Fitted) {
        guard work.turns > 0 || work.summary != nil, case .user(let text)? = work.messages.first else { return }
        var note = work.turns > 0 ? "Earlier turns of this conversation were left out: \(work.turns)." : ""
        if let summary = work.summary {
            note += (note.isEmpty ? "" : " ") + "What was left out says, as you summed it up:\n\(summary)\n"
        }
        work.messages[0] = .user("(\(note))\n\n" + text)
    }

    /// Shortens results of the turn that runs, their calls staying.
    private func shortenResults(_ work: inout Fitted, in range: Range<Int>, keeping bytes: Int) {
        for position in range where work.bytes > limit {
            guard case .tool(let id, let content) = work.messages[position] else { continue }
            let short = Self.shortened(content, keeping: bytes)
            guard short.utf8.count < content.utf8.count else { continue }
            work.bytes -= content.utf8.count - short.utf8.count
            // One that is cut a second time still counts as one.
            if !content.hasPrefix(Self.mark) { work.shortened += 1 }
            work.messages[position] = .tool(modelID: id, content: short)
        }
    }

    private static let mark = "(cut to fit: "

    /// The beginning, where tables have their header, and more of the end, where logs say what went wrong.
    private static func shortened(_ content: String, keeping bytes: Int) -> String {
        let note = "\(mark)\(content.utf8.count) bytes; call again for less if you need it)"
        guard bytes > 0 else { return note }
        let head = String(decoding: content.utf8.prefix(bytes / 3), as: UTF8.self)
        let tail = String(decoding: content.utf8.suffix(bytes - bytes / 3), as: UTF8.self)
        return "\(note)\n\(head)\n…\n\(tail)"
    }

    /// Manifests that were written long ago. What came of them is in their results.
    private func shortenArguments(_ work: inout Fitted, before newest: Int) {
        for position in work.messages.startIndex..<newest where work.bytes > limit {
            guard case .assistant(let text, var calls, let attached) = work.messages[position] else { continue }
            // What a provider has attached may be a signature.
            for index in calls.indices where calls[index].arguments.utf8.count > 400 && calls[index].providerData == nil
            {
                let short = #"{"left_out":"\#(calls[index].arguments.utf8.count) bytes"}"#
                work.bytes -= calls[index].arguments.utf8.count - short.utf8.count
                work.shortened += 1
                calls[index].arguments = short
            }
            work.messages[position] = .assistant(text, calls: calls, providerData: attached)
        }
    }
}

extension HistoryMessage {
    var isUser: Bool { if case .user = self { true } else { false } }

    var isAssistant: Bool { if case .assistant = self { true } else { false } }

    private static func size(_ attached: JSONValue?) -> Int { attached.map { JSONWriter.bytes($0).count } ?? 0 }

    /// Its bytes, and about those that providers put around it.
    var size: Int {
        switch self {
        case .user(let text), .note(let text): text.utf8.count
        case .assistant(let text, let calls, let attached):
            calls.reduce(text.utf8.count + Self.size(attached)) {
                $0 + $1.tool.utf8.count + $1.arguments.utf8.count + Self.size($1.providerData) + 64
            }
        case .tool(_, let content): content.utf8.count + 32
        }
    }
}
