import KubeModel

/// A language model that can call tools. Providers differ in how they are spoken to, not in this.
package protocol LanguageModel: Sendable {
    /// What the provider calls it, for usage records.
    var name: String { get }

    /// One reply to the conversation so far.
    ///
    /// - Parameter onDelta: called for each piece as it arrives, in order, on any executor; it must not block. The
    ///   complete reply is returned anyway.
    /// - Throws: ``LanguageModelError``; `CancellationError` when the task was cancelled. A reply that broke off in the
    ///   middle is an error, never a shorter reply: its tool calls may be cut.
    func reply(
        to request: ModelRequest, onDelta: @escaping @Sendable (ModelDelta) -> Void
    ) async throws -> ModelReply
}

extension LanguageModel {
    package func reply(to request: ModelRequest) async throws -> ModelReply { try await reply(to: request) { _ in } }
}

package struct ModelRequest: Sendable, Hashable {
    package var messages: [ChatMessage]
    package var tools: [ToolSchema]
    /// The most tokens that the reply may have; nil leaves it to the provider.
    package var maxTokens: Int?

    package init(messages: [ChatMessage], tools: [ToolSchema] = [], maxTokens: Int? = nil) {
        self.messages = messages
        self.tools = tools
        self.maxTokens = maxTokens
    }
}

package enum ChatMessage: Sendable, Hashable {
    case system(String)
    case user(String)
    /// - providerData: what its provider attached to the reply; it goes back to the model that wrote it, and to no other.
    case assistant(String, toolCalls: [ModelToolCall], providerData: ProviderData? = nil)
    /// The result of one tool call of the assistant message before it. Where several calls there have the same id, results
    /// come in the order of the calls.
    case tool(callID: String, content: String)
}

/// A tool call as the model wrote it. Nothing in it is trusted: `arguments` is text that may not be JSON.
package struct ModelToolCall: Sendable, Hashable {
    /// How many bytes of an id are taken. Some gateways keep signatures of several kilobytes in it.
    package static let idLimit = 16 << 10

    /// The provider's own, unchanged, because gateways hide in it what they want back. It may be any text, and it is not
    /// unique in a conversation.
    package var id: String
    package var name: String
    package var arguments: String
    /// What the provider attached to the call and wants back with it, as an object of members of the call; nil for nothing.
    package var providerData: JSONValue?

    package init(id: String, name: String, arguments: String, providerData: JSONValue? = nil) {
        self.id = id
        self.name = name
        self.arguments = arguments
        self.providerData = providerData
    }
}

/// A tool as the model sees it.
package struct ToolSchema: Sendable, Hashable {
    package var name: String
    package var description: String
    /// JSON Schema of the arguments object.
    package var parameters: JSONValue

    package init(name: String, description: String, parameters: JSONValue) {
        self.name = name
        self.description = description
        self.parameters = parameters
    }
}

package enum ModelDelta: Sendable, Hashable {
    case content(String)
    case reasoning(String)
    /// All content of this reply so far was thinking. What follows is the answer.
    case retraction
    /// A tool call began, or grew by so many bytes of arguments.
    case toolCall(name: String, bytes: Int = 0)
    /// The request is going to be sent again. What came of this reply so far doesn't count any more.
    case waiting(ModelWait)
    /// The task was cancelled. Nothing more comes of this reply, and nothing but this says what its tries took.
    case abandoned([FailedUsage])
}

extension ModelDelta {
    /// How much of a reply it is, in bytes of text.
    var size: Int {
        switch self {
        case .content(let text), .reasoning(let text): text.utf8.count
        case .toolCall(_, let bytes): bytes
        case .retraction, .waiting, .abandoned: 0
        }
    }
}

/// A wait before a request is sent again.
package struct ModelWait: Sendable, Hashable {
    /// From now on.
    package var duration: Duration
    /// Why, for people: what the endpoint said or did. It holds no credentials.
    package var reason: String

    package init(for duration: Duration, reason: String) {
        self.duration = duration
        self.reason = reason
    }
}

package struct ModelReply: Sendable, Hashable {
    package enum FinishReason: Sendable, Hashable {
        case stop
        case toolCalls
        /// Cut off by a token limit: tool calls of such a reply must not be executed.
        case length
        case contentFilter
    }

    package var content: String
    package var toolCalls: [ModelToolCall]
    package var finish: FinishReason
    package var usage: TokenUsage
    /// What tries have taken that failed before this reply came.
    package var failedUsage: [FailedUsage] = []
    /// Seconds from the request to the first piece of the reply; nil where it came as a whole.
    package var timeToFirstToken: Double?
    /// Seconds from each piece of the reply to the next one.
    package var timesPerChunk: [Double] = []
    /// Seconds from the request to the end of the reply, as whoever asked has measured it.
    package var timeToRespond: Double?
    /// Who wrote the reply, and what the provider wants back with it; nil for models that have no provider.
    package var providerData: ProviderData?
    /// Which of several models it is of, by its name in the SkyfloAI; nil where only one was asked.
    package var answeredBy: String?

    package init(
        content: String = "", toolCalls: [ModelToolCall] = [], finish: FinishReason = .stop,
        usage: TokenUsage = TokenUsage(), timeToFirstToken: Double? = nil, providerData: ProviderData? = nil
    ) {
        self.content = content
        self.toolCalls = toolCalls
        self.finish = finish
        self.usage = usage
        self.timeToFirstToken = timeToFirstToken
        self.providerData = providerData
    }
}

/// What was taken by a reply that came to nothing: it may be paid for.
package struct FailedUsage: Sendable, Hashable {
    /// As far as the provider counted.
    package var usage: TokenUsage
    /// Which of several models it is of, by its name in the SkyfloAI; nil where only one was asked.
    package var model: String?
    /// The bytes of text that had come of a reply which broke off before the provider had counted it; nil where it has.
    package var uncounted: Int?
    /// What whoever sent the request makes of ``uncounted``, beside what the provider counted.
    package var estimate = TokenUsage()

    package init(_ usage: TokenUsage, model: String? = nil, uncounted: Int? = nil) {
        self.usage = usage
        self.model = model
        self.uncounted = uncounted
    }
}

extension [FailedUsage] {
    /// Names the model that they are of.
    func of(_ model: String) -> [FailedUsage] {
        map { part in
            var part = part
            part.model = model
            return part
        }
    }
}

/// Tokens as the provider counted them; 0 where it doesn't say.
package struct TokenUsage: Sendable, Hashable {
    package var prompt: Int
    package var completion: Int
    package var cached: Int
    package var reasoning: Int

    package init(prompt: Int = 0, completion: Int = 0, cached: Int = 0, reasoning: Int = 0) {
        self.prompt = prompt
        self.completion = completion
        self.cached = cached
        self.reasoning = reasoning
    }

    package static func + (a: TokenUsage, b: TokenUsage) -> TokenUsage {
        TokenUsage(
            prompt: a.prompt + b.prompt, completion: a.completion + b.completion, cached: a.cached + b.cached,
            reasoning: a.reasoning + b.reasoning)
    }
}
