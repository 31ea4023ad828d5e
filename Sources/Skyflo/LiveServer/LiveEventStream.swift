import Concurrency
import KubeModel
import LiveEvents
import SkyfloAPI
import Synchronization

/// One client that follows one turn, from where it wants to, until the turn ends or it may not any longer.
struct LiveEventStream: Sendable {
    let directory: TurnDirectory
    let review: StreamReview
    let limits: LiveServerLimits
    let metrics: LiveMetrics
    let conversation: ObjectKey
    let grant: StreamGrant
    /// nil for the one that runs, or is about to, or ran last.
    let turn: Int?
    /// The last event that the client has; nil for none.
    let after: EventNumber?

    /// What the two tasks of a stream tell each other.
    private final class Pulse: Sendable {
        let stall: StallWatch
        let refusal = Mutex<String?>(nil)

        init(stall: StallWatch) { self.stall = stall }
    }

    /// Writes until the stream is over.
    ///
    /// - Parameters:
    ///   - abort: ends the connection of a client that takes nothing.
    ///   - write: waits until the client has taken enough of it.
    @concurrent func run(
        abort: @escaping @Sendable () -> Void, write: @concurrent ([StreamMessage]) async throws -> Void
    ) async throws {
        let pulse = Pulse(stall: StallWatch(limits, metrics: metrics))
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        defer { wake.finish() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await watchOver(pulse, waking: wake, abort: abort) }
            defer { group.cancelAll() }
            var delivery = Delivery(stream: self, wake: wake, cursor: after)
            var iterator = wakes.makeAsyncIterator()
            var lastWrite = ContinuousClock.now
            while true {
                var step = try await delivery.next()
                if let refusal = pulse.refusal.withLock(\.self) {
                    step = Delivery.Step(messages: [.notice(.end(reason: refusal))], isLast: true)
                }
                if step.messages.isEmpty, lastWrite.duration(to: .now) >= limits.heartbeat {
                    step.messages.append(.notice(.heartbeat))
                }
                if !step.messages.isEmpty {
                    pulse.stall.beginWrite()
                    try await write(step.messages)
                    pulse.stall.endWrite()
                    metrics.sent(step.messages)
                    lastWrite = .now
                }
                if step.isLast { return }
                if step.hasMore { continue }
                guard await iterator.next() != nil else { return try Task.checkCancellation() }
            }
        }
    }

    /// Wakes the delivery from time to time, gives a client up that takes nothing, and asks again whether it may follow.
    private func watchOver(
        _ pulse: Pulse, waking wake: AsyncStream<Void>.Continuation, abort: @Sendable () -> Void
    ) async throws {
        var checked = ContinuousClock.now
        while true {
            try await Concurrency.sleep(for: limits.tick)
            if pulse.stall.givesUp() { return abort() }
            if checked.duration(to: .now) >= limits.recheck {
                checked = .now
                // An API server that doesn't answer has withdrawn nothing.
                let isAllowed = try? await review.stillAllows(grant, of: conversation)
                if isAllowed == false {
                    pulse.refusal.withLock { $0 = "you may not follow the conversation any more" }
                }
            }
            wake.yield()
        }
    }
}

/// What a stream has delivered, and what comes next.
struct Delivery {
    struct Step {
        var messages: [StreamMessage] = []
        /// More can be had at once.
        var hasMore = false
        var isLast = false
    }

    let stream: LiveEventStream
    let wake: AsyncStream<Void>.Continuation
    private(set) var cursor: EventNumber?
    private var turn: LiveTurn?
    private var isReady = false
    private var isWaiting = false

    init(stream: LiveEventStream, wake: AsyncStream<Void>.Continuation, cursor: EventNumber?) {
        self.stream = stream
        self.wake = wake
        self.cursor = cursor
    }

    mutating func next() async throws -> Step {
        if let turn { return read(turn) }
        switch try await stream.directory.find(stream.conversation, turn: stream.turn) {
        case .here(let found): return try await begin(found)
        case .coming: return wait()
        case .elsewhere: return last(.resume(reason: "another worker goes on with the turn"))
        case .over(let conversation):
            let messages = try await told(conversation.uid, onlyNewestTurn: cursor == nil, before: nil)
            var step = last(.end(reason: "the turn is over"))
            step.messages = messages + step.messages
            return step
        case .gone: return last(.end(reason: "there is no such conversation"))
        }
    }

    private func last(_ notice: StreamNotice) -> Step { Step(messages: [.notice(notice)], isLast: true) }

    private mutating func wait() -> Step {
        if !isWaiting {
            isWaiting = true
            stream.directory.turns.watch(with: wake)
        }
        return Step()
    }

    // MARK: A turn that is here

    private mutating func begin(_ found: LiveTurn) async throws -> Step {
        if case .key(let key) = stream.grant, !isEqualInConstantTime(key, to: found.streamKey) {
            return last(.resume(reason: "the stream key is void"))
        }
        turn = found
        found.watch(with: wake)
        var step = Step(hasMore: true)
        if !isReady {
            isReady = true
            let name = "\(stream.conversation)"
            step.messages.append(.notice(.ready(conversation: name, uid: found.uid, turn: found.number)))
        }
        if let number = cursor, number < found.first {
            step.messages += try await told(found.uid, onlyNewestTurn: false, before: found.first)
        } else if let number = cursor, number > found.last, found.end == nil {
            // Nobody was ever told such a number: it is taken for none.
            step.messages.append(.notice(.gap(upTo: .zero)))
            cursor = nil
        }
        return step
    }

    private mutating func read(_ turn: LiveTurn) -> Step {
        let batch = turn.read(after: cursor, bytes: stream.limits.batch)
        var step = Step(messages: batch.events.map { .event($0) }, hasMore: !batch.events.isEmpty)
        if let number = batch.missedUpTo { step.messages.insert(.notice(.gap(upTo: number)), at: 0) }
        cursor = batch.events.last?.number ?? cursor
        switch batch.end {
        case nil: break
        case .completed:
            step.messages.append(.notice(.end(reason: "the turn is over")))
            step.isLast = true
        case .abandoned:
            self.turn = nil
            step.hasMore = true
        }
        return step
    }

    // MARK: What only the transcript tells

    /// Of events behind the client's place those that the transcript tells. Who may not read it is told of a gap.
    private mutating func told(
        _ uid: String, onlyNewestTurn: Bool, before first: EventNumber?
    ) async throws -> [StreamMessage] {
        guard try await mayReadTranscript(),
            let conversation = try await stream.directory.conversation(stream.conversation),
            conversation.uid == uid
        else {
            let end = first ?? cursor ?? .zero
            defer { cursor = nil }
            return cursor == nil ? [] : [.notice(.gap(upTo: end))]
        }
        let events = try await stream.directory.retell(
            conversation, onlyNewestTurn: onlyNewestTurn, turn: stream.turn)
        let number = cursor ?? .zero
        let missing = events.filter { $0.number > number && $0.number < first ?? .largest }
        cursor = missing.last?.number ?? cursor
        return missing.map { .event($0) }
    }

    /// A stream key opens no transcript.
    private func mayReadTranscript() async throws -> Bool {
        guard case .caller(let caller, _) = stream.grant else { return false }
        return try await stream.review.mayGet(stream.conversation, subresource: "transcript", by: caller)
    }
}
