import AsyncHTTPClient
import Concurrency
import HTTPTransport
import NIOCore

extension HTTPLanguageModel {
    /// Reads an answer with status 200 to its end.
    func read(
        _ answer: BufferedResponse, takenIDs: Set<String>, watchdog: Watchdog,
        onDelta: @Sendable (ModelDelta) -> Void
    ) async throws -> ModelReply {
        var decoder = api.decoder(limit: options.replyLimit)
        var firstToken: Double?
        do {
            var lastCall: ContinuousClock.Instant?
            while let next = try await Self.next(of: answer.body, until: lastCall) {
                guard case .body(let part) = next else { continue }
                let deltas = try decoder.push(Array(part.readableBytesView))
                watchdog.sign(isToken: !deltas.isEmpty)
                if firstToken == nil, !deltas.isEmpty { firstToken = watchdog.elapsed / .seconds(1) }
                deltas.forEach(onDelta)
                if decoder.sawEnd { break }
                // Only the usage can still come, and comes at once. Some servers then neither say so nor close the connection.
                if decoder.isComplete, lastCall == nil { lastCall = .now + .seconds(5) }
            }
        } catch let error as LanguageModelError {
            throw error
        } catch {
            try Task.checkCancellation()
            // Only the usage can be missing; the reply itself is whole.
            guard decoder.isComplete else { throw broken(error) }
        }
        return try finish(&decoder, takenIDs: takenIDs, firstToken: firstToken, onDelta: onDelta)
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
        _ decoder: inout any ReplyStreamDecoder, takenIDs: Set<String>, firstToken: Double?,
        onDelta: @Sendable (ModelDelta) -> Void
    ) throws -> ModelReply {
        let decoded = try decoder.finish()
        decoded.deltas.forEach(onDelta)
        var reply = try decoded.reply.withIDs(avoiding: takenIDs, form: api.callIDs)
        reply.timeToFirstToken = firstToken
        reply.providerData = ProviderData(author: api.author, content: decoded.attached)
        return reply
    }

    private func broken(_ error: any Error) -> LanguageModelError {
        LanguageModelError(
            .incomplete,
            message: "the connection was lost in the middle of the model's reply: \(TransportFault.explanation(error))")
    }
}
