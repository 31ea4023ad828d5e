import KubeClient
import KubeModel
import Synchronization
import Testing

@Suite struct ImpersonatingAPITests {
    /// Notes whom each request acts for, and answers with an empty list.
    private final class Ledger: KubeAPI {
        private let notes = Mutex<[Impersonation?]>([])
        var identities: [Impersonation?] { notes.withLock(\.self) }

        func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
            notes.withLock { $0.append(identity) }
            return .json(["kind": "List", "items": []])
        }

        func stream<Result: Sendable>(
            _ request: KubeRequest, as identity: Impersonation?,
            body: (inout KubeByteStream) async throws -> Result
        ) async throws -> Result {
            notes.withLock { $0.append(identity) }
            var end = KubeByteStream { nil }
            return try await body(&end)
        }
    }

    private let worker = Impersonation.serviceAccount(namespace: "shop", name: "helper")
    private let admin = Impersonation(user: "admin", groups: ["system:masters"])
    private let pods = KubeRequest(.get, path: "/api/v1/namespaces/shop/pods")

    @Test func `every verb acts for the identity`() async throws {
        let ledger = Ledger()
        let api = ledger.impersonating(worker)
        _ = try await api.list(.pods, namespace: "shop")
        _ = try await api.listAll(.pods, namespace: "shop")
        _ = try await api.patch(.pods, namespace: "shop", name: "web", patch: .merge([:]))
        _ = try await api.delete(.pods, namespace: "shop", name: "web")
        try await api.watch(.pods, namespace: "shop") { _ in }
        #expect(ledger.identities == Array(repeating: worker, count: 5))
    }

    @Test func `forgetting the identity of a reading API can't be told from naming it`() async throws {
        let ledger = Ledger()
        let api = ReadOnlyAPI(ledger.impersonating(worker))
        _ = try await api.send(pods)
        _ = try await api.send(pods, as: nil)
        _ = try await api.send(pods, as: worker)
        try await api.stream(pods) { _ in }
        _ = try await api.impersonating(worker).send(pods)
        #expect(ledger.identities == Array(repeating: worker, count: 5))
    }

    @Test func `nesting doesn't widen rights: another identity is refused and nothing is sent`() async throws {
        let ledger = Ledger()
        let (pods, admin) = (pods, admin)
        let narrow = ledger.impersonating(worker)
        let nested: [any KubeAPI] = [
            narrow.impersonating(admin), ReadOnlyAPI(narrow.impersonating(admin)),
            ReadOnlyAPI(narrow).impersonating(admin),
        ]
        for api in nested {
            await #expect(throws: KubeClientError.self) { try await api.send(pods) }
            await #expect(throws: KubeClientError.self) { try await api.stream(pods) { _ in } }
        }
        for api in [narrow, ReadOnlyAPI(narrow)] as [any KubeAPI] {
            await #expect(throws: KubeClientError.self) { try await api.send(pods, as: admin) }
            await #expect(throws: KubeClientError.self) { try await api.stream(pods, as: admin) { _ in } }
        }
        #expect(ledger.identities.isEmpty)
    }

    @Test func `a write is refused before it is sent, also as another`() async throws {
        let ledger = Ledger()
        let api = ReadOnlyAPI(ledger.impersonating(worker))
        let writes = [
            KubeRequest(.get, path: "/api/v1/namespaces/shop/pods/web/exec"),
            KubeRequest(.get, path: "/api/v1/nodes/a/proxy/run"),
            KubeRequest(.delete, path: "/api/v1/namespaces/shop"),
        ]
        for write in writes {
            await #expect(throws: WriteRefused(write)) { try await api.send(write) }
            await #expect(throws: WriteRefused(write)) { try await api.stream(write) { _ in } }
        }
        #expect(ledger.identities.isEmpty)
    }

    @Test func `a GET through a proxy is sent as such a value, and refused as a request`() async throws {
        let ledger = Ledger()
        let api = ReadOnlyAPI(ledger.impersonating(worker))
        let service: JSONValue = [
            "apiVersion": "v1", "kind": "Service", "metadata": ["name": "web", "namespace": "shop"],
        ]
        let get = try #require(
            ProxyGet(to: KubeObject(service), port: "80", segments: ["healthz"], answerLimit: 1024))
        await #expect(throws: WriteRefused(get.request)) { try await api.send(get.request) }
        await #expect(throws: WriteRefused(get.request)) { try await api.stream(get.request) { _ in } }
        #expect(ledger.identities.isEmpty)
        _ = try await api.get(get)
        #expect(ledger.identities == [worker])
    }
}
