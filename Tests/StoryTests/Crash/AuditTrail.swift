import KubeClient
import LocalCluster
import Synchronization

/// Takes the API server's own word for what tools changed, and lets processes meet their fate at requests of theirs.
final class AuditTrail: Sendable {
    private struct State {
        var audits: [String: Audit] = [:]
        var hooks: [String: @Sendable (AuditEvent) -> Void] = [:]
    }

    private let state = Mutex(State())

    /// - Parameter name: in the path or the body of all that the conversation writes, and of nothing else.
    func follow(_ name: String, _ audit: Audit) { state.withLock { $0.audits[name] = audit } }

    /// - Parameter hook: called with each request of the process, after it was carried out, before it is answered.
    func onRequest(of process: OperatorProcess, _ hook: @escaping @Sendable (AuditEvent) -> Void) {
        state.withLock { $0.hooks[process.authorization] = hook }
    }

    func note(_ event: AuditEvent) {
        if event.header("impersonate-user") != nil, event.method != "GET", !event.target.contains("dryRun=All") {
            let request = Audit.Request(
                method: event.method, path: event.target.split(separator: "?").first.map(String.init) ?? "",
                body: String(decoding: event.body, as: UTF8.self))
            for (name, audit) in state.withLock(\.audits)
            where request.path.contains(name) || request.body.contains(name) {
                audit.note(request, event.status)
            }
        }
        let authorization = event.header("authorization") ?? ""
        state.withLock { $0.hooks[authorization] }?(event)
    }
}

/// Draws the requests at which something happens.
final class Fate: Sendable {
    private struct State {
        var random: SplitMix
        var countdown: Int
        var left: Int
    }

    private let state: Mutex<State>
    private let spacing: ClosedRange<Int>

    /// - Parameters:
    ///   - times: how often it happens.
    ///   - spacing: how many requests come between.
    init(seed: UInt64, times: Int, spacing: ClosedRange<Int>) {
        var random = SplitMix(state: seed)
        self.spacing = spacing
        state = Mutex(
            State(random: random, countdown: .random(in: spacing, using: &random), left: times))
    }

    /// Whether there is more to come.
    var isOpen: Bool { state.withLock { $0.left > 0 } }

    /// Counts one request. - Returns: whether it happens now; if so, whether before the answer leaves, or soon after.
    func strikes() -> (now: Bool, later: Duration)? {
        state.withLock { state in
            guard state.left > 0 else { return nil }
            state.countdown -= 1
            guard state.countdown <= 0 else { return nil }
            state.left -= 1
            state.countdown = .random(in: spacing, using: &state.random)
            return (.random(using: &state.random), .microseconds(Int.random(in: 0...20_000, using: &state.random)))
        }
    }
}
