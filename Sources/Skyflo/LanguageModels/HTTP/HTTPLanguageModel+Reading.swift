import AsyncHTTPClient
import Concurrency
import HTTPTransport
import NIOCore

extension HTTPLanguageModel {
    /// Reads an answer with a 2xx status to its end.
    func read(
        _ answer: BufferedResponse, takenIDs: Set<String>, watchdog: Watchdog, _ tries: FailedTries,
        onDelta: @Sendable (ModelDelta) -> Void
    ) async throws -> ModelReply {
        var decoder = api.decoder(limit: options.replyLimit)
        var received = 0
        do {
            return try await read(
                answer, takenIDs: takenIDs, watchdog: watchdog, into: &decoder, received: &received, onDelta: onDelta)
        } catch {
            tries.add(decoder, received: received)
            throw error
        }
    }

    private func read(
        _ answer: BufferedResponse, takenIDs: Set<String>, watchdog: Watchdog,
        into decoder: inout any ReplyStreamDecoder, received: inout Int, onDelta: @Sendable (ModelDelta) -> Void
    ) async throws -> ModelReply {
        var times = ChunkTimes()
        var filter = ThinkingFilter()
        do {
            var lastCall: ContinuousClock.Instant?
            while let next = try await Self.next(of: answer.body, until: lastCall) {
                guard case .body(let part) = next else { continue }
                let deltas = try decoder.push(Array(part.readableBytesView))
                watchdog.sign(isToken: !deltas.isEmpty)
                if !deltas.isEmpty { times.add(watchdog.elapsed) }
                received += deltas.reduce(0) { $0 + $1.size }
                for delta in deltas { filter.add(delta).forEach(onDelta) }
                if decoder.sawEnd { break }
                // Only the usage can still come, and comes at once. Some servers then neither say so nor close the connection;
                // others give a reason to end with every piece.
                if decoder.isComplete, lastCall == nil || !deltas.isEmpty { lastCall = .now + .seconds(5) }
            }
        } catch let error as LanguageModelError {
            throw error
        } catch {
            try Task.checkCancellation()
            // Only the usage can be missing; the reply itself is whole.
            guard decoder.isComplete else { throw broken(error) }
        }
        let reply = try finish(&decoder, takenIDs: takenIDs, times: times) { filter.add($0).forEach(onDelta) }
        filter.finish().forEach(onDelta)
        return reply
    }

    /// - Throws: `deadlineExceeded` where there is a deadline, and it is over.
    private static func next(
        of body: BufferedResponse.Parts, until deadline: ContinuousClock.Instant?
    ) async throws -> BufferedResponse.Part? {
        guard let deadline else {
            var parts = body.makeAsyncIterator()
            return try await parts.next()
        }
        return try await withDeadline(deadline, failure: HTTPClientError.deadlineExceeded) {
            var parts = body.makeAsyncIterator()
            return try await parts.next()
        }
    }

    private func finish(
        _ decoder: inout any ReplyStreamDecoder, takenIDs: Set<String>, times: ChunkTimes,
        onDelta: (ModelDelta) -> Void
    ) throws -> ModelReply {
        let decoded = try decoder.finish()
        decoded.deltas.forEach(onDelta)
        var reply = try decoded.reply.withIDs(avoiding: takenIDs, form: api.callIDs)
        reply.timeToFirstToken = times.first
        reply.timesPerChunk = times.between
        reply.providerData = ProviderData(author: api.author, content: decoded.attached)
        return reply
    }

    /// When the pieces of a reply came, in seconds.
    struct ChunkTimes {
        /// Since the request.
        var first: Double?
        /// From one piece to the next.
        var between: [Double] = []
        private var last = Duration.zero

        mutating func add(_ elapsed: Duration) {
            if first == nil { first = elapsed / .seconds(1) } else { between.append((elapsed - last) / .seconds(1)) }
            last = elapsed
        }
    }

    private func broken(_ error: any Error) -> LanguageModelError {
        LanguageModelError(
            .incomplete,
            message: "the connection was lost in the middle of the model's reply: \(TransportFault.explanation(error))")
    }
}
