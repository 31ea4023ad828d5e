import ControllerRuntime
import KubeClient
import KubeModel
import OperatorTestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct WatchListTests {
    let server = FakeAPIServer()
    let api: FaultyAPI
    let clock = ManualClock()

    init() {
        api = FaultyAPI(server)
        server.put(widget("a", 1), in: .widgets)
    }

    private static let mark = "k8s.io/initial-events-end"

    private func onMark(_ change: @escaping @Sendable (String) -> String) {
        api.onChunk { _, bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            return text.contains(Self.mark) ? Array(change(text).utf8) : bytes
        }
    }

    private func synced(_ body: (Informer) async throws -> Void) async throws {
        let informer = Informer(api: api, resource: .widgets, usesWatchList: true, clock: clock, logger: .silent)
        try await running([{ await informer.run() }]) { try await body(informer) }
    }

    @Test func `a server that refuses it is listed`() async throws {
        api.before { request in
            if request[query: "sendInitialEvents"] != nil {
                throw APIStatus(code: 422, reason: .invalid, message: "sendInitialEvents is forbidden")
            }
        }
        try await synced { informer in
            try await informer.waitForSync()
            #expect(informer.get(key("a"))?.value == 1)
            #expect(server.lists.count == 1)
        }
    }

    @Test func `a server that ignores it is listed at its first bookmark`() async throws {
        onMark { $0.replacing(Self.mark, with: "example.com/other") }
        try await synced { informer in
            try await informer.waitForSync()
            #expect(server.lists.count == 1)
        }
    }

    @Test func `a server that never says that it is through is listed after a silence`() async throws {
        onMark { _ in "" }
        try await synced { informer in
            try await eventually { clock.deadlines.contains(.seconds(30)) }
            #expect(!informer.hasSynced, "a part of the objects isn't all of them")
            clock.advance(by: .seconds(30))
            try await informer.waitForSync()
            #expect(server.lists.count == 1)
        }
    }

    @Test func `what is deleted between the initial events and their end is gone`() async throws {
        let b = server.put(widget("b", 1), in: .widgets)
        let deleted = JSONWriter.string(["type": "DELETED", "object": b.json])
        onMark { deleted + "\n" + $0 }
        try await synced { informer in
            try await informer.waitForSync()
            #expect(informer.list().map(\.name) == ["a"])
            #expect(server.lists.isEmpty)
        }
    }
}
