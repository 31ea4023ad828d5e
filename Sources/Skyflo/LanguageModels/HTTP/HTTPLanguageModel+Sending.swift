import AsyncHTTPClient
import Concurrency
import HTTPTransport
import KubeModel
import Logging
import NIOCore
import NIOHTTP1

extension HTTPLanguageModel {
    /// Asks until there is a whole reply, or there is no point in asking again.
    func ask(
        _ request: ModelRequest, _ watchdog: Watchdog, _ tries: FailedTries,
        onDelta: @escaping @Sendable (ModelDelta) -> Void
    ) async throws -> ModelReply {
        var retries = RetryState(options.retries, loadingPatience: options.timeouts.firstToken)
        while true {
            do {
                let answer = try await send(request, watchdog)
                var reply = try await read(
                    answer, takenIDs: request.callIDs, watchdog: watchdog, tries, onDelta: onDelta)
                reply.failedUsage = tries.all
                return reply
            } catch let failure as LanguageModelError {
                try Task.checkCancellation()
                let error = redacted(failure)
                watchdog.pause(after: error.message)
                let delay = retries.delay(
                    after: error, elapsed: watchdog.elapsed, remaining: watchdog.remaining,
                    jitter: Double.random(in: 0...1))
                guard let delay else { throw retries.summary(error) }
                logger.info(
                    "asking the model again",
                    metadata: [
                        "model": "\(name)", "tries": "\(retries.tries)", "in": "\(delay)", "why": "\(error.code)",
                    ])
                onDelta(.waiting(ModelWait(for: delay, reason: error.message)))
                try await Concurrency.sleep(for: delay)
            }
        }
    }

    /// - Throws: ``LanguageModelError`` for anything but an answer with a 2xx status.
    private func send(_ message: ModelRequest, _ watchdog: Watchdog) async throws -> BufferedResponse {
        watchdog.begin()
        let answer = try await follow(try signedRequest(message))
        watchdog.sign(isToken: false)
        let (status, headers) = (Int(answer.head.status.code), answer.head.headers)
        if (200..<300).contains(status) {
            if let why = Self.unreadableEncoding(headers) { throw LanguageModelError(.badReply, message: why) }
            return answer
        }
        var error = api.error(
            ProviderErrorAnswer(status: status, headers: headers, body: try await errorBody(answer)))
        let now = options.now?()
        error.retryAfter = RetryHint.delay(headers, now: now) ?? error.retryAfter
        if error.retryAfter == nil, error.code == .rateLimited { error.retryAfter = RetryHint.reset(headers, now: now) }
        throw error
    }

    /// The answer behind redirects, which are followed to the same host only: a key goes nowhere else.
    private func follow(_ request: ProviderRequest) async throws -> BufferedResponse {
        var request = request
        for _ in 0...Redirect.limit {
            let answer: BufferedResponse
            do {
                answer = try await BufferedResponse(
                    to: HTTPClient.Request(
                        url: request.url, method: .POST, headers: request.headers,
                        body: .byteBuffer(ByteBuffer(bytes: request.body))),
                    from: httpClient, limit: options.replyLimit, on: loop, timeout: options.timeouts.reply)
            } catch {
                try Task.checkCancellation()
                throw connectionError(error)
            }
            guard let redirect = Redirect(answer.head) else { return answer }
            request.url = try redirect.target(
                from: request.url, isSigned: request.headers.contains(name: "x-amz-date"))
        }
        throw LanguageModelError(.rejected, message: "the endpoint \(endpoint.host) redirects in a circle")
    }

    /// Gzip and deflate are read, although they aren't asked for.
    private static func unreadableEncoding(_ headers: HTTPHeaders) -> String? {
        let encodings = headers[canonicalForm: "content-encoding"].map { $0.lowercased() }
        let unknown = encodings.first { !["identity", "gzip", "x-gzip", "deflate", ""].contains($0) }
        return unknown.map { "the endpoint compressed its answer with \($0.prefix(32)), which wasn't asked for" }
    }

    private func signedRequest(_ message: ModelRequest) throws(LanguageModelError) -> ProviderRequest {
        var request = try api.request(message, options: options)
        for (name, value) in options.headers { request.headers.replaceOrAdd(name: name, value: value.secret) }
        return request
    }

    /// As much of the body of an error as is needed to find its message.
    private func errorBody(_ answer: BufferedResponse) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await case .body(let part) in answer.body {
                bytes.append(contentsOf: part.readableBytesView)
                if bytes.count > 64 << 10 { break }
            }
        } catch {
            // The status alone says enough.
            try Task.checkCancellation()
        }
        return bytes
    }

    /// What went wrong before an answer began.
    private func connectionError(_ error: any Error) -> LanguageModelError {
        let host = endpoint.host + (proxy.map { ", through \($0)" } ?? "")
        let text = "no connection to the model endpoint \(host): \(TransportFault.explanation(error))"
        switch error {
        // Each took long already.
        case let error as HTTPClientError where Self.isTimeout(error):
            return LanguageModelError(.timeout, message: text)
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            return LanguageModelError(.unreachable, message: text)
        case is HTTPClientError:
            return LanguageModelError(
                .rejected, message: "the request can't be sent to \(host): \(TransportFault.explanation(error))")
        case is HTTPParserError:
            return LanguageModelError(.badReply, message: "the endpoint \(host) doesn't speak HTTP")
        default:
            // Sockets, name look-up and TLS each have their own error types.
            return LanguageModelError(.unreachable, message: text)
        }
    }

    private static func isTimeout(_ error: HTTPClientError) -> Bool {
        let timeouts: [HTTPClientError] = [
            .deadlineExceeded, .readTimeout, .writeTimeout, .connectTimeout, .tlsHandshakeTimeout,
            .getConnectionFromPoolTimeout, .httpProxyHandshakeTimeout, .socksHandshakeTimeout,
        ]
        return timeouts.contains(error)
    }
}
