import KubeModel

/// What a provider says when it refuses: the shapes differ, a message is nearly always there.
package struct ProviderError: Sendable, Hashable {
    package var message: String
    /// `code`, `type` and `status` of the error object, as text.
    package var kind: String
    /// Where the provider tells them as numbers.
    var contextSize: LanguageModelError.ContextSize?
    /// Google's, which has no header for it.
    var retryAfter: Duration?

    static let messageLimit = 500

    package init(json: JSONValue) {
        // A list of them, and one inside of another.
        let outer = json["error"] ?? json["errors"]?[0] ?? json
        let error = outer["error"].flatMap { $0.object == nil ? nil : $0 } ?? outer
        let texts = [
            error, error["message"], error["msg"], json["message"], json["detail"], json["msg"], json["error_msg"],
            json["error_description"], json["base_resp", "status_msg"],
        ].compactMap { $0?.string }
        let other = (json["detail"] ?? json["error"] ?? json["errors"]).map { JSONWriter.string($0) }
        // OpenRouter's own sentence says nothing; what the provider behind it said is here.
        let raw = error["metadata", "raw"]?.string.map { ": \($0)" } ?? ""
        message = Self.line((texts.first ?? other ?? "") + raw)
        var kinds = [error["code"], error["type"], error["status"]]
        if error != json {
            kinds += ["status_code", "statusCode", "status", "code", "error_code", "error_type"].map { json[$0] }
        }
        kind = kinds.compactMap { $0 }.filter { !$0.isNull }.map { $0.string ?? $0.description }.joined(separator: " ")
        retryAfter = RetryHint.delay(inMembersOf: json)
        for detail in error["details"]?.array ?? [] { add(googleDetail: detail) }
        if let prompt = error["n_prompt_tokens"]?.int, let limit = error["n_ctx"]?.int {
            contextSize = .init(prompt: prompt, limit: limit)
        }
    }

    /// What Google says of an error beside its code, which is 400 for a wrong key and 429 for a minute's limit and a day's
    /// (https://cloud.google.com/apis/design/errors#error_details).
    private mutating func add(googleDetail detail: JSONValue) {
        if let reason = detail["reason"]?.string { kind += " \(reason)" }
        if let delay = detail["retryDelay"]?.string { retryAfter = RetryHint.delay(retryAfter: delay, date: nil) }
        for violation in detail["violations"]?.array ?? []
        where violation["quotaId"]?.string?.contains("PerDay") == true {
            kind += " daily_quota"
        }
    }

    /// The body of an answer with an error status. Pages made for browsers say nothing that helps.
    package init(body: [UInt8]) {
        let text = String(decoding: body, as: UTF8.self)
        let isPage = text.drop { $0.isWhitespace }.first == "<"
        let json = (try? JSONParser.parse(body)) ?? .string(isPage ? "" : text)
        // Google puts a list around the object.
        self.init(json: json[0] ?? json)
    }

    static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Cut to a length that fits conditions and events.
    static func bounded(_ text: String) -> String {
        text.count > messageLimit ? text.prefix(messageLimit) + "…" : text
    }

    // MARK: What it means

    /// An error inside a stream that began well has no status of its own: its code tells.
    package var asStreamError: LanguageModelError {
        let text = "the provider reported an error in its reply: \(message.isEmpty ? "no message" : message)"
        return error(streamCode, message: text)
    }

    private var streamCode: LanguageModelError.Code {
        if isModelsFault { return .incomplete }
        if let status = kind.split(separator: " ").compactMap({ Int($0) }).first(where: { (400...599).contains($0) }) {
            return code(status: status)
        }
        if isContextTooLong { return .contextTooLong }
        if isQuota { return .quotaExceeded }
        let kind = kind.lowercased()
        func has(_ words: String...) -> Bool { words.contains(where: kind.contains) }
        if has("rate_limit", "too_many_requests", "resource_exhausted", "throttling") { return .rateLimited }
        if has("overloaded") { return .overloaded }
        if has("authentication", "permission", "invalid_api_key", "unauthorized") { return .unauthorized }
        if has("invalid", "not_found", "bad_request", "validation") { return .rejected }
        if has("server_error", "unavailable", "internal", "api_error", "timeout") { return .unavailable }
        // It may pass: the same request was good enough for the reply to begin.
        return .incomplete
    }

    package func asStatusError(_ status: Int) -> LanguageModelError {
        let said = message.isEmpty ? "" : ": \(message)"
        let code = code(status: status)
        let text =
            switch code {
            case .unauthorized: "the provider refused the credentials (\(status))"
            case .rateLimited: "the provider's rate limit was reached (\(status))"
            case .quotaExceeded: "the provider's quota is used up (\(status))"
            case .contextTooLong: "the conversation is too long for the model (\(status))"
            case .loading: "the server is loading the model (\(status))"
            case .overloaded: "the provider is overloaded (\(status))"
            case .unavailable: "the provider is unavailable (\(status))"
            case .rejected where status == 404 && message.isEmpty:
                "the provider has nothing at this address (404); is the base address right, with or without /v1?"
            case .rejected: "the provider rejected the request (\(status))"
            case .incomplete: "the model's reply could not be used (\(status))"
            default: "the provider answered with status \(status)"
            }
        return error(code, message: text + said)
    }

    private func error(_ code: LanguageModelError.Code, message: String) -> LanguageModelError {
        LanguageModelError(
            code, message: message,
            contextSize: code == .contextTooLong
                ? contextSize ?? ContextOverflow.size(self.message) ?? .init(prompt: nil, limit: nil) : nil,
            retryAfter: retryAfter ?? (Self.passing.contains(code) ? RetryHint.delay(in: self.message) : nil))
    }

    /// Of what is over after a while.
    private static let passing: Set<LanguageModelError.Code> = [.rateLimited, .unavailable, .overloaded]

    private func code(status: Int) -> LanguageModelError.Code {
        switch status {
        case 401, 403: .unauthorized
        case 402: .quotaExceeded
        // 424 is TGI's for a model that broke, 498 Groq's for a tier without capacity, 499 a proxy's that lost its client.
        case 429: isQuota ? .quotaExceeded : isContextTooLong ? .contextTooLong : .rateLimited
        // A server that gave up waiting, a conflict that passes, too early.
        case 408, 409, 424, 425, 498, 499: .unavailable
        case 413: .contextTooLong
        case 400 where isModelsFault: .incomplete
        case 400 where isWrongKey: .unauthorized
        case 400..<500: isContextTooLong ? .contextTooLong : isQuota ? .quotaExceeded : .rejected
        case 529: .overloaded
        case 501, 505, 511: .rejected
        case 500...:
            isContextTooLong
                ? .contextTooLong
                : isLoading
                    ? .loading : kind.lowercased().contains("overloaded") ? .overloaded : .unavailable
        default: .badReply
        }
    }

    /// That the server will answer once it is ready. "Downloading" is something else.
    private var isLoading: Bool {
        let words = message.lowercased().split { !$0.isLetter }
        let text = " " + words.joined(separator: " ") + " "
        return [
            " loading ", " being loaded ", " warming up ", " starting up ", " cold start ", " is not ready ",
            " not ready yet ",
        ].contains(where: text.contains)
    }

    private var isQuota: Bool {
        let kind = kind.lowercased()
        return [
            "insufficient_quota", "billing", "exceeded_current_quota", "insufficient_balance", "credit", "daily_quota",
        ]
        .contains(where: kind.contains) || Self.quotaSentences.contains(where: message.lowercased().contains)
    }

    /// Of Anthropic, DeepSeek, GLM, OpenRouter, Fireworks.
    private static let quotaSentences = [
        "credit balance is too low", "insufficient balance", "insufficient credits", "not enough credits",
        "out of credits", "please recharge", "account is suspended", "spending limit", "payment required",
    ]

    /// The model wrote a call that the provider itself couldn't read; it may do better when it is asked again. Groq's.
    private var isModelsFault: Bool { kind.contains("tool_use_failed") }

    private var isWrongKey: Bool { kind.contains("API_KEY_INVALID") }

    private var isContextTooLong: Bool {
        ContextOverflow.isNamed(by: kind) || ContextOverflow.isDescribed(by: message)
    }
}
