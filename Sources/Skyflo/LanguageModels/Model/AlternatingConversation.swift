import KubeModel

/// A conversation as providers want it that let user and model speak in turn: instructions apart, all results of a reply's
/// calls in the one message behind it, nothing empty.
struct AlternatingConversation: Sendable, Hashable {
    enum UserPart: Sendable, Hashable {
        case text(String)
        case result(of: ModelToolCall, content: String)
    }

    enum Message: Sendable, Hashable {
        case user([UserPart])
        case assistant([ReplyLayout.Filled])
    }

    private(set) var system = ""
    private(set) var messages: [Message] = []

    private var pending: [ModelToolCall] = []
    private var results: [UserPart] = []
    private var texts: [UserPart] = []

    /// - Parameter messages: with provider data of the model that is asked now only, as ``ReplyBuilder`` attaches it.
    init(_ messages: [ChatMessage]) {
        for message in messages { add(message) }
        endUserMessage()
        if case .assistant? = self.messages.last { self.messages.append(.user([.text(Self.goOn)])) }
        if case .assistant? = self.messages.first { self.messages.insert(.user([.text(Self.goOn)]), at: 0) }
    }

    /// Where there has to be a message and nobody said anything.
    private static let goOn = "Go on."
    private static let noOutput = "(no output)"
    private static let noResult = "(no result is known)"
}

extension AlternatingConversation {
    private mutating func add(_ message: ChatMessage) {
        switch message {
        case .system(let text): add(instructions: text)
        case .user(let text): add(text: text)
        case .assistant(let content, let calls, let data):
            add(reply: content, calls: calls, layout: ReplyLayout(attached: data))
        case .tool(let callID, let content): add(result: content, of: callID)
        }
    }

    /// Instructions behind the first message of the user stay in their place, as part of what is said there.
    private mutating func add(instructions: String) {
        guard messages.isEmpty, texts.isEmpty else { return add(text: instructions) }
        system += system.isEmpty || instructions.isEmpty ? instructions : "\n\n\(instructions)"
    }

    private mutating func add(text: String) {
        if !Self.isBlank(text) { texts.append(.text(text)) }
    }

    private mutating func add(reply content: String, calls: [ModelToolCall], layout: ReplyLayout) {
        endUserMessage()
        let parts = layout.filled(content: content, calls: calls).filter { part in
            if case .text(let text, extra: nil) = part { !Self.isBlank(text) } else { true }
        }
        guard !parts.isEmpty else { return }
        if case .assistant(let earlier)? = messages.last {
            messages[messages.count - 1] = .assistant(earlier + parts)
        } else {
            messages.append(.assistant(parts))
        }
        for case .call(let call) in parts { pending.append(call) }
    }

    private mutating func add(result content: String, of callID: String) {
        let content = Self.isBlank(content) ? Self.noOutput : content
        guard let at = pending.firstIndex(where: { $0.id == callID }) else {
            return texts.append(.text("The result of the tool call \(callID): \(content)"))
        }
        results.append(.result(of: pending.remove(at: at), content: content))
    }

    /// A call without a result would be refused, with the whole conversation.
    private mutating func endUserMessage() {
        let missing = pending.map { UserPart.result(of: $0, content: Self.noResult) }
        let parts = results + missing + texts
        if !parts.isEmpty { messages.append(.user(parts)) }
        (pending, results, texts) = ([], [], [])
    }

    private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }
}

extension AlternatingConversation {
    /// The tools that the conversation has calls of, by their names only: some providers refuse calls of tools that the
    /// request doesn't name.
    var toolsOfCalls: [ToolSchema] {
        var names: [String] = []
        for case .assistant(let parts) in messages {
            for case .call(let call) in parts where !names.contains(call.name) { names.append(call.name) }
        }
        return names.map {
            ToolSchema(name: $0, description: "Not available any more.", parameters: ["type": "object"])
        }
    }
    /// Whether the model is in the middle of its work, which began without a thought that goes back: it was another model then,
    /// or didn't think.
    var beganWithoutThought: Bool {
        let said = messages.lastIndex { message in
            guard case .user(let parts) = message else { return false }
            return parts.contains { if case .text = $0 { true } else { false } }
        }
        guard let said, said + 1 < messages.count, case .assistant(let parts) = messages[said + 1] else { return false }
        return if case .opaque? = parts.first { false } else { true }
    }

    /// The same without any call: what was called and what came of it, in words. For providers that know no way to name tools
    /// and to forbid them.
    var withCallsAsText: AlternatingConversation {
        guard !toolsOfCalls.isEmpty else { return self }
        var copy = self
        copy.messages = messages.map { message in
            switch message {
            case .user(let parts):
                .user(
                    parts.map { part in
                        guard case .result(let call, let content) = part else { return part }
                        return .text("Result of \(call.name):\n\(content)")
                    })
            case .assistant(let parts):
                .assistant(
                    parts.map { part in
                        guard case .call(let call) = part else { return part }
                        return .text("Called \(call.name) with \(call.argumentsText)", extra: nil)
                    })
            }
        }
        return copy
    }
}
