package import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Hands the parts of an answer on as they come. Whoever has read enough drops the stream, which ends the request.
package final class LimitedBody: HTTPClientResponseDelegate {
    package enum Part: Sendable {
        case head(HTTPResponseHead)
        case body(ByteBuffer)
    }

    package typealias Parts = AsyncThrowingStream<Part, any Error>
    package typealias Response = Void

    private let part: Parts.Continuation
    private let limit: Int
    private let received = Mutex(0)

    /// - Parameter limit: of the body, in bytes. Nothing is read beyond the part that passes it.
    package init(_ part: Parts.Continuation, limit: Int) {
        self.part = part
        self.limit = limit
    }

    package func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        part.yield(.head(head))
        return task.eventLoop.makeSucceededVoidFuture()
    }

    package func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        part.yield(.body(buffer))
        let total = received.withLock { total in
            total += buffer.readableBytes
            return total
        }
        return total <= limit
            ? task.eventLoop.makeSucceededVoidFuture()
            : task.eventLoop.makeFailedFuture(NIOTooManyBytesError(maxBytes: limit))
    }

    package func didReceiveError(task: HTTPClient.Task<Void>, _ error: any Error) { part.finish(throwing: error) }

    package func didFinishRequest(task: HTTPClient.Task<Void>) { part.finish() }
}
