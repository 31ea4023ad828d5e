import Synchronization

/// Several models, of which the next is asked where one can't be reached, is overloaded or doesn't answer in time.
package struct FallbackLanguageModel: LanguageModel {
    package struct Candidate: Sendable {
        /// What people call it.
        package var label: String
        package var model: any LanguageModel
        /// Where it is, with its port: what fails there fails for all that are there. Empty where that isn't known.
        package var endpoint: String

        package init(label: String, model: any LanguageModel, endpoint: String = "") {
            self.label = label
            self.model = model
            self.endpoint = endpoint
        }

        /// Of its breakers.
        fileprivate var names: [String] { ["model \(label)"] + (endpoint.isEmpty ? [] : ["endpoint \(endpoint)"]) }
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
        let candidates = [first] + others
        var attempt = Attempt()
        for candidate in candidates where breakers.admit(candidate.names, at: .now) {
            if let reply = try await ask(candidate, request, &attempt, onDelta) { return reply }
        }
        // Where all have failed lately, they are as good as any.
        if attempt.last == nil {
            for candidate in candidates {
                if let reply = try await ask(candidate, request, &attempt, onDelta) { return reply }
            }
        }
        throw attempt.last ?? LanguageModelError(.unavailable, message: "no model can be asked")
    }

    /// What has failed of a request.
    private struct Attempt {
        var failures: [String] = []
        var usage: [FailedUsage] = []
        var last: LanguageModelError?
    }

    /// - Returns: nil where another endpoint may do better.
    private func ask(
        _ candidate: Candidate, _ request: ModelRequest, _ attempt: inout Attempt,
        _ onDelta: @escaping @Sendable (ModelDelta) -> Void
    ) async throws -> ModelReply? {
        if let last = attempt.last {
            let text = "\(last.message); asking the model \(candidate.label) instead"
            onDelta(.waiting(ModelWait(for: .zero, reason: text)))
        }
        do {
            let earlier = attempt.usage
            var reply = try await candidate.model.reply(to: request) { delta in
                guard case .abandoned(let parts) = delta else { return onDelta(delta) }
                onDelta(.abandoned(earlier + parts.of(candidate.label)))
            }
            breakers.succeeded(candidate.names)
            reply.answeredBy = candidate.label
            reply.failedUsage = attempt.usage + reply.failedUsage.of(candidate.label)
            return reply
        } catch var error as LanguageModelError {
            attempt.usage += error.failedUsage.of(candidate.label)
            error.failedUsage = attempt.usage
            // It answered, if only to refuse: the endpoint works.
            guard error.isOutage else {
                breakers.succeeded(candidate.names)
                throw attempt.failures.isEmpty
                    ? error : Self.joined(error, of: candidate.label, after: attempt.failures)
            }
            let isOfEndpoint = error.isOutageOfEndpoint
            breakers.failed(isOfEndpoint ? candidate.names : [candidate.names[0]], at: .now)
            let joined =
                attempt.failures.isEmpty ? error : Self.joined(error, of: candidate.label, after: attempt.failures)
            attempt.failures.append("\(candidate.label): \(error.message)")
            attempt.last = attempt.last == nil ? error : joined
            return nil
        } catch {
            breakers.abandoned(candidate.names)
            throw error
        }
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

    /// Whether other models of the same endpoint will fare no better.
    fileprivate var isOutageOfEndpoint: Bool { [.unreachable, .timeout, .unavailable].contains(code) }
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

/// Whether something has failed lately. It isn't asked for some time then, where another can be.
package struct CircuitBreaker: Sendable, Hashable {
    /// Doubled with each failure in a row.
    static let base = Duration.seconds(30)
    static let longest = Duration.seconds(300)
    /// How long one try is waited for before another may go: whoever made it may be gone.
    static let patience = Duration.seconds(60)

    private var failures = 0
    private var openUntil: ContinuousClock.Instant?

    package init() {}

    /// Half open: once the time is over, one try decides, and nobody else goes until it did.
    mutating func admit(at now: ContinuousClock.Instant) -> Bool {
        guard let openUntil else { return true }
        guard openUntil <= now else { return false }
        self.openUntil = now.advanced(by: Self.patience)
        return true
    }

    func wouldAdmit(at now: ContinuousClock.Instant) -> Bool { openUntil.map { $0 <= now } ?? true }

    mutating func failed(at now: ContinuousClock.Instant) {
        failures = min(failures + 1, 8)
        openUntil = now.advanced(by: min(Self.base * (1 << (failures - 1)), Self.longest))
    }

    /// The try that was to decide ended without a result.
    mutating func abandoned(at now: ContinuousClock.Instant) { if openUntil != nil { openUntil = now } }

    mutating func succeeded() { self = CircuitBreaker() }
}

/// Those of a process. Each replica learns by itself what is out of order.
package final class CircuitBreakers: Sendable {
    private let breakers = Mutex<[String: CircuitBreaker]>([:])
    /// Before the names, so that models of other SkyfloAIs with the same names are others. Nobody's bad proxy or address can
    /// take an endpoint away from others.
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

    private func change<Result: Sendable>(
        _ names: [String], _ body: (inout [String: CircuitBreaker], [String]) -> Result
    ) -> Result {
        if let shared { return shared.change(names.map { scope + $0 }, body) }
        return breakers.withLock { body(&$0, names) }
    }

    /// Whether none of them keeps the request back. Where they don't, one of them that is half open has its try now.
    func admit(_ names: [String], at now: ContinuousClock.Instant) -> Bool {
        change(names) { breakers, names in
            guard names.allSatisfy({ breakers[$0]?.wouldAdmit(at: now) ?? true }) else { return false }
            return names.allSatisfy { breakers[$0]?.admit(at: now) ?? true }
        }
    }

    func failed(_ names: [String], at now: ContinuousClock.Instant) {
        change(names) { breakers, names in
            for name in names { breakers[name, default: CircuitBreaker()].failed(at: now) }
        }
    }

    func abandoned(_ names: [String]) {
        change(names) { breakers, names in for name in names { breakers[name]?.abandoned(at: .now) } }
    }

    func succeeded(_ names: [String]) {
        change(names) { breakers, names in for name in names { breakers[name] = nil } }
    }
}
