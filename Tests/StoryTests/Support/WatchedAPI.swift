import KubeClient
import KubeModel
import Synchronization

/// Notes every request that a tool's identity sends for real, and can break what it passes on.
final class WatchedAPI: KubeAPI {
    enum Fault: Sendable {
        case none
        /// The request doesn't reach the server.
        case loseRequest
        /// The server does it, and nobody hears of it.
        case loseAnswer
    }

    private let api: any KubeAPI
    private let log: RequestLog
    private let fault: @Sendable (KubeRequest, Impersonation?) -> Fault
    private let didBreak: @Sendable () -> Void

    init(
        _ api: any KubeAPI, _ log: RequestLog,
        fault: @escaping @Sendable (KubeRequest, Impersonation?) -> Fault = { _, _ in .none },
        didBreak: @escaping @Sendable () -> Void = {}
    ) {
        self.api = api
        self.log = log
        self.fault = fault
        self.didBreak = didBreak
    }

    /// A worker that dies at its first write: that is lost as `fault` says, and nothing that it sends later arrives.
    static func dying(_ api: any KubeAPI, _ log: RequestLog, at fault: Fault, _ died: Gate) -> WatchedAPI {
        WatchedAPI(
            api, log,
            fault: { request, identity in
                if identity != nil, !request.isReadOnly { return fault }
                return died.isOpen ? .loseRequest : .none
            }, didBreak: died.open)
    }

    func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        let fault = fault(request, identity)
        if fault != .loseRequest {
            let response = try await api.send(request, as: identity)
            log.note(request, identity, response.status)
            if fault == .none { return response }
        }
        didBreak()
        throw KubeClientError(.unreachable, message: "lost")
    }

    func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        try await api.stream(request, as: identity, body: body)
    }
}

final class RequestLog: Sendable {
    struct Entry: Sendable {
        var request: KubeRequest
        var identity: Impersonation?
        var status: Int
    }

    private let entries = Mutex<[Entry]>([])

    func note(_ request: KubeRequest, _ identity: Impersonation?, _ status: Int) {
        entries.withLock { $0.append(Entry(request: request, identity: identity, status: status)) }
    }

    var all: [Entry] { entries.withLock(\.self) }
    /// What tools changed: sent with the conversation's identity, no dry run, done by the server.
    var writes: [KubeRequest] {
        all.filter { $0.identity != nil && !$0.request.isReadOnly && (200..<300).contains($0.status) }.map(\.request)
    }
}
