import AsyncHTTPClient
import Concurrency
import NIOCore
import NIOHTTP1
import Synchronization

/// An answer that is taken off its connection as fast as it comes, into a buffer with a limit.
///
/// AsyncHTTPClient's own `HTTPClientResponse` reads on demand. What it has read and nobody has asked for yet is lost when
/// the connection fails, and servers that reset it right behind the end of a reply would lose us that end.
struct BufferedResponse: Sendable {
    enum Part: Sendable {
        case head(HTTPResponseHead)
        case body(ByteBuffer)
    }

    typealias Parts = AsyncThrowingStream<Part, any Error>

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
            request: request, delegate: Buffer(part, limit: limit), eventLoop: .delegate(on: loop))
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

    private final class Buffer: HTTPClientResponseDelegate {
        typealias Response = Void

        private let part: Parts.Continuation
        private let limit: Int
        private let received = Mutex(0)

        init(_ part: Parts.Continuation, limit: Int) {
            self.part = part
            self.limit = limit
        }

        func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
            part.yield(.head(head))
            return task.eventLoop.makeSucceededVoidFuture()
        }

        func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
            part.yield(.body(buffer))
            let total = received.withLock { total in
                total += buffer.readableBytes
                return total
            }
            return total <= limit
                ? task.eventLoop.makeSucceededVoidFuture()
                : task.eventLoop.makeFailedFuture(NIOTooManyBytesError(maxBytes: limit))
        }

        func didReceiveError(task: HTTPClient.Task<Void>, _ error: any Error) { part.finish(throwing: error) }

        func didFinishRequest(task: HTTPClient.Task<Void>) { part.finish() }
    }
}
