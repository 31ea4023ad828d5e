import Concurrency
import ControllerRuntime
import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import KubeModel
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import SkyfloAPI
import Synchronization

/// Takes notifications of Alertmanager: `POST /v1/triggers/NAMESPACE/SKYFLOAI/TRIGGER`.
package struct WebhookServer: Service {
    package struct Configuration: Sendable {
        package var host: String
        /// 0 lets the system choose.
        package var port: Int
        /// Of the certificate chain and its key, in PEM; nil for plain HTTP. They are read again when they have changed.
        package var certificate: (chain: String, key: String)?
        /// Is told the port when the server listens.
        package var didBind: @Sendable (Int) -> Void

        package init(
            host: String = "127.0.0.1", port: Int, certificate: (chain: String, key: String)? = nil,
            didBind: @escaping @Sendable (Int) -> Void = { _ in }
        ) {
            self.host = host
            self.port = port
            self.certificate = certificate
            self.didBind = didBind
        }
    }

    /// Bytes of a body. Alertmanager's `max_alerts` makes them fewer.
    static let bodyLimit = 1 << 20
    private static let bodyTimeout = Duration.seconds(10)
    /// Bodies that are read at the same time.
    private static let requestLimit = 16

    private let handler: WebhookHandler
    private let configuration: Configuration
    private let logger: Logger
    private let running = RequestCount()

    init(_ handler: WebhookHandler, _ configuration: Configuration, logger: Logger) {
        self.handler = handler
        self.configuration = configuration
        self.logger = logger
    }

    /// Serves until the task is cancelled or gracefully shut down.
    /// - Throws: where the port can't be had, or the certificate can't be read at the start.
    package func run() async throws {
        guard let certificate = configuration.certificate else { return try await serve(.http1()) }
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let files = try CertificateFiles(certificate)
            let server = try HTTPServerBuilder.tls(.http1(), tlsConfiguration: files.serverTLS())
            _ = try await result(
                of: { try await serve(server) }, before: { try await files.waitForChange(logger: logger) })
        }
    }

    private func serve(_ server: HTTPServerBuilder) async throws {
        let router = Router()
        router.post("/v1/triggers/:namespace/:skyfloai/:trigger") { request, context in
            let target = WebhookHandler.Target(
                skyfloAI: ObjectKey(
                    namespace: context.parameters.get("namespace"), name: context.parameters.get("skyfloai") ?? ""),
                trigger: context.parameters.get("trigger") ?? "")
            return Self.response(try await answer(request, for: target))
        }
        let application = Application(
            router: router, server: server,
            configuration: ApplicationConfiguration(address: .hostname(configuration.host, port: configuration.port)),
            onServerRunning: { channel in
                if let port = channel.localAddress?.port { configuration.didBind(port) }
            },
            logger: logger)
        try await runStoppingGracefully(application, logger: logger)
    }

    private func answer(_ request: Request, for target: WebhookHandler.Target) async throws -> WebhookHandler.Answer {
        guard running.enter(limit: Self.requestLimit) else {
            return WebhookHandler.Answer(503, "too many notifications at once")
        }
        defer { running.leave() }
        do {
            let admitted = try await handler.admit(request.headers[.authorization], to: target)
            let type = request.headers[.contentType]?.lowercased() ?? ""
            guard type.hasPrefix("application/json") else {
                throw WebhookHandler.Answer(415, "the body has to be application/json")
            }
            return try await handler.handle(try await body(of: request), for: admitted)
        } catch let answer as WebhookHandler.Answer {
            return answer
        } catch let error as CancellationError {
            throw error
        } catch {
            logger.warning("notification not handled", metadata: ["error": "\(type(of: error))"])
            return WebhookHandler.Answer(503, "it can't be done at the moment")
        }
    }

    private func body(of request: Request) async throws -> [UInt8] {
        let body = request.body
        let collected = try await withDeadline(.now + Self.bodyTimeout) {
            var all = ByteBuffer()
            for try await part in body where all.readableBytes <= Self.bodyLimit {
                var part = part
                all.writeBuffer(&part)
            }
            return all
        }
        guard let collected else { throw WebhookHandler.Answer(408, "the body didn't come in time") }
        guard collected.readableBytes <= Self.bodyLimit else {
            throw WebhookHandler.Answer(
                413, "the body has more than \(Self.bodyLimit) bytes; see max_alerts of Alertmanager")
        }
        return Array(buffer: collected)
    }

    private static func response(_ answer: WebhookHandler.Answer) -> Response {
        var headers: HTTPFields = [.contentType: "application/json"]
        if answer.status == 401 { headers[.wwwAuthenticate] = "Bearer, Basic realm=\"skyflo\"" }
        let json: JSONValue = .compact([
            "message": .string(answer.message), "conversation": answer.conversation.map { .string($0) },
        ])
        return Response(
            status: .init(code: answer.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSONWriter.bytes(json))))
    }
}

/// How many requests are worked on.
private final class RequestCount: Sendable {
    private let count = Mutex(0)

    func enter(limit: Int) -> Bool {
        count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
    }

    func leave() { count.withLock { $0 -= 1 } }
}

/// A certificate and its key as they were read.
private struct CertificateFiles: Sendable {
    private static let interval = Duration.seconds(30)

    let paths: (chain: String, key: String)
    private let chain: Data
    private let key: Data

    init(_ paths: (chain: String, key: String)) throws {
        self.paths = paths
        chain = try Data(contentsOf: URL(filePath: paths.chain))
        key = try Data(contentsOf: URL(filePath: paths.key))
    }

    func serverTLS() throws -> TLSConfiguration {
        try TLSConfiguration.makeServerConfiguration(
            certificateChain: NIOSSLCertificate.fromPEMBytes(Array(chain)).map { .certificate($0) },
            privateKey: .privateKey(NIOSSLPrivateKey(bytes: Array(key), format: .pem)))
    }

    /// Returns when there are others that can be used.
    func waitForChange(logger: Logger) async throws {
        while true {
            try await Concurrency.sleep(for: Self.interval)
            do {
                let now = try CertificateFiles(paths)
                guard now.chain != chain || now.key != key else { continue }
                _ = try now.serverTLS()
                return logger.info("the certificate of the webhook has changed")
            } catch {
                // Halfway through being replaced, or wrong: what was read before goes on.
                logger.warning("the certificate of the webhook can't be read", metadata: ["path": "\(paths.chain)"])
            }
        }
    }
}
