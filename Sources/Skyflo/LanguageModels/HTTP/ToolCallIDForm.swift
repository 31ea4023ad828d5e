/// The form of tool call ids that a provider accepts of calls that it didn't write itself.
package struct ToolCallIDForm: Sendable, Hashable {
    /// The most characters. OpenAI refuses more than 40.
    package var maxLength: Int
    /// Mistral: exactly so many.
    package var isFixedLength: Bool
    /// Mistral: no `_` and no `-`.
    package var onlyAlphanumeric: Bool

    package init(maxLength: Int = 40, isFixedLength: Bool = false, onlyAlphanumeric: Bool = false) {
        self.maxLength = maxLength
        self.isFixedLength = isFixedLength
        self.onlyAlphanumeric = onlyAlphanumeric
    }

    func accepts(_ id: String) -> Bool {
        let count = id.utf8.count
        guard count > 0, isFixedLength ? count == maxLength : count <= maxLength else { return false }
        return id.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            case UInt8(ascii: "_"), UInt8(ascii: "-"): !onlyAlphanumeric
            default: false
            }
        }
    }

    /// An id that the conversation doesn't have yet.
    func make(avoiding taken: Set<String>) -> String {
        let prefix = onlyAlphanumeric ? "call" : "call_"
        var number = taken.count + 1
        while true {
            let digits = String(number)
            let fill = isFixedLength ? maxLength - prefix.count - digits.count : 0
            let id = prefix + String(repeating: "0", count: max(0, fill)) + digits
            if !taken.contains(id) { return id }
            number += 1
        }
    }
}

extension ModelRequest {
    /// The request as one model may get it: with its own provider data and ids as they were, and with none of others. Ids of
    /// other models' calls are replaced where the provider wouldn't accept them, or where they are not unique.
    func prepared(for author: ProviderData.Author, ids form: ToolCallIDForm) -> ModelRequest {
        var request = self
        var taken: Set<String> = []
        /// Of the calls whose results are still to come: the id here and the id there.
        var open: [(own: String, sent: String)] = []
        request.messages = messages.map { message in
            switch message {
            case .system, .user: return message
            case .assistant(let text, let calls, let data):
                let isOwn = data?.author == author
                let sent = calls.map { call in
                    var call = call
                    if !isOwn {
                        if !form.accepts(call.id) || taken.contains(call.id) { call.id = form.make(avoiding: taken) }
                        call.providerData = nil
                    }
                    taken.insert(call.id)
                    return call
                }
                open = zip(calls, sent).map { ($0.id, $1.id) }
                return .assistant(text, toolCalls: sent, providerData: isOwn ? data : nil)
            case .tool(let id, let content):
                guard let position = open.firstIndex(where: { $0.own == id }) else { return message }
                return .tool(callID: open.remove(at: position).sent, content: content)
            }
        }
        return request
    }

    /// All ids of its calls.
    var callIDs: Set<String> {
        var ids: Set<String> = []
        for case .assistant(_, let calls, _) in messages { ids.formUnion(calls.map(\.id)) }
        return ids
    }
}

extension ModelReply {
    /// With an id for each call whose provider gave it none.
    func withIDs(avoiding taken: Set<String>, form: ToolCallIDForm) throws(LanguageModelError) -> ModelReply {
        var reply = self
        var taken = taken.union(toolCalls.map(\.id).filter { !$0.isEmpty })
        for position in reply.toolCalls.indices {
            let id = reply.toolCalls[position].id
            if id.utf8.count > ModelToolCall.idLimit {
                throw LanguageModelError(
                    .badReply, message: "the id of a tool call has more than \(ModelToolCall.idLimit) bytes")
            }
            guard id.isEmpty else { continue }
            let made = form.make(avoiding: taken)
            taken.insert(made)
            reply.toolCalls[position].id = made
        }
        return reply
    }
}
