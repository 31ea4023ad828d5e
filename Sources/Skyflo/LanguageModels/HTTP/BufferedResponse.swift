import AsyncHTTPClient
import Concurrency
import HTTPTransport
import NIOCore
import NIOHTTP1

/// An answer that is taken off its connection as fast as it comes, into a buffer with a limit.
///
/// AsyncHTTPClient's own `HTTPClientResponse` reads on demand. What it has read and nobody has asked for yet is lost when
/// the connection fails, and servers that reset it right behind the end of a reply would lose us that end.
struct BufferedResponse: Sendable {
    typealias Part = LimitedBody.Part
    typealias Parts = LimitedBody.Parts

    let head: HTTPResponseHead
    /// Ends with what ended the connection. Dropping it, or cancelling the task that waits for it, ends the request.
    let body: Parts

    /// - Parameters:
    ///   - limit: of the body, in bytes. Nothing is read beyond the part that passes it.
    ///   - loop: of the buffer, and of connections that are made for it. To be the same for all requests: between the loops
    ///     of a connection and a buffer, demand would come late. (AsyncHTTPClient could enforce that, and would then use no
    ///     connection twice.)
    ///   - timeout: for the head.
    /// - Throws: `HTTPClientError.deadlineExceeded` when the time is over; what AsyncHTTPClient throws.
    init(
        to request: HTTPClient.Request, from client: HTTPClient, limit: Int, on loop: any EventLoop,
        timeout: Duration
    ) async throws {
        let (parts, part) = Parts.makeStream()
        // Without our logger: the library is free to log addresses and headers.
        let task = client.execute(
            request: request, delegate: LimitedBody(part, limit: limit), eventLoop: .delegate(on: loop))
        part.onTermination = { _ in task.cancel() }
        head = try await Self.head(of: parts, within: timeout)
        body = parts
    }

    private static func head(of parts: Parts, within timeout: Duration) async throws -> HTTPResponseHead {
        try await withDeadline(.now + timeout, failure: HTTPClientError.deadlineExceeded) {
            for try await case .head(let head) in parts { return head }
            try Task.checkCancellation()
            throw HTTPClientError.remoteConnectionClosed
        }
    }
}
