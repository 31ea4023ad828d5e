import KubeClient
import KubeModel
import SkyfloAPI
import Synchronization

/// What the tools of all workers of one conversation really changed, and what people allowed them to.
final class Audit: Sendable {
    struct Request: Sendable, Hashable {
        var method: String
        var path: String
        var body: String

        init(method: String, path: String, body: String) {
            self.method = method
            self.path = path
            self.body = body
        }

        init(_ command: ContainerCommand) {
            self.init(method: "EXEC", path: command.pod, body: command.command.joined(separator: " "))
        }
    }

    private struct State {
        var approved: [String: [Request]] = [:]
        var written: [Request] = []
        var unapproved: [Request] = []
        /// While the conversation is stopped: what was under way when it was.
        var underWay: [Request]?
        var late: [Request] = []
    }

    private let state = Mutex(State())

    /// Whether a rule allows it.
    private let allows: @Sendable (Request) -> Bool

    init(allows: @escaping @Sendable (Request) -> Bool) { self.allows = allows }

    func note(_ request: KubeRequest, as identity: Impersonation?, _ status: Int) {
        guard identity != nil, !request.isReadOnly else { return }
        note(Request(method: request.method.rawValue, path: request.path, body: request.body ?? ""), status)
    }

    /// - Parameter done: sent by a tool, for real.
    func note(_ done: Request, _ status: Int) {
        guard (200..<300).contains(status) else { return }
        state.withLock { state in
            state.written.append(done)
            if !allows(done), !state.approved.values.joined().contains(done) { state.unapproved.append(done) }
            if let underWay = state.underWay, !underWay.contains(done) { state.late.append(done) }
        }
    }

    /// Says that a person is about to approve these; before the decision is sent.
    func approve(_ call: String, _ approval: Approval) {
        state.withLock { $0.approved[call] = Self.requests(approval) }
    }

    static func requests(_ approval: Approval) -> [Request] {
        approval.requests.map {
            guard $0["backend"] != "Exec" else {
                let words = $0["command"]?.array?.compactMap(\.string) ?? []
                return Request(
                    method: "EXEC", path: $0["target", "name"]?.string ?? "", body: words.joined(separator: " "))
            }
            return Request(
                method: $0["method"]?.string ?? "", path: $0["path"]?.string ?? "", body: $0["body"]?.string ?? "")
        }
    }

    /// Says that the conversation was stopped, and how it stood then; nil: it may go on.
    func stop(_ status: ConversationStatus?) {
        let underWay = status.map { status in
            status.approvals.filter { status.calls[$0.key]?.state == .executing }.values.flatMap(Self.requests)
        }
        state.withLock { $0.underWay = underWay }
    }

    /// By call.
    var approved: [String: [Request]] { state.withLock(\.approved) }
    var written: [Request] { state.withLock(\.written) }
    var unapproved: [Request] { state.withLock(\.unapproved) }
    /// Written after a stop, and begun after it.
    var late: [Request] { state.withLock(\.late) }
    var twice: [Request] {
        Dictionary(grouping: written, by: \.self).filter { $0.value.count > 1 }.map(\.key)
    }
}
