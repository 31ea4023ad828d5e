import KubeClient
import KubeModel
import Logging
import Synchronization
import Testing

@testable import SignIn

/// Secrets of an API server, with its optimistic concurrency, and its word about who may be impersonated.
final class SecretsServer: KubeAPI {
    private struct State {
        var objects: [String: JSONValue] = [:]
        var version = 0
        var conflicts = 0
        var requests: [String] = []
        var groups: Set<String> = []
        var failing: String?
    }

    private let state = Mutex(State())

    /// Every other writer is first, so many times.
    func conflict(_ times: Int) { state.withLock { $0.conflicts = times } }
    /// Requests of such paths fail; nil for none.
    func fail(_ part: String?) { state.withLock { $0.failing = part } }
    func allow(_ groups: Set<String>) { state.withLock { $0.groups = groups } }
    var requests: [String] { state.withLock(\.requests) }
    /// All that is stored, in plain text.
    var text: String {
        state.withLock { state in
            state.objects.values.flatMap { Array($0["data"]?.object ?? [:]) }
                .map { String(decoding: Base64.decode($0.value.string ?? "") ?? [], as: UTF8.self) }.joined()
        }
    }

    func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        let body = try request.body.map { try JSONParser.parse($0) }
        let (status, json) = state.withLock { Self.answer(request, body: body, state: &$0) }
        return KubeResponse(status: status, warnings: [], body: JSONWriter.bytes(json))
    }

    private static func answer(_ request: KubeRequest, body: JSONValue?, state: inout State) -> (Int, JSONValue) {
        state.requests.append("\(request.method.rawValue) \(request.path)")
        func status(_ code: Int, _ reason: APIStatus.Reason) -> (Int, JSONValue) {
            (code, APIStatus(code: code, reason: reason, message: "no").json)
        }
        if let failing = state.failing, request.path.contains(failing) { return status(500, .internalError) }
        func store(_ path: String, state: inout State) -> (Int, JSONValue) {
            var object = body ?? .null
            state.version += 1
            object["metadata", "resourceVersion"] = .string(String(state.version))
            state.objects[path] = object
            return (200, object)
        }
        switch request.method {
        case .get: return state.objects[request.path].map { (200, $0) } ?? status(404, .notFound)
        case .post where request.path.hasSuffix("selfsubjectaccessreviews"):
            let group = body?["spec", "resourceAttributes", "name"]?.string ?? ""
            return (201, ["status": ["allowed": .bool(state.groups.contains(group))]])
        case .post:
            let path = request.path + "/" + (body?["metadata", "name"]?.string ?? "")
            return state.objects[path] == nil ? store(path, state: &state) : status(409, .alreadyExists)
        case .put:
            let known = state.objects[request.path]?["metadata", "resourceVersion"]
            guard state.conflicts == 0, known == body?["metadata", "resourceVersion"] else {
                state.conflicts = max(0, state.conflicts - 1)
                return status(409, .conflict)
            }
            return store(request.path, state: &state)
        default: return status(405, .methodNotAllowed)
        }
    }

    func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result { throw KubeClientError(.unsupported, message: "no streams here") }
}

/// A clock that a test moves.
final class TestClock: Sendable {
    private let state = Mutex(KubeTime(seconds: 1_800_000_000))

    var now: KubeTime { state.withLock(\.self) }
    func pass(_ seconds: Double) { state.withLock { $0 = $0.adding(seconds: seconds) } }
}

/// One replica of the pages' server, over Secrets that it may share with others.
struct Replica {
    let server: SecretsServer
    let clock: TestClock
    let service: SignInService
    let keys: ServerKeys

    static let cost = PasswordHash.Cost(rounds: 10, blockSize: 1, parallelism: 1)

    init(
        _ server: SecretsServer = SecretsServer(), clock: TestClock = TestClock(), provider: ProviderSettings? = nil,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) {
        (self.server, self.clock) = (server, clock)
        var configuration = SignInService.Configuration()
        configuration.hasLocalAccounts = true
        configuration.provider = provider
        configuration.passwordCost = Self.cost
        let secrets = SignInSecrets(api: server, namespace: "skyflo-system")
        service = SignInService(configuration, secrets: secrets, logger: logger) { clock.now }
        keys = ServerKeys(secrets.keys) { clock.now }
    }

    var accounts: LocalAccounts { get throws { try #require(service.accounts) } }

    static let password = "four quiet words here"

    /// Has an active admin called root.
    func setUp() async throws {
        let code = try #require(try await accounts.setUpCode())
        try await accounts.setUp(code: code, name: "root", password: Self.password)
    }

    /// Has an active account.
    func add(_ name: String, roles: Set<AccountRole> = [.requester]) async throws {
        let code = try await accounts.add(name, roles: roles, by: "skyflo:root")
        try await accounts.accept(code, name: name, password: Self.password)
    }

    func signIn(_ name: String) async throws -> SignInService.Tokens {
        try await service.signIn(name: name, password: Self.password, agent: "test")
    }

    func refreshed(_ token: String?) async throws -> SignInService.Tokens? {
        try await service.refresh(token ?? "")
    }

    func person(_ access: String) async throws -> SignInService.SignedIn? {
        guard case .signedIn(let person) = try await service.arrival(access) else { return nil }
        return person
    }
}
