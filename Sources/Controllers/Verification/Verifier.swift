import ControllerRuntime
import KubeClient
import KubeModel
import Synchronization
import Tools
import WorkflowEngine

/// Watches post-conditions until they are decided.
struct Verifier: Sendable {
    let api: ReadOnlyAPI
    let clock: any RuntimeClock
    /// Of the clock's uptime.
    let deadline: Duration
    /// When the write was sent.
    let since: KubeTime
    let display: CallDisplay

    /// - Returns: one result for each, in the same order.
    /// - Throws: `CancellationError`.
    func check(_ conditions: [PostCondition]) async throws -> [CheckResult] {
        let watched = conditions.filter { !$0.comesLast }
        let first = try await watched.concurrentMap(atOnce: 8) { try await watch($0) }
        let isSettled = first.allSatisfy { $0.verdict == .passed || $0.verdict == .notChecked }
        let last = try await conditions.filter(\.comesLast).concurrentMap(atOnce: 8) { condition in
            result(of: condition, try await look(at: condition, isSettled: isSettled))
        }
        let found = Dictionary(
            zip(watched + conditions.filter(\.comesLast), first + last), uniquingKeysWith: { first, _ in first })
        return conditions.compactMap { found[$0] }
    }

    // MARK: One condition

    /// Looks once, and then at every change, until the condition is decided or time is over.
    private func watch(_ condition: PostCondition) async throws -> CheckResult {
        let look = try await look(at: condition, isSettled: true)
        guard case .pending(let why) = look.finding, !look.isOver else { return result(of: condition, look) }
        let latest = LatestReason(why)
        return try await withThrowingTaskGroup(of: CheckResult.self) { group in
            group.addTask {
                result(of: condition, try await follow(condition, from: look, latest))
            }
            group.addTask {
                try await clock.sleep(until: deadline)
                return result(condition, .timedOut, latest.text)
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    func result(of condition: PostCondition, _ look: Look) -> CheckResult {
        switch look.finding {
        case .met(let evidence): result(condition, .passed, evidence)
        case .failed(let why): result(condition, .failed, why)
        case .pending(let why):
            result(condition, condition.isOptional || look.isUnknowable ? .notChecked : .failed, why)
        }
    }

    /// Evidence is of the cluster's words: an event may repeat what a program printed.
    private func result(_ condition: PostCondition, _ verdict: CheckResult.Verdict, _ evidence: String) -> CheckResult {
        CheckResult(check: condition.title, verdict: verdict, evidence: display.text(evidence, limit: 1024))
    }
}

/// Why a condition doesn't hold yet, for when time is over.
final class LatestReason: Sendable {
    private let value: Mutex<String>

    init(_ text: String) { value = Mutex(text) }

    var text: String {
        get { value.withLock(\.self) }
        set { value.withLock { $0 = newValue } }
    }
}
