import KubeModel
import NIOHTTP1

/// How a provider is spoken to: what is sent, how its stream is read, what its errors mean. All of it are decisions about
/// values; ``HTTPLanguageModel`` does the sending, the retries, the time limits and the redaction for each of them.
package protocol ProviderAPI: Sendable {
    /// The wire format with its version, such as `openai-chat`. It marks what the provider attached to a reply, so a later
    /// version that writes it otherwise needs another one.
    var format: String { get }
    /// What the provider calls the model.
    var model: String { get }
    /// Decides over proxies, and is how messages name the provider.
    var endpoint: ModelEndpoint { get }
    /// What no message may show.
    var credentials: [Credential] { get }
    /// The form of ids that the provider accepts for calls that another model wrote.
    var callIDs: ToolCallIDForm { get }
    /// Whether the model takes the most tokens that it may think.
    var takesThinkingBudget: Bool { get }

    /// One attempt. It is made anew for each, for signatures that have a time in them.
    ///
    /// - Parameter request: holds provider data of this model only.
    func request(_ request: ModelRequest, options: ModelOptions) throws(LanguageModelError) -> ProviderRequest

    /// Of an answer with a 2xx status.
    ///
    /// - Parameter limit: how many bytes the answer may have.
    func decoder(limit: Int) -> any ReplyStreamDecoder

    /// What an answer with any other status means. Its message may quote credentials; they are replaced afterwards.
    func error(_ answer: ProviderErrorAnswer) -> LanguageModelError
}

extension ProviderAPI {
    package var takesThinkingBudget: Bool { false }
    package var callIDs: ToolCallIDForm { ToolCallIDForm() }

    package func error(_ answer: ProviderErrorAnswer) -> LanguageModelError {
        ProviderError(body: answer.body).asStatusError(answer.status)
    }

    var author: ProviderData.Author { ProviderData.Author(format: format, host: endpoint.host, model: model) }
}

/// A POST with a body.
package struct ProviderRequest: Sendable {
    package var url: String
    /// The whole set, with the credentials in it. The options' headers replace those of the same name.
    package var headers: HTTPHeaders
    package var body: [UInt8]

    package init(url: String, headers: HTTPHeaders, body: [UInt8]) {
        self.url = url
        self.headers = headers
        self.body = body
    }
}

extension HTTPHeaders {
    /// Of a request with JSON whose answer is a stream of server-sent events.
    static let forModels: HTTPHeaders = [
        "content-type": "application/json", "accept": "text/event-stream, application/json", "user-agent": "skyflo",
    ]
}

package struct ProviderErrorAnswer: Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    /// At most the first 64 KiB.
    package var body: [UInt8]

    package init(status: Int, headers: HTTPHeaders = [:], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// From the bytes of an answer, cut anywhere, to a reply.
package protocol ReplyStreamDecoder: Sendable {
    /// Whether the rest of the answer need not be read.
    var sawEnd: Bool { get }
    /// Whether everything but perhaps the usage was seen: a connection that is lost from here on harms nothing.
    var isComplete: Bool { get }
    /// What the provider has counted so far.
    var usage: TokenUsage { get }
    /// Whether that has in it what came of the reply so far.
    var hasCountedReply: Bool { get }

    mutating func push(_ bytes: [UInt8]) throws(LanguageModelError) -> [ModelDelta]

    /// Nothing more comes.
    ///
    /// - Throws: `incomplete` when the end of the reply was not seen, `badReply` when there is nothing in it.
    mutating func finish() throws(LanguageModelError) -> DecodedReply
}

/// What a decoder found.
package struct DecodedReply: Sendable, Hashable {
    /// Pieces that had waited for the end.
    package var deltas: [ModelDelta]
    /// Ids of calls are the provider's own, empty where it gave none. Its `providerData` is made of `attached`.
    package var reply: ModelReply
    /// What the provider wants back with the reply, in the form in which ``ProviderAPI/request(_:options:)`` puts it there;
    /// null for nothing.
    package var attached: JSONValue

    package init(deltas: [ModelDelta] = [], reply: ModelReply, attached: JSONValue = .null) {
        self.deltas = deltas
        self.reply = reply
        self.attached = attached
    }
}
