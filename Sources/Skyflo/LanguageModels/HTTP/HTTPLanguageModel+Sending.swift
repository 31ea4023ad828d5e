import AsyncHTTPClient
import Concurrency
import HTTPTransport
import KubeModel
import Logging
import NIOCore
import NIOHTTP1

extension HTTPLanguageModel {
    private enum Attempt {
        case answered(BufferedResponse)
        case failed(ModelRetryPolicy.Failure, LanguageModelError)
    }

    /// Sends the request until it is answered with a success, or there is no point in sending it again.
    func answer(to request: ModelRequest, _ watchdog: Watchdog) async throws -> BufferedResponse {
        var retries = 0
        while true {
            switch try await attempt(request, watchdog: watchdog) {
            case .answered(let answer): return answer
            case .failed(let failure, let error):
                let jitter = Double.random(in: 0...1)
                // To wait past the end would report a timeout and hide what really went wrong.
                guard let delay = options.retries.delay(after: failure, retries: retries, jitter: jitter),
                    delay < watchdog.remaining
                else { throw redacted(error) }
                retries += 1
                logger.info(
                    "asking the model again",
                    metadata: ["model": "\(name)", "retry": "\(retries)", "in": "\(delay)", "why": "\(error.code)"])
                try await Concurrency.sleep(for: delay)
            }
        }
    }

    private func attempt(_ message: ModelRequest, watchdog: Watchdog) async throws -> Attempt {
        let answer: BufferedResponse
        do {
            let request = try httpRequest(message)
            answer = try await BufferedResponse(
                to: request, from: httpClient, limit: options.replyLimit, on: loop, timeout: options.timeouts.firstToken
            )
        } catch {
            try Task.checkCancellation()
            if let error = error as? LanguageModelError { throw redacted(error) }
            let failure = connectionError(error)
            if failure.code == .unreachable { return .failed(.connection, failure) }
            throw redacted(failure)
        }
        if answer.head.status == .ok { return .answered(answer) }
        watchdog.sign()
        let body = try await errorBody(answer)
        let headers = answer.head.headers
        let after = ModelRetryPolicy.seconds(
            retryAfter: headers.first(name: "retry-after"), date: headers.first(name: "date"))
        let status = Int(answer.head.status.code)
        let error = api.error(ProviderErrorAnswer(status: status, headers: headers, body: body))
        return .failed(.status(status, retryAfter: after), error)
    }

    private func httpRequest(_ message: ModelRequest) throws -> HTTPClient.Request {
        var request = try api.request(message, options: options)
        for (name, value) in options.headers { request.headers.replaceOrAdd(name: name, value: value.secret) }
        return try HTTPClient.Request(
            url: request.url, method: .POST, headers: request.headers,
            body: .byteBuffer(ByteBuffer(bytes: request.body)))
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
        let why = TransportFault.explanation(error)
        switch error {
        case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout:
            return LanguageModelError(
                .timeout, message: "the model endpoint \(host) didn't answer within \(options.timeouts.firstToken)")
        case let error as HTTPClientError where Self.isLostConnection(error):
            return LanguageModelError(.unreachable, message: "no connection to the model endpoint \(host): \(why)")
        case is HTTPClientError:
            return LanguageModelError(.rejected, message: "the request can't be sent to \(host): \(why)")
        case is HTTPParserError:
            return LanguageModelError(.badReply, message: "the endpoint \(host) doesn't speak HTTP")
        default:
            // Sockets, name look-up and TLS each have their own error types.
            return LanguageModelError(.unreachable, message: "no connection to the model endpoint \(host): \(why)")
        }
    }

    private static func isLostConnection(_ error: HTTPClientError) -> Bool {
        let lost: [HTTPClientError] = [
            .remoteConnectionClosed, .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout,
            .httpProxyHandshakeTimeout, .socksHandshakeTimeout, .writeTimeout,
        ]
        return lost.contains(error)
    }
}
