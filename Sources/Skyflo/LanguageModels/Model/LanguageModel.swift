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
    case assistant(String, toolCalls: [ModelToolCall])
    /// The result of one tool call of the assistant message before it.
    case tool(callID: String, content: String)
}

/// A tool call as the model wrote it. Nothing in it is trusted: `arguments` is text that may not be JSON.
package struct ModelToolCall: Sendable, Hashable {
    package var id: String
    package var name: String
    package var arguments: String

    package init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
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
    /// A tool call began or grew.
    case toolCall(name: String)
}

package struct ModelReply: Sendable, Hashable {
    package enum FinishReason: Sendable, Hashable {
        case stop
        case toolCalls
        /// Cut off by a token limit: tool calls of such a reply must not be executed.
        case length
        case contentFilter
        case other(String)
    }

    package var content: String
    package var toolCalls: [ModelToolCall]
    package var finish: FinishReason
    package var usage: TokenUsage
    /// Seconds from the request to the first piece of the reply; nil where it came as a whole.
    package var timeToFirstToken: Double?

    package init(
        content: String = "", toolCalls: [ModelToolCall] = [], finish: FinishReason = .stop,
        usage: TokenUsage = TokenUsage(), timeToFirstToken: Double? = nil
    ) {
        self.content = content
        self.toolCalls = toolCalls
        self.finish = finish
        self.usage = usage
        self.timeToFirstToken = timeToFirstToken
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

package struct LanguageModelError: Error, Sendable, CustomStringConvertible {
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case unreachable, timeout, unauthorized, rateLimited, rejected, unavailable, badReply, incomplete
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
        /// Any other 4xx: asking again won't help.
        package static let rejected = Code(value: .rejected)
        /// 5xx, after the retries.
        package static let unavailable = Code(value: .unavailable)
        /// An answer that is not what the protocol says.
        package static let badReply = Code(value: .badReply)
        /// The stream ended in the middle of a reply.
        package static let incomplete = Code(value: .incomplete)
    }

    package var code: Code
    /// All that is told. Errors of libraries are no part of it: some of them hold header values.
    package var message: String

    package init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
