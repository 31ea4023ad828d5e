import KubeClient
import KubeModel
import LanguageModels
import SkyfloAPI
import Synchronization

/// The connections of one worker to the API server and to the model, with a fault in them.
final class FaultyWorker: KubeAPI, LanguageModel {
    private struct State {
        var effects = 0
        var isDead = false
        var isShared = false
        var trace: [String] = []
    }

    let name = "scripted"
    private let api: any KubeAPI
    private let audit: Audit
    private let fault: Fault?
    private let stop: @Sendable () async throws -> Void
    private let state = Mutex(State())
    private let resumes = Gate()

    /// - Parameter stop: stops the conversation in a person's place.
    init(_ api: any KubeAPI, _ audit: Audit, _ fault: Fault?, stop: @escaping @Sendable () async throws -> Void) {
        self.api = api
        self.audit = audit
        self.fault = fault
        self.stop = stop
    }

    var effects: Int { state.withLock(\.effects) }
    /// It is time for the next one to begin.
    var hasMetItsFault: Bool { state.withLock { $0.isDead || $0.isShared } }
    var isDead: Bool { state.withLock(\.isDead) }
    func resume() { resumes.open() }
    /// What it did last, to be told when it stands still.
    var trace: [String] { state.withLock { $0.trace.suffix(30) } }

    // MARK: API server

    func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        // Events are told and forgotten: nothing depends on them, and when they are sent is left to chance.
        if request.path.hasSuffix("/events") { return try await alive { try await api.send(request, as: identity) } }
        let kind = try await meet("\(request.method.rawValue) \(request.target)")
        if kind == .refused { return Self.refusal(500, "InternalError") }
        if kind == .throttled { return Self.refusal(429, "TooManyRequests") }
        let response = try await api.send(request, as: identity)
        audit.note(request, as: identity, response.status)
        state.withLock { $0.trace.append("\(response.status)") }
        try after(kind)
        return response
    }

    func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        try await alive { try await api.stream(request, as: identity, body: body) }
    }

    func exec(_ command: ContainerCommand, as identity: Impersonation?) async throws -> ExecResult {
        let kind = try await meet("exec \(command.pod)")
        if kind == .refused || kind == .throttled {
            throw APIStatus(code: kind == .refused ? 500 : 429, reason: "InternalError", message: "injected")
        }
        let result = try await api.exec(command, as: identity)
        audit.note(Audit.Request(command), 200)
        try after(kind)
        return result
    }

    // MARK: Model

    func reply(to request: ModelRequest, onDelta: @escaping @Sendable (ModelDelta) -> Void) async throws -> ModelReply {
        let kind = try await meet("the model")
        if kind == .refused || kind == .throttled { throw Lost() }
        let reply = CrashScenario.reply(to: request)
        try after(kind)
        return reply
    }

    // MARK: Faults

    private struct Lost: Error {}

    private static func refusal(_ code: Int, _ reason: String) -> KubeResponse {
        let status: JSONValue = [
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "injected", "reason": .string(reason),
            "code": JSONValue(code),
        ]
        return KubeResponse(status: code, contentType: "application/json", body: JSONWriter.bytes(status))
    }

    private func alive<Result>(_ body: () async throws -> Result) async throws -> Result {
        guard state.withLock({ !$0.isDead }) else { throw KubeClientError(.unreachable, message: "dead") }
        return try await body()
    }

    /// Counts one effect. - Returns: the fault that is still to happen here.
    private func meet(_ what: String) async throws -> Fault.Kind? {
        let kind: Fault.Kind? = try state.withLock { state in
            guard !state.isDead else { throw KubeClientError(.unreachable, message: "dead") }
            state.effects += 1
            state.trace.append(what)
            guard let fault, fault.effect == state.effects else { return nil }
            if fault.kind == .diesBefore { state.isDead = true }
            if fault.kind.sharesTheWork { state.isShared = true }
            return fault.kind
        }
        if kind == .diesBefore { throw KubeClientError(.unreachable, message: "dead") }
        if kind == .pauses { await resumes.wait() }
        if kind == .stops { try await stop() }
        return kind
    }

    private func after(_ kind: Fault.Kind?) throws {
        if kind == .diesAfter { state.withLock { $0.isDead = true } }
        if kind == .diesAfter || kind == .losesAnswer { throw KubeClientError(.unreachable, message: "answer lost") }
        // Answers to what was under way when the worker died arrive nowhere.
        guard state.withLock({ !$0.isDead }) else { throw KubeClientError(.unreachable, message: "dead") }
    }
}
