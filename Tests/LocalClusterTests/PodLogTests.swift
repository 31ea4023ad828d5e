import KubeModel
import Testing

@testable import LocalCluster

struct PodLogTests {
    let cluster: Simulated
    private let path = "/api/v1/namespaces/default/pods/box"

    init() throws {
        cluster = try Simulated()
        try cluster.create(
            "{apiVersion: v1, kind: Pod, metadata: {name: box}, spec: {containers: [{name: box, image: box}]}}")
    }

    private func lines(_ query: String, after seconds: Double = 0) throws -> [String] {
        let pod = try #require(cluster.pods.first)
        let now = KubeTime.now().adding(seconds: seconds)
        let options = try PodLogs.Options(APIRequest(method: "GET", target: path + "/log?" + query))
        return try PodLogs(now: { now }).text(of: pod, options).split(separator: "\n").map(String.init)
    }

    @Test func `options choose the lines`() throws {
        #expect(try lines("").first == "box starting from box")
        #expect(try lines("tailLines=1") == ["box is ready"])
        #expect(try lines("", after: 25).suffix(2) == ["GET /healthz 200", "GET /healthz 200"])
        #expect(try lines("sinceSeconds=12", after: 25) == ["GET /healthz 200"])
        #expect(try lines("limitBytes=3") == ["box"])
        #expect(try lines("tailLines=1&timestamps=true")[0].hasSuffix("Z box is ready"))
        #expect(throws: APIStatus.self) { try lines("previous=true") }
        #expect(throws: APIStatus.self) { try lines("container=other") }
    }

    @Test(.timeLimit(.minutes(1))) func `followed, a log ends with its pod`() async throws {
        let request = APIRequest(
            method: "GET", target: path + "/log?follow=true&tailLines=1",
            headers: [("authorization", "Bearer \(cluster.api.administrator)")])
        guard case .log(let log) = cluster.api.server.respond(to: request).body else {
            Issue.record("no stream")
            return
        }
        let (chunks, continuation) = AsyncStream.makeStream(of: String.self)
        async let end: Void = {
            defer { continuation.finish() }
            try await log.run { continuation.yield(String(decoding: $0, as: UTF8.self)) }
        }()
        var iterator = chunks.makeAsyncIterator()
        #expect(await iterator.next() == "box is ready\n")
        _ = cluster.api.send("DELETE", path)
        cluster.settle()
        while await iterator.next() != nil {}
        try await end
    }
}
