import AsyncHTTPClient
import Concurrency
import HTTPTransport
import KubeModel
import NIOCore
import NIOHTTP1
import SystemPackage

/// Gets credentials that end by themselves, and keeps them until shortly before.
///
/// However many ask at once, one request is sent for a grant. Where a new credential can't be had, the old one is used to its
/// end. Token files are read for each request. Nothing of it is logged.
package actor TokenService {
    typealias Sender = @Sendable (TokenRequest, ModelRoute) async throws -> (status: Int, body: [UInt8])

    private let now: @Sendable () -> KubeTime
    private let send: Sender
    private let retries: ModelRetryPolicy
    private var tokens: [IdentityGrant: GrantedToken] = [:]
    /// Those who wait for the request of another, by grant.
    private var waiting: [IdentityGrant: [CheckedContinuation<Result<GrantedToken, any Error>, Never>]] = [:]

    /// How many are kept. Whoever writes SkyfloAIs could otherwise have any number of them.
    private static let limit = 1024

    /// - Parameter now: the wall clock.
    package init(now: @escaping @Sendable () -> KubeTime) {
        self.init(now: now, retries: ModelRetryPolicy(maxRetries: 2, maxConnectionRetries: 2), send: Self.sendOverHTTP)
    }

    init(
        now: @escaping @Sendable () -> KubeTime, retries: ModelRetryPolicy, send: @escaping Sender
    ) {
        (self.now, self.retries, self.send) = (now, retries, send)
    }

    /// - Parameters:
    ///   - route: how the token service is reached.
    ///   - refused: one that the provider doesn't take any more, and that shall not be returned again.
    /// - Throws: ``LanguageModelError``: `unauthorized` where the token service refuses.
    func credential(
        for grant: IdentityGrant, by route: ModelRoute, refused: GrantedCredential? = nil
    ) async throws -> GrantedCredential {
        while true {
            let known = tokens[grant].flatMap { $0.isOver(at: now()) || $0.credential == refused ? nil : $0 }
            if let known, !known.isDue(at: now()) { return known.credential }
            if waiting[grant] != nil {
                // One that is good for some minutes more needs no waiting.
                if let known { return known.credential }
                let result = await withCheckedContinuation { waiting[grant, default: []].append($0) }
                try Task.checkCancellation()
                if case .failure(let error) = result, error is CancellationError { continue }
                return try result.get().credential
            }
            return try await renew(grant, by: route, instead: known)
        }
    }

    private func renew(
        _ grant: IdentityGrant, by route: ModelRoute, instead known: GrantedToken?
    ) async throws -> GrantedCredential {
        waiting[grant] = []
        let result: Result<GrantedToken, any Error>
        do {
            let token = try await request(grant, by: route)
            tokens = tokens.filter { !$0.value.isOver(at: now()) }
            if tokens.count < Self.limit { tokens[grant] = token }
            result = .success(token)
        } catch {
            result = .failure(error)
        }
        for continuation in waiting.removeValue(forKey: grant) ?? [] { continuation.resume(returning: result) }
        if case .failure(let error) = result, let known, !(error is CancellationError) { return known.credential }
        return try result.get().credential
    }

    private func request(_ grant: IdentityGrant, by route: ModelRoute) async throws -> GrantedToken {
        var state = RetryState(retries, loadingPatience: .zero)
        let start = ContinuousClock.now
        while true {
            do {
                return try await attempt(grant, by: route)
            } catch let error as LanguageModelError {
                let elapsed = start.duration(to: .now)
                let delay = state.delay(
                    after: error, elapsed: elapsed, remaining: .seconds(60) - elapsed, jitter: .random(in: 0...1))
                guard let delay else { throw state.summary(error) }
                try await Concurrency.sleep(for: delay)
            }
        }
    }

    private func attempt(_ grant: IdentityGrant, by route: ModelRoute) async throws -> GrantedToken {
        let subject = try grant.tokenFile.map(TokenFile.read)
        let request = try grant.request(subject: subject, at: now())
        let host = ModelEndpoint(base: request.url)?.host ?? ""
        do {
            let (status, body) = try await send(request, route)
            guard (200..<300).contains(status) else { throw grant.refusal(status: status, body: body, host: host) }
            return try grant.token(in: body, at: now())
        } catch let error as LanguageModelError {
            throw Self.redacted(error, hiding: grant.secrets + [subject].compactMap { $0 }, host: host)
        }
    }

    private static func redacted(
        _ error: LanguageModelError, hiding secrets: [Credential], host: String
    ) -> LanguageModelError {
        var error = error
        for secret in secrets.map(\.secret) where secret.count >= 8 {
            error.message = error.message.replacing(secret, with: "[redacted]")
        }
        if !error.message.contains(host) { error.message = "the token service \(host): \(error.message)" }
        error.message = ProviderError.bounded(error.message)
        return error
    }
}

extension TokenService {
    private static let answerLimit = 1 << 20

    private static func sendOverHTTP(
        _ request: TokenRequest, by route: ModelRoute
    ) async throws -> (status: Int, body: [UInt8]) {
        guard let endpoint = ModelEndpoint(base: request.url) else {
            throw LanguageModelError(.rejected, message: "the token service's address is not an http or https address")
        }
        // Certificate authorities of a model are for the model.
        let client = try SharedHTTPClients.client(through: try route.proxy(for: endpoint), trusting: nil)
        do {
            let answer = try await BufferedResponse(
                to: HTTPClient.Request(
                    url: request.url, method: HTTPMethod(rawValue: request.method),
                    headers: HTTPHeaders(request.headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }),
                    body: request.body.isEmpty ? nil : .byteBuffer(ByteBuffer(bytes: request.body))),
                from: client, limit: answerLimit, on: client.eventLoopGroup.any(), timeout: .seconds(15))
            let body = try await withDeadline(.now + .seconds(15), failure: HTTPClientError.deadlineExceeded) {
                var body: [UInt8] = []
                for try await case .body(let part) in answer.body { body.append(contentsOf: part.readableBytesView) }
                return body
            }
            return (Int(answer.head.status.code), body)
        } catch {
            try Task.checkCancellation()
            throw LanguageModelError(
                .unreachable,
                message: "no answer of the token service \(endpoint.host): \(TransportFault.explanation(error))")
        }
    }
}

/// A token that Kubernetes projects into a pod, and replaces before it ends.
enum TokenFile {
    private static let limit = 64 << 10

    static func read(_ path: String) throws(LanguageModelError) -> Credential {
        let bytes: [UInt8]
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly)
            bytes = try file.closeAfter {
                try Array(unsafeUninitializedCapacity: limit) { buffer, count in
                    while count < limit {
                        let read = try file.read(
                            into: UnsafeMutableRawBufferPointer(
                                rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]))
                        if read == 0 { break }
                        count += read
                    }
                }
            }
        } catch {
            throw LanguageModelError(.rejected, message: "the token file \(path) of the operator can't be read")
        }
        let credential = Credential(String(decoding: bytes, as: UTF8.self))
        guard !credential.secret.isEmpty, credential.fitsHeader else {
            throw LanguageModelError(.rejected, message: "the token file \(path) of the operator has no token in it")
        }
        return credential
    }
}
