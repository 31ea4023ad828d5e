import AsyncHTTPClient
import HTTPTransport
import KubeModel
import Logging
import NIOCore
import NIOHTTP1

/// A model behind HTTP, whatever the provider's dialect.
///
/// One request is one answer, streamed where the provider does. A reply has no effect before it is whole, so that one which
/// fails on the way is asked for again (``ModelRetryPolicy``). Cancelling the task closes the connection at once. Credentials
/// appear in no error, log or description.
package struct HTTPLanguageModel: LanguageModel {
    let api: any ProviderAPI
    let httpClient: HTTPClient
    let proxy: ProxyServer?
    /// The same one for all models of a client, so that they share connections: see ``BufferedResponse``.
    let loop: any EventLoop
    let options: ModelOptions
    let logger: Logger

    package var name: String { api.model }
    var endpoint: ModelEndpoint { api.endpoint }

    /// - Parameters:
    ///   - api: the provider's dialect, with address and credentials.
    ///   - route: how the endpoint is reached; not looked at with an `httpClient`.
    ///   - httpClient: instead of one that is shared by all models. It is not shut down by the model. It should have no read
    ///     timeout.
    /// - Throws: ``LanguageModelError`` `rejected` where a credential or a header fits no header field, or the proxy for the
    ///   address or the certificates can't be used.
    package init(
        _ api: any ProviderAPI, route: ModelRoute = ModelRoute(), httpClient: HTTPClient? = nil,
        options: ModelOptions = ModelOptions(), logger: Logger = Logger(label: "skyflo.models")
    ) throws {
        guard (api.credentials + options.headers.values).allSatisfy(\.fitsHeader) else {
            throw LanguageModelError(
                .rejected, message: "the API key or a header contains characters that HTTP can't carry")
        }
        self.api = api
        proxy = httpClient == nil ? try route.proxy(for: api.endpoint) : nil
        let httpClient = try httpClient ?? SharedHTTPClients.client(through: proxy, trusting: route.authorities)
        self.httpClient = httpClient
        let group = httpClient.eventLoopGroup
        loop = group.makeIterator().first { _ in true } ?? group.any()
        self.options = options
        self.logger = logger
    }

    package func reply(
        to request: ModelRequest, onDelta: @escaping @Sendable (ModelDelta) -> Void
    ) async throws -> ModelReply {
        let prepared = request.prepared(for: api.author, ids: api.callIDs)
        let watchdog = Watchdog(options.timeouts, host: endpoint.host)
        let tries = FailedTries()
        do {
            return try await watchdog.run { try await ask(prepared, watchdog, tries, onDelta: onDelta) }
        } catch {
            // Cancellation ends the operation from outside; whatever that looked like inside, it is no model's error.
            if Task.isCancelled {
                onDelta(.abandoned(tries.all))
                throw CancellationError()
            }
            guard var failure = error as? LanguageModelError else { throw error }
            failure.failedUsage = tries.all
            throw failure
        }
    }

    /// Errors quote what the provider said, and some providers quote the key or the address. Cut only when that is out:
    /// the beginning of a key is no key that could be found.
    func redacted(_ error: LanguageModelError) -> LanguageModelError {
        var error = error
        let credentials = api.credentials + options.headers.values
        for secret in credentials.map(\.secret) + endpoint.secrets where secret.count >= 8 {
            error.message = error.message.replacing(secret, with: "[redacted]")
        }
        error.message = ProviderError.bounded(error.message)
        return error
    }
}

/// Its HTTP client has the password of a proxy.
extension HTTPLanguageModel: CustomReflectable {
    package var customMirror: Mirror { Mirror(self, children: ["name": name, "endpoint": endpoint]) }
}
