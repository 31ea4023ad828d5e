import KubeModel

/// How a model is asked, whatever its provider.
package struct ModelOptions: Sendable {
    package var timeouts: Timeouts
    package var retries: ModelRetryPolicy
    /// Sent with each request. Values are credentials, because some providers take their keys in headers of their own.
    package var headers: [String: Credential]
    package var temperature: Double?
    /// `low`, `medium`, `high`, or what else the provider knows.
    package var reasoningEffort: String?
    /// The most tokens that a model may think; nil leaves it to the provider.
    package var thinkingBudget: Int?
    /// How many bytes an answer may have.
    package var replyLimit: Int
    /// The wall clock, for waits that a provider tells as a moment without saying what time it has itself; nil for none.
    package var now: (@Sendable () -> KubeTime)?

    package init(
        timeouts: Timeouts = Timeouts(), retries: ModelRetryPolicy = ModelRetryPolicy(),
        headers: [String: Credential] = [:], temperature: Double? = nil, reasoningEffort: String? = nil,
        thinkingBudget: Int? = nil, replyLimit: Int = 4 << 20
    ) {
        self.timeouts = timeouts
        self.retries = retries
        self.headers = headers
        self.temperature = temperature
        self.reasoningEffort = reasoningEffort
        self.thinkingBudget = thinkingBudget
        self.replyLimit = replyLimit
    }

    package struct Timeouts: Sendable, Hashable {
        /// From sending a request to the first piece of its reply. Servers that are busy with another request, that load
        /// the model or read a long prompt say nothing at all for minutes.
        package var firstToken: Duration
        /// Between two pieces of a reply, of which a comment that keeps the connection alive is one.
        package var silence: Duration
        /// For the whole reply, with all retries and the waits between them.
        package var reply: Duration

        package init(
            firstToken: Duration = .seconds(300), silence: Duration = .seconds(120), reply: Duration = .seconds(600)
        ) {
            self.firstToken = firstToken
            self.silence = silence
            self.reply = reply
        }
    }
}
