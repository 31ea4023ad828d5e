import Synchronization

/// Whether the API server is there. Anybody may ask; the API server is asked once a second at most, and who asks meanwhile
/// gets the answer before.
final class ServerReadiness: Sendable {
    private struct State: Sendable {
        /// nil before the first answer.
        var isReady: Bool?
        var askedAt: ContinuousClock.Instant?
    }

    private let ask: @Sendable () async -> Bool
    private let state = Mutex(State())

    init(_ ask: @escaping @Sendable () async -> Bool) { self.ask = ask }

    var isReady: Bool {
        get async {
            let known: Bool? = state.withLock { state in
                if let askedAt = state.askedAt, askedAt.duration(to: .now) < .seconds(1) { return state.isReady }
                state.askedAt = .now
                return nil
            }
            if let known { return known }
            let isReady = await ask()
            // Who was cancelled has learnt nothing.
            if !Task.isCancelled { state.withLock { $0.isReady = isReady } }
            return isReady
        }
    }
}
