import AsyncHTTPClient
import Concurrency
import HTTPTransport
import KubeModel
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// Sends requests to the origin of an integration, with its credential, and nowhere else.
package struct HTTPIntegrationTransport: IntegrationTransport {
    let origin: IntegrationOrigin
    let credential: IntegrationCredential?
    /// Of each request, such as the one that names a tenant.
    let headers: [IntegrationRequest.Field]
    private let certificates: String?
    /// Where a request that may leave the origin may be sent on to, without the credential.
    private let otherHosts: HostPatterns
    private let hostList: String
    private let proxies: ProxyEnvironment
    let client: HTTPClient
    let tls: TLSConfiguration?
    let timeout: Duration
    let loop: any EventLoop

    /// - Parameters:
    ///   - headers: of each request besides the usual ones.
    ///   - certificates: of authorities that the server's certificate may be signed by, in PEM; nil for those of the system.
    ///   - otherHosts: as ``HostPatterns`` has them: where a request with ``IntegrationRequest/mayLeaveOrigin`` may be sent on
    ///     to.
    ///   - hostList: the field of the settings that has them, for messages.
    ///   - timeout: from a request to the end of its answer.
    ///   - client: instead of those that all integrations share. It is not shut down here.
    /// - Throws: ``IntegrationError`` where the headers, the certificates or the proxy of the environment can't be used.
    package init(
        _ origin: IntegrationOrigin, credential: IntegrationCredential?, headers: [IntegrationRequest.Field] = [],
        certificates: String? = nil, otherHosts: [String] = [], hostList: String = "logHosts",
        timeout: Duration = .seconds(15),
        proxies: ProxyEnvironment = ProxyEnvironment(), client: HTTPClient? = nil
    ) throws(IntegrationError) {
        self.origin = origin
        self.credential = credential
        self.headers = headers
        self.certificates = certificates
        self.otherHosts = HostPatterns(otherHosts)
        self.hostList = hostList
        self.proxies = proxies
        self.timeout = timeout
        guard headers.allSatisfy({ CredentialText.fitsHeader($0.value) }) else {
            throw IntegrationError(.configuration, message: "the integration's tenant can't be sent in a header")
        }
        tls = try certificates.map { (pem) throws(IntegrationError) in try Self.tls(trusting: pem) }
        if let client {
            self.client = client
        } else {
            let proxy: ProxyServer?
            do {
                proxy = try proxies.proxy(isSecure: origin.isSecure, host: origin.host, port: origin.port)
            } catch {
                throw IntegrationError(.configuration, message: "\(error)")
            }
            self.client = IntegrationHTTPClients.client(through: proxy)
        }
        loop = client == nil ? IntegrationHTTPClients.loop : self.client.eventLoopGroup.any()
    }

    private static func tls(trusting pem: String) throws(IntegrationError) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(Array(pem.utf8)), !certificates.isEmpty else {
            throw IntegrationError(
                .configuration, message: "the integration's certificate authority is no PEM certificate")
        }
        tls.trustRoots = .certificates(certificates)
        return tls
    }

    package func send(_ request: IntegrationRequest) async throws -> IntegrationResponse {
        do {
            return try await withDeadline(.now + timeout, failure: HTTPClientError.deadlineExceeded) {
                try await answer(to: request)
            }
        } catch let error as IntegrationError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw Self.failure(error)
        }
    }

    // MARK: Redirects

    private static let mostRedirects = 3

    /// Jenkins and GitHub redirect within themselves. What would lead elsewhere is an error: no credential leaves the origin.
    private func answer(to first: IntegrationRequest) async throws -> IntegrationResponse {
        var request = first
        for _ in 0...Self.mostRedirects {
            let response = try await exchange(request)
            guard (301...308).contains(response.status), response.status != 304 else { return response }
            guard let location = response.header("location") else {
                throw IntegrationError(.malformed, message: "the answer is a redirect that doesn't say where to")
            }
            // What was posted was taken; the page behind it is for people. Where it leads to says more.
            if request.method == .post { return response }
            guard let target = origin.target(ofRedirect: location) else {
                guard first.mayLeaveOrigin else { throw Self.awry }
                return try await answer(elsewhere: location, to: first)
            }
            if Self.isLogin(target) { throw Self.unauthorized }
            request = first.following(to: target)
            request.extraHeaders = first.extraHeaders
        }
        throw IntegrationError(.malformed, message: "the answer is a redirect again and again")
    }

    private static let awry = IntegrationError(
        .malformed, message: "the answer is a redirect to another address, which is not followed")

    /// GitHub keeps logs on other hosts, at addresses that count for a minute. The admin names these hosts; they get no
    /// credential, and lead nowhere else.
    private func answer(
        elsewhere location: String, to first: IntegrationRequest
    ) async throws -> IntegrationResponse {
        guard let place = IntegrationOrigin.place(ofRedirect: location), place.origin.isSecure || !origin.isSecure
        else { throw Self.awry }
        let host = place.origin.hostAndPort
        guard otherHosts.allow(host) else {
            let shown = IntegrationResponse.hide(secrets(of: first), in: Array(host.utf8))
            let name = String(decoding: shown, as: UTF8.self).excerpt
            throw IntegrationError(
                .configuration, message: "it keeps this on the host \(name), which \(hostList) doesn't name")
        }
        let request = first.following(to: place.target)
        let transport = try HTTPIntegrationTransport(
            place.origin, credential: nil, certificates: certificates, timeout: timeout, proxies: proxies)
        let response = try await transport.exchange(request)
        guard !(300..<400).contains(response.status) else { throw Self.awry }
        return response.hiding(secrets(of: first), isVerbatim: first.isVerbatim)
    }

    /// What no answer to a request may show.
    private func secrets(of request: IntegrationRequest) -> [[UInt8]] {
        (credential?.texts ?? []) + request.secretTexts
    }

    private static func isLogin(_ target: String) -> Bool {
        let path = target.prefix { $0 != "?" }
        return ["/login", "/securityRealm/", "/users/sign_in"].contains(where: path.hasPrefix)
    }

    private static let unauthorized = IntegrationError(
        .unauthorized, message: "the system asks to log in: it does not accept the integration's user and token")

    // MARK: One exchange

    private func exchange(_ request: IntegrationRequest) async throws -> IntegrationResponse {
        var headers: HTTPHeaders = ["accept": "application/json, text/plain, */*", "user-agent": "skyflo"]
        if let credential { headers.add(name: "authorization", value: credential.authorization) }
        for header in self.headers + request.extraHeaders {
            headers.replaceOrAdd(name: header.name, value: header.value)
        }
        var body: HTTPClient.Body?
        if request.method == .post {
            headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
            body = .string(request.body)
        }
        let outgoing = try HTTPClient.Request(
            url: origin.url(of: request.target), method: request.method == .post ? .POST : .GET, headers: headers,
            body: body, tlsConfiguration: tls)
        let (parts, part) = LimitedBody.Parts.makeStream()
        let task = client.execute(
            request: outgoing, delegate: LimitedBody(part, limit: request.limit), eventLoop: .delegate(on: loop))
        part.onTermination = { _ in task.cancel() }
        return try await Self.response(parts, to: request)
            .hiding(secrets(of: request), isVerbatim: request.isVerbatim)
    }

    private static func response(
        _ parts: LimitedBody.Parts, to request: IntegrationRequest
    ) async throws -> IntegrationResponse {
        var response: IntegrationResponse?
        for try await part in parts {
            switch part {
            case .head(let head):
                response = IntegrationResponse(
                    status: Int(head.status.code), headers: head.headers.map { ($0.name, $0.value) })
                if request.limit == 0 {
                    response?.isCut = true
                    return response ?? IntegrationResponse(status: 0)
                }
            case .body(let buffer):
                response?.body += buffer.readableBytesView
                guard let count = response?.body.count, count > request.limit else { continue }
                guard request.isCutAtLimit else {
                    throw IntegrationError(
                        .tooLarge, message: "the answer is larger than \(request.limit) bytes, and was not read")
                }
                response?.body.removeLast(count - request.limit)
                response?.isCut = true
                return response ?? IntegrationResponse(status: 0)
            }
        }
        try Task.checkCancellation()
        guard let response else { throw HTTPClientError.remoteConnectionClosed }
        return response
    }

    static func failure(_ error: any Error) -> IntegrationError {
        let why = TransportFault.explanation(error)
        return isBeforeSending(error)
            ? IntegrationError(.unreachable, message: "the system can't be reached: \(why)")
            : IntegrationError(.noAnswer, message: "the system gave no complete answer: \(why)")
    }

    private static func isBeforeSending(_ error: any Error) -> Bool {
        switch error {
        case is NIOConnectionError, is NIOSSLError, is NIOSSLExtraError: return true
        case let error as HTTPClientError:
            return [
                .connectTimeout, .tlsHandshakeTimeout, .httpProxyHandshakeTimeout, .socksHandshakeTimeout,
                .getConnectionFromPoolTimeout, .invalidURL, .emptyHost, .emptyScheme, .invalidProxyResponse,
                .proxyAuthenticationRequired,
            ].contains(error) || TransportFault.isHeaderRefusal(error)
        case ChannelError.connectTimeout: return true
        // Nothing but making a connection ends so.
        case let error as IOError: return [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH].contains(error.errnoCode)
        default: return false
        }
    }
}

