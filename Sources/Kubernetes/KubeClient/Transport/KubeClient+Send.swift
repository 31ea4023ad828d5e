import AsyncHTTPClient
import Concurrency
public import KubeModel
import Logging
import NIOCore
import NIOHTTP1

extension KubeClient {
    /// Sends one request, again where ``RetryPolicy`` allows it.
    ///
    /// A cancelled task closes the request at once.
    /// - Throws: ``KubeClientError`` when there was no complete answer within ``Options/timeout`` or it is larger than
    ///   ``Options/maximumBodyBytes``; `CancellationError`. It is then not known whether a write was done.
    public func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        let deadline = ContinuousClock.now + options.timeout
        do {
            return try await withDeadline(deadline, failure: timeout(of: request)) {
                try await self.sendWithRetries(request, as: identity, until: deadline)
            }
        } catch {
            throw KubeClientError.of(error, what: request.label)
        }
    }

    private func timeout(of request: KubeRequest) -> KubeClientError {
        KubeClientError(.timeout, message: "\(request.label): no complete answer within \(options.timeout)")
    }

    private func sendWithRetries(
        _ request: KubeRequest, as identity: Impersonation?, until deadline: ContinuousClock.Instant
    ) async throws -> KubeResponse {
        var attempt = 1
        while true {
            let result = try await outcome(request, as: identity)
            let decision = options.retry.decide(
                method: request.method, attempt: attempt, outcome: RetryPolicy.Outcome(result),
                remaining: ContinuousClock.now.duration(to: deadline))
            guard case .retry(let delay) = decision else { return try result.get() }
            logger.debug("request is sent again", metadata: ["after_ms": "\(delay.milliseconds)"])
            try await Concurrency.sleep(for: delay)
            attempt += 1
        }
    }

    /// One try, or two where the server refused a credential that there is another for by now.
    private func outcome(
        _ request: KubeRequest, as identity: Impersonation?
    ) async throws -> Result<KubeResponse, KubeClientError> {
        do {
            let credential = try await credentials.current()
            let response = try await exchange(request, as: identity, credential: credential)
            guard response.status == 401, let renewed = try await credentials.renewed(insteadOf: credential) else {
                return .success(response)
            }
            return .success(try await exchange(request, as: identity, credential: renewed))
        } catch let error as KubeClientError {
            return .failure(error)
        }
    }

    private func exchange(
        _ request: KubeRequest, as identity: Impersonation?, credential: PresentedCredential
    ) async throws -> KubeResponse {
        var built = try builder.build(request, as: identity, authorization: credential.authorization)
        built.tlsConfiguration = try tls.replacement(for: credential.certificate)
        built.headers.add(name: "Accept-Encoding", value: "gzip")
        return try await observed(request, headers: built.headers, status: \.status) { (headers) in
            built.headers = headers
            let head = try await unary.execute(built, deadline: .now() + .init(options.timeout))
            let response = credential.hidden(in: try await self.response(head, to: request))
            warnings.take(response.warnings, of: request)
            return response
        }
    }

    private func response(_ head: HTTPClientResponse, to request: KubeRequest) async throws -> KubeResponse {
        guard let limit = request.answerLimit, limit < options.maximumBodyBytes else {
            let body = try await head.body.collect(upTo: options.maximumBodyBytes)
            return KubeResponse(head, body: [UInt8](body.readableBytesView))
        }
        var bytes: [UInt8] = []
        // Whoever stops reading closes the stream.
        for try await chunk in head.body {
            bytes += chunk.readableBytesView
            if bytes.count > limit { break }
        }
        var response = KubeResponse(head, body: Array(bytes.prefix(limit)))
        response.isCut = bytes.count > limit
        response.headers = head.headers.map { KubeResponse.Header($0.name, value: $0.value) }
        return response
    }

    /// One try: keeps to the rate limit, and makes the log's line and the span.
    func observed<Answer>(
        _ request: KubeRequest, headers: HTTPHeaders, status: (Answer) -> Int,
        send: (HTTPHeaders) async throws -> Answer
    ) async throws -> Answer {
        try await pacer?.wait()
        let start = ContinuousClock.now
        do {
            let span = RequestSpan(request, endpoint: builder.endpoint, tracer: options.tracer)
            let answer = try await span.run(headers, status: status) { headers in
                // Here already: spans record the error that passes, and a library's may hold headers.
                do { return try await send(headers) } catch { throw failure(error, of: request) }
            }
            log(request, start: start, status: "\(status(answer))")
            return answer
        } catch {
            log(request, start: start, status: "\(error)")
            throw error
        }
    }

    private func failure(_ error: any Error, of request: KubeRequest) -> any Error {
        let failure = KubeClientError.of(error, what: request.label)
        guard let proxy, var error = failure as? KubeClientError, [.unreachable, .timeout].contains(error.code) else {
            return failure
        }
        error.message += ", through \(proxy)"
        return error
    }

    func log(_ request: KubeRequest, start: ContinuousClock.Instant, status: String) {
        logger.debug(
            "request",
            metadata: [
                "method": "\(request.method.rawValue)", "target": "\(request.target)", "status": "\(status)",
                "ms": "\(start.duration(to: .now).milliseconds)",
            ])
    }
}

extension KubeRequest {
    /// How errors name it.
    var label: String { "\(method.rawValue) \(path)" }
}

extension RetryPolicy.Outcome {
    init(_ result: Result<KubeResponse, KubeClientError>) {
        switch result {
        case .success(let response): self = .answer(status: response.status, retryAfter: response.retryAfter)
        case .failure(let error): self = .failure(error.code)
        }
    }
}

extension KubeResponse {
    init(_ head: HTTPClientResponse, body: [UInt8]) {
        self.init(
            status: Int(head.status.code), contentType: head.headers.first(name: "Content-Type"),
            warnings: head.headers["Warning"].flatMap(WarningHeader.texts),
            // Of the two forms of RFC 9110 this is the one that API servers send; a date is left to the back-off.
            retryAfter: head.headers.first(name: "Retry-After").flatMap { Int($0) }, body: body)
    }
}

extension TimeAmount {
    init(_ duration: Duration) { self = .nanoseconds(duration.nanoseconds) }
}
