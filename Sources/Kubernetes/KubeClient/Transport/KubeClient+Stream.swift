import AsyncHTTPClient
import Concurrency
public import KubeModel
import Logging
import NIOCore
import NIOHTTP1

extension KubeClient {
    /// Sends one request, once, and hands out the body as it arrives, for as long as the server keeps it open.
    ///
    /// There is no idle timeout: whoever watches knows how often to expect something (bookmarks, `timeoutSeconds`) and
    /// cancels. Streams are never repeated: whoever watches also knows from where to go on.
    public func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?,
        body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        let (response, credential) = try await open(request, as: identity)
        guard (200..<300).contains(Int(response.status.code)) else {
            throw try await refusal(response, request: request, credential: credential)
        }
        var chunks = response.body.makeAsyncIterator()
        var stream = KubeByteStream {
            do {
                if let chunk = try await chunks.next(isolation: #isolation) { return [UInt8](chunk.readableBytesView) }
                // A cancelled body may just end; the consumer must not take that for the server's end.
                try Task.checkCancellation()
                return nil
            } catch {
                throw KubeClientError.of(error, what: request.label)
            }
        }
        return try await body(&stream)
    }

    private func open(
        _ request: KubeRequest, as identity: Impersonation?
    ) async throws -> (HTTPClientResponse, PresentedCredential) {
        let credential = try await credentials.current()
        let response = try await head(request, as: identity, credential: credential)
        guard response.status == .unauthorized, let renewed = try await credentials.renewed(insteadOf: credential)
        else { return (response, credential) }
        return (try await head(request, as: identity, credential: renewed), renewed)
    }

    private func head(
        _ request: KubeRequest, as identity: Impersonation?, credential: PresentedCredential
    ) async throws -> HTTPClientResponse {
        var built = try builder.build(request, as: identity, authorization: credential.authorization)
        built.tlsConfiguration = try tls.replacement(for: credential.certificate)
        return try await observed(request, headers: built.headers, status: { Int($0.status.code) }) { headers in
            built.headers = headers
            let response = try await streams.execute(built, deadline: headDeadline(request))
            let texts = response.headers["Warning"].flatMap(WarningHeader.texts).map { credential.hidden(in: $0) }
            warnings.take(texts, of: request)
            return response
        }
    }

    /// A kubelet answers a followed log with its first line, which may take any time. All else answers at once.
    private func headDeadline(_ request: KubeRequest) -> NIODeadline {
        request[query: "follow"] == "true" ? .now() + .hours(24) : .now() + .init(options.timeout)
    }

    private func refusal(
        _ response: HTTPClientResponse, request: KubeRequest, credential: PresentedCredential
    ) async throws -> APIStatus {
        let late = KubeClientError(.timeout, message: "\(request.label): no complete answer within \(options.timeout)")
        do {
            return try await withDeadline(ContinuousClock.now + options.timeout, failure: late) {
                let body = try await response.body.collect(upTo: 1 << 20)
                return credential.hidden(in: KubeResponse(response, body: [UInt8](body.readableBytesView))).failure
            }
        } catch {
            throw KubeClientError.of(error, what: request.label)
        }
    }
}