/// The clients that integrations share, one for each way out. They live as long as the process; the environment names two
/// proxies at most. What certificates are trusted is said with each request.
private enum IntegrationHTTPClients {
    /// The same one for all, so that requests share connections.
    static let loop: any EventLoop = HTTPClient.defaultEventLoopGroup.any()
    private static let clients = Mutex<[ProxyServer?: HTTPClient]>([:])

    static func client(through proxy: ProxyServer?) -> HTTPClient {
        clients.withLock { clients in
            if let client = clients[proxy] { return client }
            var configuration = HTTPClient.Configuration.singletonConfiguration
            configuration.proxy = proxy?.configuration
            configuration.redirectConfiguration = .disallow
            configuration.timeout.connect = .seconds(5)
            configuration.connectionPool.retryConnectionEstablishment = false
            configuration.tracing.tracer = nil
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            clients[proxy] = client
            return client
        }
    }
}

extension IntegrationResponse {
    /// A server that repeats the credential it was sent, on a page about headers, tells nobody.
    ///
    /// - Parameter isVerbatim: what was asked for, and where it is, stays as it was sent. An answer that says why there is
    ///   nothing is read by people and models.
    func hiding(_ secrets: [[UInt8]], isVerbatim: Bool) -> IntegrationResponse {
        let isRedirect = (301...308).contains(status) && status != 304
        guard !isVerbatim || !(isSuccess || isRedirect) else { return self }
        var response = self
        response.body = Self.hide(secrets, in: body)
        response.headers = headers.map { name, value in
            (name, String(decoding: Self.hide(secrets, in: Array(value.utf8)), as: UTF8.self))
        }
        return response
    }

    static func hide(_ secrets: [[UInt8]], in bytes: [UInt8]) -> [UInt8] {
        secrets.reduce(bytes) { replace($1, in: $0) }
    }

    static func replace(_ secret: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        guard let first = secret.first, bytes.count >= secret.count else { return bytes }
        var result: [UInt8] = []
        var copied = 0
        var at = 0
        while at + secret.count <= bytes.count {
            if bytes[at] == first, bytes[at..<at + secret.count].elementsEqual(secret) {
                result += bytes[copied..<at]
                result += "[redacted]".utf8
                at += secret.count
                copied = at
            } else {
                at += 1
            }
        }
        return copied == 0 ? bytes : result + bytes[copied...]
    }
}
