import KubeModel

/// What a provider says when it refuses: the shapes differ, a message is nearly always there.
struct ProviderError: Sendable, Hashable {
    var message: String
    /// `code` or `type` of the error object, as text.
    var kind: String

    static let messageLimit = 500

    init(json: JSONValue) {
        let error = json["error"] ?? json
        let texts = [error, error["message"], json["message"], json["detail"]].compactMap { $0?.string }
        let other = (json["detail"] ?? json["error"]).map { JSONWriter.string($0) }
        message = Self.line(texts.first ?? other ?? "")
        let kinds = [error["code"], error["type"], error["status"]].compactMap { $0 }
        kind = kinds.map { $0.string ?? $0.description }.joined(separator: " ")
    }

    /// The body of an answer with an error status. Pages made for browsers say nothing that helps.
    init(body: [UInt8]) {
        let text = String(decoding: body, as: UTF8.self)
        let isPage = text.drop { $0.isWhitespace }.first == "<"
        self.init(json: (try? JSONParser.parse(body)) ?? .string(isPage ? "" : text))
    }

    private static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Cut to a length that fits conditions and events.
    static func bounded(_ text: String) -> String {
        text.count > messageLimit ? text.prefix(messageLimit) + "…" : text
    }

    /// An error inside a stream that began well has no status of its own: its code tells.
    var asStreamError: LanguageModelError {
        let kind = kind.lowercased()
        let text = "the provider reported an error in its reply: \(message.isEmpty ? "no message" : message)"
        let unavailable = ["500", "502", "503", "504", "529", "server_error", "overloaded", "unavailable", "internal"]
        if kind.contains("429") || kind.contains("rate_limit") {
            return LanguageModelError(.rateLimited, message: text)
        }
        if unavailable.contains(where: kind.contains) { return LanguageModelError(.unavailable, message: text) }
        return LanguageModelError(.rejected, message: text)
    }

    func asStatusError(_ status: Int) -> LanguageModelError {
        let said = message.isEmpty ? "" : ": \(message)"
        return switch status {
        case 401, 403:
            LanguageModelError(.unauthorized, message: "the provider refused the credentials (\(status))\(said)")
        case 429: LanguageModelError(.rateLimited, message: "the provider's rate limit was reached (429)\(said)")
        case 400..<500: LanguageModelError(.rejected, message: "the provider rejected the request (\(status))\(said)")
        case 500...: LanguageModelError(.unavailable, message: "the provider is unavailable (\(status))\(said)")
        default: LanguageModelError(.badReply, message: "the provider answered with status \(status)\(said)")
        }
    }
}
