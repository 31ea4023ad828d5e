extension OpenAIModel {
    /// How an endpoint is spoken to.
    package struct Options: Sendable {
        /// From sending the request to the first byte of the answer.
        package var requestTimeout: Duration
        /// Between two pieces of a streamed answer.
        package var idleTimeout: Duration
        /// For the whole reply, retries and the waits between them included.
        package var totalTimeout: Duration
        package var retries: ModelRetryPolicy
        /// Sent with each request. Values are credentials, because some providers take their keys in headers of their
        /// own.
        package var headers: [String: Credential]
        package var temperature: Double?
        /// `low`, `medium`, `high`, or what else the provider knows.
        package var reasoningEffort: String?
        /// How many bytes an answer may have.
        package var replyLimit: Int

        package init(
            requestTimeout: Duration = .seconds(60), idleTimeout: Duration = .seconds(60),
            totalTimeout: Duration = .seconds(600), retries: ModelRetryPolicy = ModelRetryPolicy(),
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
