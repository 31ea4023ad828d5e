import KubeClient
import KubeModel
import Testing

@Suite struct ListAllTests {
    private static func page(_ names: [String], version: String, next: String? = nil) -> KubeResponse {
        .json([
            "kind": "PodList", "apiVersion": "v1",
            "metadata": .compact(["resourceVersion": .string(version), "continue": next.map(JSONValue.string)]),
            "items": .array(names.map { ["metadata": ["name": .string($0)]] }),
        ])
    }

    @Test func `pages are put together`() async throws {
        let api = FakeAPI { request in
            switch request[query: "continue"] {
            case nil: Self.page(["a", "b"], version: "5", next: "t1")
            case "t1": Self.page(["c"], version: "5", next: "t2")
            default: Self.page(["d"], version: "5")
            }
        }
        let options = ListOptions(
            fieldSelector: "x=y", continueToken: "stale", resourceVersion: "5", resourceVersionMatch: .exact)
        let list = try await api.listAll(.pods, namespace: "shop", options: options, pageSize: 2)
        #expect(list.items.map(\.name) == ["a", "b", "c", "d"])
        #expect(list.items.first?.kind == "Pod")
        #expect(list.resourceVersion == "5")
        #expect(list.continueToken == nil)
        #expect(api.requests.map { $0[query: "limit"] } == ["2", "2", "2"])
        #expect(api.requests.map { $0[query: "fieldSelector"] } == ["x=y", "x=y", "x=y"])
        #expect(api.requests.map { $0[query: "resourceVersion"] } == ["5", nil, nil])
        #expect(api.requests.map { $0[query: "resourceVersionMatch"] } == ["Exact", nil, nil])
    }

    @Test func `a 410 between pages lists again in one piece`() async throws {
        let api = FakeAPI { request in
            if request[query: "continue"] != nil { return .failure(410, .expired) }
            if request[query: "limit"] != nil { return Self.page(["a"], version: "5", next: "t") }
            return Self.page(["a", "b"], version: "9")
        }
        let list = try await api.listAll(.pods, pageSize: 1)
        #expect(list.items.map(\.name) == ["a", "b"])
        #expect(list.resourceVersion == "9")
        #expect(api.requests.count == 3)
    }

    @Test func `another error is thrown as it is`() async throws {
        let api = FakeAPI { request in
            request[query: "continue"] == nil
                ? Self.page(["a"], version: "5", next: "t") : .failure(403, .forbidden)
        }
        let status = await #expect(throws: APIStatus.self) { try await api.listAll(.pods) }
        #expect(status?.code == 403)
        let first = FakeAPI { _ in .failure(410, .expired) }
        await #expect(throws: APIStatus.self) { try await first.listAll(.pods) }
        #expect(first.requests.count == 1)
    }
}

@Suite struct LogsTests {
    @Test func `the options become the query`() async throws {
        let api = FakeAPI { _ in KubeResponse(status: 200, contentType: "text/plain", body: [UInt8]("hello".utf8)) }
        let options = LogOptions(
            container: "c", previous: true, tailLines: 5, sinceSeconds: 60, limitBytes: 100, timestamps: true)
        #expect(try await api.logs(pod: "p", namespace: "shop", options) == "hello")
        let request = try #require(api.requests.first)
        #expect(
            request.target == "/api/v1/namespaces/shop/pods/p/log?container=c&previous=true&tailLines=5"
                + "&sinceSeconds=60&limitBytes=100&timestamps=true")
        #expect(request.accept == "application/json, */*")
    }

    @Test func `a server that sends more is cut off`() async throws {
        let api = FakeAPI { _ in KubeResponse(status: 200, body: [UInt8]("hello".utf8)) }
        #expect(try await api.logs(pod: "p", namespace: "n", LogOptions(limitBytes: 2)) == "he")
    }

    @Test func `a refusal is thrown`() async throws {
        let api = FakeAPI { _ in .failure(400, .badRequest, "container is waiting to start") }
        let status = await #expect(throws: APIStatus.self) { try await api.logs(pod: "p", namespace: "n") }
        #expect(status?.message == "container is waiting to start")
    }
}
