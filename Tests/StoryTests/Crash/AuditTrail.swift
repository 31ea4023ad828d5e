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
