extension OpenAIModel {
    /// How an endpoint is spoken to.
    public struct Options: Sendable {
        /// From sending the request to the first byte of the answer.
        public var requestTimeout: Duration
        /// Between two pieces of a streamed answer.
        public var idleTimeout: Duration
        /// For the whole reply, retries and the waits between them included.
        public var totalTimeout: Duration
        public var retries: RetryPolicy
        /// Sent with each request. Values are credentials, because some providers take their keys in headers of their
        /// own.
        public var headers: [String: Credential]
        public var temperature: Double?
        /// `low`, `medium`, `high`, or what else the provider knows.
        public var reasoningEffort: String?
        /// How many bytes an answer may have.
        public var replyLimit: Int

        public init(
            requestTimeout: Duration = .seconds(60), idleTimeout: Duration = .seconds(60),
            totalTimeout: Duration = .seconds(600), retries: RetryPolicy = RetryPolicy(),
            headers: [String: Credential] = [:], temperature: Double? = nil, reasoningEffort: String? = nil,
            replyLimit: Int = 4 << 20
        ) {
            self.requestTimeout = requestTimeout
            self.idleTimeout = idleTimeout
            self.totalTimeout = totalTimeout
            self.retries = retries
            self.headers = headers
            self.temperature = temperature
            self.reasoningEffort = reasoningEffort
            self.replyLimit = replyLimit
        }
    }
}
