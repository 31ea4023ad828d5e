import AsyncHTTPClient
import HTTPTransport
import KubeModel
import Logging
import NIOCore
import NIOHTTP1

/// A model behind an endpoint that speaks OpenAI's chat completions, as nearly all providers and local servers do.
///
/// One request is one streamed answer. A request is sent again only as long as nothing of an answer has arrived
/// (``RetryPolicy``). Cancelling the task closes the connection at once. The API key appears in no error, log or
/// description.
package struct OpenAIModel: LanguageModel {
    package static let defaultBaseURL = "https://api.openai.com/v1"

    package let name: String
    let endpoint: ChatEndpoint
    let apiKey: Credential?
    let httpClient: HTTPClient
    let proxy: ProxyServer?
    /// The same one for all models of a client, so that they share connections: see ``BufferedResponse``.
    let loop: any EventLoop
    let options: Options
    let logger: Logger

    /// - Parameters:
    ///   - name: the model's name as the endpoint knows it.
    ///   - baseURL: what stands before `/chat/completions`.
    ///   - apiKey: sent as a bearer token; nil for endpoints that want none.
    ///   - httpClient: instead of one that is shared by all models. It is not shut down by the model. Its read timeout should
    ///     be none or longer than the idle timeout.
    ///   - proxies: those of the environment; not looked at with an `httpClient`.
    /// - Throws: ``LanguageModelError`` `rejected` where the address is none of HTTP, the key or a header fits no
    ///   header field, or the environment's proxy for the address can't be used.
    package init(
        name: String, baseURL: String = OpenAIModel.defaultBaseURL, apiKey: Credential?,
        httpClient: HTTPClient? = nil, proxies: ProxyEnvironment = ProxyEnvironment(), options: Options = Options(),
        logger: Logger = Logger(label: "skyflo.models.openai")
    ) throws {
        guard let endpoint = ChatEndpoint(base: baseURL) else {
            throw LanguageModelError(.rejected, message: "the model's base address is not an http or https address")
        }
        guard ([apiKey].compactMap { $0 } + options.headers.values).allSatisfy(\.fitsHeader) else {
            throw LanguageModelError(
                .rejected, message: "the API key or a header contains characters that HTTP can't carry")
        }
        self.name = name
        self.endpoint = endpoint
        self.apiKey = apiKey
        proxy = httpClient == nil ? try Self.proxy(for: endpoint, proxies) : nil
        let httpClient = httpClient ?? SharedHTTPClients.client(through: proxy)
        self.httpClient = httpClient
        let group = httpClient.eventLoopGroup
        loop = group.makeIterator().first { _ in true } ?? group.any()
        self.options = options
        self.logger = logger
    }

    private static func proxy(
        for endpoint: ChatEndpoint, _ proxies: ProxyEnvironment
    ) throws(LanguageModelError) -> ProxyServer? {
        do {
            return try proxies.proxy(isSecure: endpoint.isSecure, host: endpoint.hostName, port: endpoint.port)
        } catch {
            throw LanguageModelError(.rejected, message: "no connection to \(endpoint) can be made: \(error)")
        }
    }

    package func reply(
        to request: ModelRequest, onDelta: @escaping @Sendable (ModelDelta) -> Void
    ) async throws -> ModelReply {
        let watchdog = Watchdog(total: options.totalTimeout, idle: options.idleTimeout)
        do {
            return try await watchdog.run {
                let response = try await answer(to: request, watchdog)
                return try await read(response, takenIDs: Self.callIDs(request), watchdog: watchdog, onDelta: onDelta)
            }
        } catch {
            // Cancellation ends the operation from outside; whatever that looked like inside, it is no model's error.
            try Task.checkCancellation()
            throw error
        }
    }

    private static func callIDs(_ request: ModelRequest) -> Set<String> {
        var ids: Set<String> = []
        for case .assistant(_, let calls) in request.messages { ids.formUnion(calls.map(\.id)) }
        return ids
    }

    /// Errors quote what the provider said, and some providers quote the key or the address. Cut only when that is out:
    /// the beginning of a key is no key that could be found.
    func redacted(_ error: LanguageModelError) -> LanguageModelError {
        var error = error
        let credentials = [apiKey].compactMap { $0 } + options.headers.values
        for secret in credentials.map(\.secret) + endpoint.secrets where secret.count >= 8 {
            error.message = error.message.replacing(secret, with: "[redacted]")
        }
        error.message = ProviderError.bounded(error.message)
        return error
    }
}

/// Its HTTP client has the password of a proxy.
extension OpenAIModel: CustomReflectable {
    package var customMirror: Mirror { Mirror(self, children: ["name": name, "endpoint": endpoint]) }
}
