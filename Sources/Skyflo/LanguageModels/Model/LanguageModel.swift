public import KubeModel

/// A language model that can call tools. Providers differ in how they are spoken to, not in this.
public protocol LanguageModel: Sendable {
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
    public func reply(to request: ModelRequest) async throws -> ModelReply { try await reply(to: request) { _ in } }
}

public struct ModelRequest: Sendable, Hashable {
    public var messages: [ChatMessage]
    public var tools: [ToolSchema]
    /// The most tokens that the reply may have; nil leaves it to the provider.
    public var maxTokens: Int?

    public init(messages: [ChatMessage], tools: [ToolSchema] = [], maxTokens: Int? = nil) {
        self.messages = messages
        self.tools = tools
        self.maxTokens = maxTokens
    }
}

public enum ChatMessage: Sendable, Hashable {
    case system(String)
    case user(String)
    case assistant(String, toolCalls: [ModelToolCall])
    /// The result of one tool call of the assistant message before it.
    case tool(callID: String, content: String)
}

/// A tool call as the model wrote it. Nothing in it is trusted: `arguments` is text that may not be JSON.
public struct ModelToolCall: Sendable, Hashable {
    public var id: String
    public var name: String
    public var arguments: String

    public init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

/// A tool as the model sees it.
public struct ToolSchema: Sendable, Hashable {
    public var name: String
    public var description: String
    /// JSON Schema of the arguments object.
    public var parameters: JSONValue

    public init(name: String, description: String, parameters: JSONValue) {
        self.name = name
        self.description = description
        self.parameters = parameters
    }
}

public enum ModelDelta: Sendable, Hashable {
    case content(String)
    case reasoning(String)
    /// A tool call began or grew.
    case toolCall(name: String)
}

public struct ModelReply: Sendable, Hashable {
    public enum FinishReason: Sendable, Hashable {
        case stop
        case toolCalls
        /// Cut off by a token limit: tool calls of such a reply must not be executed.
        case length
        case contentFilter
        case other(String)
    }

    public var content: String
    public var toolCalls: [ModelToolCall]
    public var finish: FinishReason
    public var usage: TokenUsage
    /// Seconds from the request to the first piece of the reply; nil where it came as a whole.
    public var timeToFirstToken: Double?

    public init(
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
public struct TokenUsage: Sendable, Hashable {
    public var prompt: Int
    public var completion: Int
    public var cached: Int
    public var reasoning: Int

    public init(prompt: Int = 0, completion: Int = 0, cached: Int = 0, reasoning: Int = 0) {
        self.prompt = prompt
        self.completion = completion
        self.cached = cached
        self.reasoning = reasoning
    }

    public static func + (a: TokenUsage, b: TokenUsage) -> TokenUsage {
        TokenUsage(
            prompt: a.prompt + b.prompt, completion: a.completion + b.completion, cached: a.cached + b.cached,
            reasoning: a.reasoning + b.reasoning)
    }
}

public struct LanguageModelError: Error, Sendable, CustomStringConvertible {
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case unreachable, timeout, unauthorized, rateLimited, rejected, unavailable, badReply, incomplete
        }
        private let value: Value
        public var description: String { value.rawValue }

        /// No connection to the endpoint.
        public static let unreachable = Code(value: .unreachable)
        public static let timeout = Code(value: .timeout)
        /// 401 or 403.
        public static let unauthorized = Code(value: .unauthorized)
        /// 429, after the retries.
        public static let rateLimited = Code(value: .rateLimited)
        /// Any other 4xx: asking again won't help.
        public static let rejected = Code(value: .rejected)
        /// 5xx, after the retries.
        public static let unavailable = Code(value: .unavailable)
        /// An answer that is not what the protocol says.
        public static let badReply = Code(value: .badReply)
        /// The stream ended in the middle of a reply.
        public static let incomplete = Code(value: .incomplete)
    }

    public var code: Code
    /// All that is told. Errors of libraries are no part of it: some of them hold header values.
    public var message: String

    public init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
