import KubeClient
import KubeModel
import OperatorTestKit
import Testing

@Suite struct EventuallyTests {
    struct Broken: Error {}

    @Test func `it returns as soon as the condition is true`() async throws {
        var calls = 0
        try await eventually {
            calls += 1
            return calls == 3
        }
        #expect(calls == 3)
    }

    @Test func `a failure says what was waited for, where, and what broke last`() async throws {
        let error = await #expect(throws: NotInTime.self) {
            try await eventually("the pod is ready", within: .milliseconds(5)) { throw Broken() }
        }
        let text = try #require(error).description
        for part in ["EventuallyTests.swift:", "the pod is ready", "Broken"] { #expect(text.contains(part), "\(text)") }
    }

    @Test func `a value that is found comes back`() async throws {
        var calls = 0
        let found = try await eventuallyFound { () -> Int? in
            calls += 1
            return calls > 2 ? calls : nil
        }
        #expect(found == 3)
    }
}

@Suite(.timeLimit(.minutes(1))) struct TestClusterTests {
    @Test func `it serves its administrator, and users by their rights`() async throws {
        try await TestCluster.run { cluster in
            let config = try await cluster.api.create(.configMap("a", data: ["x": "1"]), in: .configMaps)
            try await cluster.apply(
                """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: b, namespace: default}
                """)
            let owned = try await cluster.api.create(.pod("p").controlled(by: config), in: .pods)
            #expect(owned.controller?.uid == config.uid)
            let list = try await cluster.api.list(.configMaps, namespace: "default")
            #expect(list.items.contains { $0.name == "b" })
            let status = await #expect(throws: APIStatus.self) {
                try await cluster.withUser("nobody") { api in
                    _ = try await api.get(.configMaps, namespace: "default", name: "a")
                }
            }
            #expect(status?.isForbidden == true)
        }
    }

    @Test func `faults happen where the test says`() async throws {
        try await TestCluster.run { cluster in
            let api = FaultyAPI(cluster.api)
            api.after { request, response in
                if request.method == .post { throw KubeClientError(.timeout, message: "no answer") }
                return response
            }
            await #expect(throws: KubeClientError.self) { try await api.create(.configMap("a"), in: .configMaps) }
            let done = try await api.find(.configMaps, namespace: "default", name: "a")
            #expect(done != nil, "the server did it")
            api.before { _ in throw KubeClientError(.unreachable, message: "down") }
            await #expect(throws: KubeClientError.self) {
                try await api.find(.configMaps, namespace: "default", name: "a")
            }
        }
    }
}
