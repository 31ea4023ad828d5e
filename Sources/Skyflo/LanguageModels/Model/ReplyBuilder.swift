import KubeModel

/// Collects what a model replies, part by part, as the decoders of providers find it.
struct ReplyBuilder: Sendable {
    /// Far more than are carried out. Each is compared with the others, and a hostile reply could have a hundred thousand.
    static let maximumCalls = 256

    private var content = ""
    private var calls: [ModelToolCall] = []
    private var layout = ReplyLayout()

    /// Text that continues text is the same part, unless something hangs on one of them.
    mutating func add(text: String, extra: JSONValue? = nil) {
        guard !text.isEmpty else { return }
        content += text
        if extra == nil, case .text(let bytes, nil)? = layout.parts.last {
            layout.parts[layout.parts.count - 1] = .text(bytes: bytes + text.utf8.count, extra: nil)
        } else {
            layout.parts.append(.text(bytes: text.utf8.count, extra: extra))
        }
    }

    /// What comes back to the provider as it is.
    mutating func add(opaque value: JSONValue) { layout.parts.append(.opaque(value)) }

    /// - Parameters:
    ///   - id: the provider's; empty where it gives none.
    ///   - arguments: all of them.
    mutating func addCall(
        id: String, name: String, arguments: String, providerData: JSONValue? = nil
    ) throws(LanguageModelError) {
        guard calls.count < Self.maximumCalls else {
            throw LanguageModelError(
                .badReply, message: "the model asks for more than \(Self.maximumCalls) tools at once")
        }
        // A call without parameters often comes with no arguments at all.
        let arguments = arguments.isEmpty ? "{}" : arguments
        calls.append(ModelToolCall(id: id, name: name, arguments: arguments, providerData: providerData))
        layout.parts.append(.call)
    }

    /// The whole reply.
    ///
    /// - Parameters:
    ///   - finish: `stop` with calls means `toolCalls`, and the other way round: what came decides. nil for a reason that isn't
    ///     known to be a good end.
    ///   - reason: how the provider called it.
    ///   - explanation: why a reply has no content, as the provider puts it.
    /// - Throws: `incomplete` where nothing is in it, or where it ended for a reason that isn't known; `badReply` where it was
    ///   cut or withheld before anything was said.
    func reply(
        finish: ModelReply.FinishReason?, reason: String, usage: TokenUsage, explanation: String = ""
    ) throws(LanguageModelError) -> DecodedReply {
        let why = explanation.isEmpty ? "" : ": \(explanation)"
        guard var finish else {
            throw LanguageModelError(
                .incomplete, message: "the model's reply ended with \"\(reason.prefix(64))\", maybe too early\(why)")
        }
        let answer = ThinkingText.removed(from: content, isCut: finish == .length)
        if answer.allSatisfy(\.isWhitespace), calls.isEmpty {
            throw Self.emptyReply(finish, hasThinking: content.contains { !$0.isWhitespace }, why: why)
        }
        if finish == .stop || finish == .toolCalls { finish = calls.isEmpty ? .stop : .toolCalls }
        let layout = layout.keeping(answer, of: content)
        let reply = ModelReply(content: answer, toolCalls: calls, finish: finish, usage: usage)
        return DecodedReply(reply: reply, attached: layout.isTrivial ? .null : layout.json)
    }

    /// A model that says nothing at all, as if that were an answer, may do better the next time; one that was cut or withheld
    /// does the same again.
    static func emptyReply(
        _ finish: ModelReply.FinishReason, hasThinking: Bool, why: String = ""
    ) -> LanguageModelError {
        let isEnd = finish == .stop || finish == .toolCalls
        let message =
            isEnd && hasThinking ? "the model's reply has thinking only, and no answer" : finish.emptyReplyMessage
        return LanguageModelError(isEnd && !hasThinking ? .incomplete : .badReply, message: message + why)
    }
}
