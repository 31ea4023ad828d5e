import AsyncHTTPClient
import HTTPTransport
import NIOCore
import Synchronization

/// The HTTP clients that models share, one for each way out: a client has one proxy or none. They live as long as the
/// process, as `HTTPClient.shared` does; the environment names two proxies at most.
enum SharedHTTPClients {
    private static let clients = Mutex<[ProxyServer?: HTTPClient]>([:])

    static func client(through proxy: ProxyServer?) -> HTTPClient {
        clients.withLock { clients in
            if let client = clients[proxy] { return client }
            var configuration = HTTPClient.Configuration.singletonConfiguration
            // The time limits of a reply are Watchdog's: the library's own ends a reply that is silent for 90 s.
            configuration.timeout = .init(connect: .seconds(10), read: nil)
            configuration.proxy = proxy?.configuration
            // Retries are decided in one place, by ModelRetryPolicy; and a name that can't be resolved is to be told at once.
            configuration.connectionPool.retryConnectionEstablishment = false
            // Its spans have the whole address, with a key that stands in the query.
            configuration.tracing.tracer = nil
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            clients[proxy] = client
            return client
        }
    }
}
