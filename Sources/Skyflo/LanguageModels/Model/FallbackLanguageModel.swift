import Synchronization

/// Several models, of which the next is asked where one can't be reached, is overloaded or doesn't answer in time.
package struct FallbackLanguageModel: LanguageModel {
    package struct Candidate: Sendable {
        /// What people call it.
        package var label: String
        package var model: any LanguageModel

        package init(label: String, model: any LanguageModel) {
            self.label = label
            self.model = model
        }
    }

    private let first: Candidate
    private let others: [Candidate]
    private let breakers: CircuitBreakers

    package init(_ first: Candidate, others: [Candidate], breakers: CircuitBreakers) {
        self.first = first
        self.others = others
        self.breakers = breakers
    }

    package var name: String { first.model.name }

    /// - Returns: a reply that says in `answeredBy` whose it is.
    /// - Throws: the last failure where all failed, with those before it in its message.
    package func reply(
        to request: ModelRequest, onDelta: @escaping @Sendable (ModelDelta) -> Void
    ) async throws -> ModelReply {
        let all = [first] + others
        let now = ContinuousClock.now
        // Where all have failed lately, the first is as good as any.
        let open = all.filter { breakers.isClosed($0.label, at: now) }
        let candidates = open.isEmpty ? all : open
        var failures: [String] = []
        for (position, candidate) in candidates.enumerated() {
            do {
                var reply = try await candidate.model.reply(to: request, onDelta: onDelta)
                breakers.succeeded(candidate.label)
                reply.answeredBy = candidate.label
                return reply
            } catch let error as LanguageModelError {
                if error.isOutage { breakers.failed(candidate.label, at: .now) }
                guard error.isOutage, position + 1 < candidates.count else {
                    throw failures.isEmpty ? error : Self.joined(error, of: candidate.label, after: failures)
                }
                failures.append("\(candidate.label): \(error.message)")
                let next = candidates[position + 1].label
                onDelta(.waiting(ModelWait(for: .zero, reason: "\(error.message); asking the model \(next) instead")))
            }
        }
        throw LanguageModelError(.unavailable, message: failures.joined(separator: "; "))
    }

    private static func joined(
        _ error: LanguageModelError, of label: String, after failures: [String]
    ) -> LanguageModelError {
        var error = error
        error.message = (failures + ["\(label): \(error.message)"]).joined(separator: "; ")
        return error
    }
}

extension LanguageModelError {
    /// Whether another endpoint may do better with the same request.
    package var isOutage: Bool {
        [.unreachable, .timeout, .rateLimited, .quotaExceeded, .unavailable, .overloaded, .loading, .incomplete]
            .contains(code)
    }
}

/// A model that can't be asked, as one of several.
package struct UnusableLanguageModel: LanguageModel {
    package let name: String
    private let why: String

    package init(name: String, why: String) {
        self.name = name
        self.why = why
    }

    package func reply(
        to request: ModelRequest, onDelta: @escaping @Sendable (ModelDelta) -> Void
    ) async throws -> ModelReply {
        throw LanguageModelError(.unavailable, message: why)
    }
}

/// Which models have failed lately. One that failed isn't asked for some time where another can be.
package struct CircuitBreaker: Sendable, Hashable {
    /// Doubled with each failure in a row.
    static let base = Duration.seconds(30)
    static let longest = Duration.seconds(300)

    private var failures = 0
    private var openUntil: ContinuousClock.Instant?

    package init() {}

    /// Once the time is over, one more try decides.
    func isClosed(at now: ContinuousClock.Instant) -> Bool { openUntil.map { $0 <= now } ?? true }

    mutating func failed(at now: ContinuousClock.Instant) {
        failures = min(failures + 1, 8)
        openUntil = now.advanced(by: min(Self.base * (1 << (failures - 1)), Self.longest))
    }

    mutating func succeeded() { self = CircuitBreaker() }
}

/// Those of a process, by the models' names.
package final class CircuitBreakers: Sendable {
    private let breakers = Mutex<[String: CircuitBreaker]>([:])
    /// Before the names, so that models of other SkyfloAIs with the same names are others.
    private let scope: String
    private let shared: CircuitBreakers?

    package init() {
        scope = ""
        shared = nil
    }

    private init(scope: String, shared: CircuitBreakers) {
        self.scope = scope
        self.shared = shared
    }

    /// The same for the models of one SkyfloAI.
    package func scoped(to name: String) -> CircuitBreakers { CircuitBreakers(scope: name + "/", shared: self) }

    func isClosed(_ name: String, at now: ContinuousClock.Instant) -> Bool {
        if let shared { return shared.isClosed(scope + name, at: now) }
        return breakers.withLock { $0[name]?.isClosed(at: now) ?? true }
    }

    func failed(_ name: String, at now: ContinuousClock.Instant) {
        if let shared { return shared.failed(scope + name, at: now) }
        breakers.withLock { $0[name, default: CircuitBreaker()].failed(at: now) }
    }

    func succeeded(_ name: String) {
        if let shared { return shared.succeeded(scope + name) }
        breakers.withLock { $0[name] = nil }
    }
}
