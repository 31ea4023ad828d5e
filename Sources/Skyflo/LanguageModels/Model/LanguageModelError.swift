/// Why there is no reply.
package struct LanguageModelError: Error, Sendable, Hashable, CustomStringConvertible {
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case unreachable, timeout, unauthorized, rateLimited, quotaExceeded, contextTooLong, rejected, unavailable
            case overloaded, loading, badReply, incomplete
        }
        private let value: Value
        package var description: String { value.rawValue }

        /// No connection to the endpoint.
        package static let unreachable = Code(value: .unreachable)
        package static let timeout = Code(value: .timeout)
        /// 401 or 403.
        package static let unauthorized = Code(value: .unauthorized)
        /// 429, after the retries.
        package static let rateLimited = Code(value: .rateLimited)
        /// What was paid for, or is allowed for the day or the month, is used up: asking again soon won't help.
        package static let quotaExceeded = Code(value: .quotaExceeded)
        /// The request, or the request and the reply together, are longer than the model's context.
        package static let contextTooLong = Code(value: .contextTooLong)
        /// Any other 4xx: asking again won't help.
        package static let rejected = Code(value: .rejected)
        /// 5xx, after the retries.
        package static let unavailable = Code(value: .unavailable)
        /// The provider has too much to do, after the retries.
        package static let overloaded = Code(value: .overloaded)
        /// The server is still loading the model.
        package static let loading = Code(value: .loading)
        /// An answer that is not what the protocol says.
        package static let badReply = Code(value: .badReply)
        /// The reply ended before it was whole.
        package static let incomplete = Code(value: .incomplete)
    }

    /// Of `contextTooLong`, as far as the provider says them.
    package struct ContextSize: Sendable, Hashable {
        /// Of the request, in tokens.
        package var prompt: Int?
        /// The most that the model takes, in tokens.
        package var limit: Int?

        package init(prompt: Int?, limit: Int?) {
            self.prompt = prompt
            self.limit = limit
        }
    }

    package var code: Code
    /// All that is told. Errors of libraries are no part of it: some of them hold header values.
    package var message: String
    package var contextSize: ContextSize?
    /// How long the provider asks to wait before the next request.
    package var retryAfter: Duration?
    /// What providers counted before it failed, in all tries.
    package var failedUsage: [FailedUsage] = []

    package init(_ code: Code, message: String, contextSize: ContextSize? = nil, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.contextSize = contextSize
        self.retryAfter = retryAfter
    }

    package var description: String { message }
}
