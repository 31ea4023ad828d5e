import AsyncHTTPClient
import Deadlines
import KubeModel
import Logging
import NIOCore
import NIOHTTP1

extension OpenAIModel {
    private enum Attempt {
        case answered(HTTPClientResponse)
        case failed(RetryPolicy.Failure, LanguageModelError)
    }

    /// Sends the request until it is answered with a success, or there is no point in sending it again.
    func answer(to request: ModelRequest, _ watchdog: Watchdog) async throws -> HTTPClientResponse {
        let httpRequest = httpRequest(request)
        var retries = 0
        while true {
            switch try await attempt(httpRequest, watchdog) {
            case .answered(let response): return response
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
                try await Deadlines.sleep(for: delay)
            }
        }
    }

    private func httpRequest(_ request: ModelRequest) -> HTTPClientRequest {
        let body = ChatRequest(
            model: name, request: request, temperature: options.temperature, reasoningEffort: options.reasoningEffort,
            tokenLimitField: endpoint.tokenLimitField)
        var result = HTTPClientRequest(url: endpoint.url)
        result.method = .POST
        result.headers.add(name: "content-type", value: "application/json")
        result.headers.add(name: "accept", value: "text/event-stream, application/json")
        result.headers.add(name: "user-agent", value: "skyflo")
        if let apiKey { result.headers.add(name: "authorization", value: "Bearer \(apiKey.secret)") }
        for (name, value) in options.headers { result.headers.replaceOrAdd(name: name, value: value.secret) }
        result.body = .bytes(ByteBuffer(bytes: JSONWriter.bytes(body.json)))
        return result
    }

    private func attempt(_ request: HTTPClientRequest, _ watchdog: Watchdog) async throws -> Attempt {
        let response: HTTPClientResponse
        do {
            let deadline = NIODeadline.now() + TimeAmount(options.requestTimeout)
            response = try await httpClient.execute(request, deadline: deadline, logger: logger)
        } catch {
            try Task.checkCancellation()
            let failure = connectionError(error)
            if failure.code == .unreachable { return .failed(.connection, failure) }
            throw redacted(failure)
        }
        if response.status == .ok { return .answered(response) }
        watchdog.sign()
        let body = try await errorBody(response)
        let after = RetryPolicy.seconds(
            retryAfter: response.headers.first(name: "retry-after"), date: response.headers.first(name: "date"))
        let status = Int(response.status.code)
        return .failed(.status(status, retryAfter: after), ProviderError(body: body).asStatusError(status))
    }

    /// As much of the body of an error as is needed to find its message.
    private func errorBody(_ response: HTTPClientResponse) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await part in response.body {
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
        let host = endpoint.host
        switch error {
        case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout:
            return LanguageModelError(
                .timeout, "the model endpoint \(host) didn't answer within \(options.requestTimeout)")
        case let error as HTTPClientError where Self.isLostConnection(error):
            return LanguageModelError(.unreachable, "no connection to the model endpoint \(host)", cause: error)
        case let error as HTTPClientError:
            // Not as a cause: its description may quote header values.
            return LanguageModelError(.rejected, "the request can't be sent to \(host): \(error.shortDescription)")
        case is HTTPParserError:
            return LanguageModelError(.badReply, "the endpoint \(host) doesn't speak HTTP", cause: error)
        default:
            // Sockets, name look-up and TLS each have their own error types.
            return LanguageModelError(.unreachable, "no connection to the model endpoint \(host)", cause: error)
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
