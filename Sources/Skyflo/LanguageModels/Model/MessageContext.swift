/// What stands before a message of the user and the user hasn't said: when it was said, and what differs from conversation to
/// conversation.
///
/// It is part of the message because every provider and every chat template takes it there. A second system message, or a
/// part of the first that changes, would either be refused or take the cache away from all that follows.
package enum MessageContext {
    private static let opening = "<context>\n"
    private static let closing = "\n</context>\n\n"

    package static func add(_ context: String, to message: String) -> String { opening + context + closing + message }

    /// The message with more at the end of its context; as it is where it has none.
    package static func extend(_ text: String, with more: String) -> String {
        guard !more.isEmpty, let start = text.firstRange(of: opening),
            let end = text[start.upperBound...].firstRange(of: closing)
        else { return text }
        return text[..<end.lowerBound] + "\n" + more + text[end.lowerBound...]
    }

    /// The message without the context that was added to it.
    package static func message(in text: String) -> String {
        guard let start = text.firstRange(of: opening), let end = text[start.upperBound...].firstRange(of: closing)
        else { return text }
        return String(text[..<start.lowerBound] + text[end.upperBound...])
    }
}

extension ModelRequest {
    /// The same with users' messages as they wrote them, for models that take them literally.
    package var withoutContext: ModelRequest {
        var request = self
        request.messages = messages.map { message in
            if case .user(let text) = message { .user(MessageContext.message(in: text)) } else { message }
        }
        return request
    }
}
