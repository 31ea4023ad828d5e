import KubeModel
import Testing

@testable import LocalCluster

struct WatchTests {
    let cluster: InProcess

    init() throws { cluster = try InProcess(historyLimit: 8) }

    /// The events that a watch delivers, until there are `count` of them.
    private func events(_ query: String, count: Int, meanwhile: () -> Void = {}) async throws -> [JSONValue] {
        let request = APIRequest(
            method: "GET", target: configMaps + "?watch=1&timeoutSeconds=5&" + query,
            headers: [("authorization", "Bearer \(cluster.administrator)")])
        guard case .watch(let watch) = cluster.server.respond(to: request).body else {
            Issue.record("no watch")
            return []
        }
        let (chunks, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { continuation.finish() }
                try await watch.run { continuation.yield($0) }
            }
            var received: [UInt8] = []
            var isFirst = true
            for await chunk in chunks {
                received += chunk
                if isFirst { meanwhile() }
                isFirst = false
                if received.count(where: { $0 == 10 }) >= count { break }
            }
            group.cancelAll()
            return try received.split(separator: 10).map { try JSONParser.parse($0) }
        }
    }

    private func types(_ events: [JSONValue]) -> [String] { events.compactMap { $0["type"]?.string } }

    private func patch(_ name: String, _ change: JSONValue) {
        _ = cluster.send("PATCH", "\(configMaps)/\(name)", change, type: "application/merge-patch+json")
    }

    @Test func `it begins with what is there, and goes on with changes`() async throws {
        _ = cluster.send("POST", configMaps, configMap("one"))
        let events = try await events("", count: 3) {
            patch("one", ["data": ["a": "c"]])
            _ = cluster.send("DELETE", configMaps + "/one")
        }
        #expect(types(events) == ["ADDED", "MODIFIED", "DELETED"])
    }

    @Test func `leaving the selection is a deletion with the old labels`() async throws {
        _ = cluster.send("POST", configMaps, configMap("one", [:], ["labels": ["team": "a"]]))
        let events = try await events("labelSelector=team%3Da", count: 3) {
            patch("one", ["metadata": ["labels": ["team": "b"]]])
            patch("one", ["metadata": ["labels": ["team": "a"]]])
        }
        #expect(types(events) == ["ADDED", "DELETED", "ADDED"])
        #expect(events[1]["object", "metadata", "labels", "team"]?.string == "a")
    }

    @Test func `initial events end with a marked bookmark`() async throws {
        _ = cluster.send("POST", configMaps, configMap("one"))
        let events = try await events(
            "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true", count: 2)
        #expect(types(events) == ["ADDED", "BOOKMARK"])
        #expect(events.last?["object", "metadata", "annotations", "k8s.io/initial-events-end"]?.string == "true")
    }

    @Test func `a version that is forgotten is an error event 410`() async throws {
        for number in 0..<12 { _ = cluster.send("POST", configMaps, configMap("map-\(number)")) }
        let events = try await events("resourceVersion=2", count: 1)
        #expect(types(events) == ["ERROR"])
        #expect(events.first?["object", "code"]?.int == 410)
    }

    @Test func `a watch that ends leaves no subscriber behind`() async throws {
        _ = cluster.send("POST", configMaps, configMap("one"))
        _ = try await events("", count: 1)
        let deadline = ContinuousClock.now + .seconds(120)
        while cluster.server.store.subscriberCount > 0, ContinuousClock.now < deadline { await Task.yield() }
        #expect(cluster.server.store.subscriberCount == 0)
    }
}
