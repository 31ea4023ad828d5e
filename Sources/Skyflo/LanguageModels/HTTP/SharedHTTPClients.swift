import AsyncHTTPClient
import HTTPTransport
import NIOCore
import NIOHTTPCompression
import NIOSSL
import Synchronization

/// The HTTP clients that models share, one for each way out: a client has one proxy or none, and one set of certificate
/// authorities. They live as long as the process, as `HTTPClient.shared` does.
enum SharedHTTPClients {
    private struct Way: Hashable {
        var proxy: ProxyServer?
        var authorities: String?
    }

    /// Whoever writes SkyfloAIs could otherwise have any number of clients.
    private static let limit = 256

    private static let clients = Mutex<[Way: HTTPClient]>([:])

    /// - Parameter authorities: in PEM; nil for those of the system.
    /// - Throws: `rejected` for what is no PEM, and for more different ways than a process needs.
    static func client(
        through proxy: ProxyServer?, trusting authorities: String?
    ) throws(LanguageModelError) -> HTTPClient {
        let way = Way(proxy: proxy, authorities: authorities)
        if let client = clients.withLock({ $0[way] }) { return client }
        var configuration = HTTPClient.Configuration.singletonConfiguration
        // The time limits of a reply are Watchdog's: the library's own ends a reply that is silent for 90 s.
        configuration.timeout = .init(connect: .seconds(10), read: nil)
        configuration.proxy = proxy?.configuration
        // Servers of one's own speak HTTP/1, where a reply has its connection for minutes. With the library's eight the ninth
        // conversation would wait for one and fail; how many run at once is for others to limit.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1024
        // Retries are decided in one place, by ModelRetryPolicy; and a name that can't be resolved is to be told at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        // Its spans have the whole address, with a key that stands in the query.
        configuration.tracing.tracer = nil
        // The library would hand keys that aren't in `authorization` on to whatever host an endpoint names.
        configuration.redirectConfiguration = .disallow
        // Streams repeat themselves: a ratio would be reached by honest ones. The decoders count what comes out.
        configuration.decompression = .enabled(limit: .size(64 << 20))
        if let authorities {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.minimumTLSVersion = .tlsv12
            tls.trustRoots = .certificates(try certificates(authorities))
            configuration.tlsConfiguration = tls
        }
        let found = clients.withLock { clients -> HTTPClient? in
            if let client = clients[way] { return client }
            guard clients.count < limit else { return nil }
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            clients[way] = client
            return client
        }
        guard let found else {
            throw LanguageModelError(
                .rejected, message: "the operator has too many different proxies and certificate authorities for models"
            )
        }
        return found
    }

    private static func certificates(_ pem: String) throws(LanguageModelError) -> [NIOSSLCertificate] {
        let certificates = (try? NIOSSLCertificate.fromPEMBytes(Array(pem.utf8))) ?? []
        guard !certificates.isEmpty else {
            throw LanguageModelError(.rejected, message: "the certificate authorities are no certificates in PEM")
        }
        return certificates
    }
}
