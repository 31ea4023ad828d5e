import ControllerRuntime
import KubeClient
import KubeModel
import LocalCluster
import Logging
import OperatorTestKit
import Synchronization
import Testing

/// The whole way from a server over TLS to a handler, on a network that cuts, resets, garbles and stalls connections.
@Suite(.timeLimit(.minutes(2))) struct InformerNetworkTests {
    private func withBadNetwork(
        seed: UInt64, _ body: (TestCluster, KubeClient, FaultyProxy) async throws -> Void
    ) async throws {
        try await TestCluster.run { cluster in
            let port = try #require(cluster.endpoint.url.split(separator: ":").last.flatMap { Int($0) })
            try await FaultyProxy.with(port: port, seed: seed) { proxy, proxyPort in
                var endpoint = cluster.endpoint
                endpoint.url = "https://127.0.0.1:\(proxyPort)"
                try await withKubeClient(
                    .kubeconfig(text: endpoint.kubeconfig()), logger: .silent,
                    options: .init(timeout: .milliseconds(500), connectTimeout: .milliseconds(500))
                ) { try await body(cluster, $0, proxy) }
            }
        }
    }

    private func change(_ step: Int, _ random: inout SplitMix, _ api: KubeClient) async throws {
        let name = "m\(Int.random(in: 0..<20, using: &random))"
        if step % 5 == 4 {
            do {
                try await api.delete(.configMaps, namespace: "default", name: name)
            } catch let status as APIStatus where status.isNotFound {}
        } else {
            let map = KubeObject.configMap(name, namespace: "default", data: ["value": String(step)])
            _ = try await api.apply(map, in: .configMaps, manager: "test", force: true)
        }
    }

    @Test(arguments: [(1, false), (2, true)])
    func `no change is lost, and no connection is made without need`(seed: UInt64, usesWatchList: Bool) async throws {
        try await withBadNetwork(seed: seed) { cluster, client, proxy in
            let clock = ManualClock()
            let informer = Informer(
                api: client, resource: .configMaps, namespace: "default", usesWatchList: usesWatchList, clock: clock,
                logger: .silent)
            let replica = Replica()
            informer.addHandler { replica.handle($0) }
            try await running([{ await informer.run() }, { try await clock.tick() }]) {
                var random = SplitMix(state: seed)
                for step in 0..<300 { try await change(step, &random, cluster.api) }
                // A machine that is busy may have made all changes before the first connection broke.
                try await eventually("a connection broke") {
                    try await change(300, &random, cluster.api)
                    return proxy.connections >= 2
                }
                let faulty = proxy.connections
                proxy.calm()
                try await change(0, &random, cluster.api)
                let all = try await cluster.api.listAll(.configMaps, namespace: "default").items
                let expected = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0.resourceVersion) })
                try await eventually("the handler knows what the server has", within: .seconds(120)) {
                    replica.state.withLock { $0.objects.mapValues(\.resourceVersion) } == expected
                }
                #expect(replica.state.withLock(\.faults) == [])
                #expect(faulty < 500, "\(faulty) connections")
            }
        }
    }

    /// - Returns: the names of what the server has confirmed.
    private func write(_ prefix: String, _ client: KubeClient) async throws -> [String] {
        var names: [String] = []
        for number in 0..<25 {
            let map = KubeObject.configMap("\(prefix)-\(number)", namespace: "default", data: [:])
            do {
                _ = try await client.create(map, in: .configMaps)
                names.append(map.name)
                _ = try await client.get(.configMaps, namespace: "default", name: map.name)
            } catch let error as KubeClientError {
                #expect([.unreachable, .timeout, .badResponse].contains(error.code), "\(error)")
            }
        }
        return names
    }

    @Test func `each request ends, and a write that was acknowledged is there`() async throws {
        try await withBadNetwork(seed: 3) { cluster, client, proxy in
            let acknowledged = try await withThrowingTaskGroup(of: [String].self) { group in
                for worker in 0..<4 { group.addTask { try await write("w\(worker)", client) } }
                return try await group.reduce(into: Set()) { $0.formUnion($1) }
            }
            let there = Set(try await cluster.api.listAll(.configMaps, namespace: "default").items.map(\.name))
            #expect(acknowledged.isSubset(of: there) && !acknowledged.isEmpty)
            #expect(proxy.connections > 4)
        }
    }
}
