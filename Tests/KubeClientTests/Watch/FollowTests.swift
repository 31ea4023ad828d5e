import Concurrency
import KubeClient
import KubeModel
import Synchronization
import Testing

/// A server that gives one script of chunks a watch, and says how a watch ends that has no more.
private final class ScriptedWatches: KubeAPI {
    private let scripts: Mutex<[[String]]>
    private let last: @Sendable () -> any Error
    let versions = Recorder<String?>()

    init(_ scripts: [[String]], last: @escaping @Sendable () -> any Error) {
        self.scripts = Mutex(scripts)
        self.last = last
    }

    func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        KubeResponse(status: 404)
    }

    func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        versions.append(request[query: "resourceVersion"])
        guard var rest = scripts.withLock({ $0.isEmpty ? nil : $0.removeFirst() })?[...] else { throw last() }
        var stream = KubeByteStream {
            let chunk = rest.popFirst()
            if chunk == "cut" { throw KubeClientError(.unreachable, message: "cut") }
            return chunk.map { Array($0.utf8) }
        }
        return try await body(&stream)
    }
}

@Suite struct FollowTests {
    private struct Enough: Error {}
    private static let quick = Backoff(base: .milliseconds(1), maximum: .milliseconds(2))
    private static let gone = APIStatus(code: 410, reason: .expired, message: "too old")

    private static func event(_ version: Int, _ type: String = "ADDED") -> String {
        #"{"type":"\#(type)","object":{"kind":"Pod","metadata":{"name":"p","resourceVersion":"\#(version)"}}}"# + "\n"
    }

    private func versions(_ api: ScriptedWatches, throwing code: Int) async -> [String] {
        let seen = Mutex<[String]>([])
        let status = await #expect(throws: APIStatus.self) {
            try await api.follow(.pods, from: "1", backoff: Self.quick) { event in
                if case .added(let pod) = event { seen.withLock { $0.append(pod.resourceVersion) } }
            }
        }
        #expect(status?.code == code)
        return seen.withLock { $0 }
    }

    @Test func `after an end, a cut and a cut in an event, it goes on from the last version`() async throws {
        let api = ScriptedWatches([
            [Self.event(2), Self.event(5, "BOOKMARK")], [], ["cut"], [Self.event(6), "{\"type\":\"ADD", "cut"],
            [Self.event(7)],
        ]) { Self.gone }
        #expect(await versions(api, throwing: 410) == ["2", "6", "7"])
        #expect(api.versions.all == ["1", "5", "5", "5", "6", "7"])
    }

    @Test func `a watch that only repeats where it is isn't opened again at once`() async throws {
        let line = Array(Self.event(5, "BOOKMARK").utf8)
        let api = FakeAPI(chunks: [line])
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let pause = Backoff(base: .seconds(600), maximum: .seconds(600))
                try? await api.follow(.pods, from: "5", backoff: pause) { _ in }
            }
            group.addTask { try? await eventually("it asks") { api.requests.count > 0 } }
            _ = await group.next()
            for _ in 0..<1000 { await Task.yield() }
            group.cancelAll()
        }
        #expect(api.requests.count == 1)
    }

    @Test func `an error event of 410 ends it, and one that passes doesn't`() async throws {
        func error(_ code: Int) -> String {
            #"{"type":"ERROR","object":{"kind":"Status","code":\#(code),"message":"no"}}"# + "\n"
        }
        let api = ScriptedWatches([[Self.event(2), error(500)], [Self.event(3), error(410)]]) { Enough() }
        #expect(await versions(api, throwing: 410) == ["2", "3"])
        #expect(api.versions.all == ["1", "2"])
    }

    @Test func `a refusal that doesn't pass is thrown, and so is what the consumer throws`() async throws {
        let forbidden = ScriptedWatches([]) { APIStatus(code: 403, reason: .forbidden, message: "no") }
        #expect(await versions(forbidden, throwing: 403) == [])
        let api = ScriptedWatches([[Self.event(2), Self.event(3)]]) { Enough() }
        // An error that the follower itself would take for a cut.
        let error = await #expect(throws: KubeClientError.self) {
            try await api.follow(.pods, from: "1", backoff: Self.quick) { _ in
                throw KubeClientError(.timeout, message: "mine")
            }
        }
        #expect(error?.message == "mine" && api.versions.all == ["1"])
    }

    @Test func `what shall be selected can't add conditions`() {
        let selector = FieldSelector.name("a,b=c\\").and(.notEqual("status.phase", value: "Failed"))
        #expect(selector.description == #"metadata.name=a\,b\=c\\,status.phase!=Failed"#)
    }
}
