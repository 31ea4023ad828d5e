import Concurrency
import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import Synchronization
import WorkflowEngine
import Writes

/// Watches post-conditions until they are decided.
struct Verifier: Sendable {
    let api: ReadOnlyAPI
    let clock: any RuntimeClock
    /// Of the clock's uptime.
    let deadline: Duration
    /// When the write was sent.
    let since: KubeTime
    let display: RedactedCall
    var integrations = IntegrationReader.none
    /// Is told why a condition doesn't hold yet, whenever that changes; nil where nobody can look on.
    var telling: CallTelling?

    /// - Returns: one result for each, in the same order.
    /// - Throws: `CancellationError`.
    func check(_ conditions: [PostCondition]) async throws -> [CheckResult] {
        try await results(of: conditions) { try await watch($0) }
    }

    /// Looks once at what was still running when it was watched.
    /// - Returns: one result for each, in the same order; those that are still running among them.
    /// - Throws: `CancellationError`.
    func checkAgain(_ conditions: [PostCondition]) async throws -> [CheckResult] {
        try await results(of: conditions) { try await checkOnce($0) }
    }

    private func checkOnce(_ condition: PostCondition) async throws -> CheckResult {
        let look = try await look(at: condition)
        guard case .pending(let why) = look.finding, !look.isOver else { return result(of: condition, look) }
        if look.isUnseen, clock.now < since.adding(seconds: PostCondition.longestWatch) {
            return result(condition, verdict: .stillRunning, evidence: why)
        }
        return unfinished(condition, latest: Latest(why, objects: look.objects))
    }

    private func results(
        of conditions: [PostCondition], _ check: @escaping @Sendable (PostCondition) async throws -> CheckResult
    ) async throws -> [CheckResult] {
        let watched = conditions.filter { !$0.comesLast }
        let first = try await watched.concurrentMap(atOnce: 8, check)
        let isRunning = first.contains { $0.verdict == .stillRunning }
        let isSettled = first.allSatisfy { $0.verdict == .passed || $0.verdict == .notChecked }
        let last = try await conditions.filter(\.comesLast).concurrentMap(atOnce: 8) { condition in
            let result = result(
                of: condition, try await look(at: condition, isSettled: isSettled, isRunning: isRunning))
            guard isRunning, result.verdict == .passed else { return result }
            return CheckResult(
                id: result.id, check: result.check, verdict: .stillRunning, evidence: "so far: \(result.evidence)")
        }
        let found = Dictionary(
            zip(watched + conditions.filter(\.comesLast), first + last), uniquingKeysWith: { first, _ in first })
        return conditions.compactMap { found[$0] }
    }

    // MARK: One condition

    /// How long a worker waits for a build that may be short.
    private static let jenkinsWatch = Duration.seconds(20)

    /// Looks once, and then at every change, until the condition is decided or time is over.
    private func watch(_ condition: PostCondition) async throws -> CheckResult {
        let latest = LatestLook { [telling] in telling?.say("\(condition.title): \($0)") }
        // A build may take hours: whoever waits for it is told later.
        let limit = condition.jenkins == nil ? deadline : min(deadline, clock.uptime + Self.jenkinsWatch)
        let decided = try await clock.withDeadline(limit) {
            if let look = try await observe(condition, latest: latest) { return result(of: condition, look) }
            let look = try await look(at: condition)
            return result(of: condition, try await follow(condition, from: look, latest: latest))
        }
        if let decided { return decided }
        // Nothing is judged unseen, however slow the server is.
        guard let latest = latest.value else { return try await checkOnce(condition) }
        return unfinished(condition, latest: latest)
    }

    func result(of condition: PostCondition, _ look: Observation) -> CheckResult {
        switch look.finding {
        case .met(let evidence): result(condition, verdict: .passed, evidence: evidence)
        case .failed(let why): result(condition, verdict: .failed, evidence: why)
        case .pending(let why):
            result(condition, verdict: condition.isOptional || look.isUnknowable ? .notChecked : .failed, evidence: why)
        }
    }

    /// Of what isn't so by now: whether it may be later.
    private func unfinished(_ condition: PostCondition, latest: Latest) -> CheckResult {
        if condition.jenkins != nil, let end = condition.deadline(observed: [], since: since), end > clock.now {
            return result(condition, verdict: .stillRunning, evidence: latest.reason)
        }
        guard let end = condition.deadline(observed: latest.objects, since: since), end > clock.now else {
            return result(condition, verdict: .timedOut, evidence: latest.reason)
        }
        let seconds = Int(clock.now.seconds(since: since))
        return result(condition, verdict: .stillRunning, evidence: "still running after \(seconds) s: \(latest.reason)")
    }

    /// Evidence is of the cluster's words: an event may repeat what a program printed.
    private func result(_ condition: PostCondition, verdict: CheckResult.Verdict, evidence: String) -> CheckResult {
        CheckResult(
            id: condition.id, check: condition.title, verdict: verdict, evidence: display.text(evidence, limit: 1024))
    }
}

/// What was last seen of a condition that doesn't hold yet, and why it doesn't.
struct Latest: Sendable {
    var reason: String
    var objects: [KubeObject]

    init(_ reason: String, objects: [KubeObject]) {
        self.reason = reason
        self.objects = objects
    }
}

/// For when time is over, and for whoever looks on meanwhile.
final class LatestLook: Sendable {
    private let latest = Mutex<Latest?>(nil)
    private let tell: @Sendable (_ reason: String) -> Void

    init(tell: @escaping @Sendable (_ reason: String) -> Void = { _ in }) { self.tell = tell }

    /// nil before anything was seen.
    var value: Latest? {
        get { latest.withLock(\.self) }
        set {
            let isNew = latest.withLock { latest in
                defer { latest = newValue }
                return latest?.reason != newValue?.reason
            }
            if isNew, let newValue { tell(newValue.reason) }
        }
    }
}
