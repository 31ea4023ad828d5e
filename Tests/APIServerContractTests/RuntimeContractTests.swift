import ControllerRuntime
import KubeClient
import KubeModel
import Logging
import OperatorTestKit
import Testing

/// What ControllerRuntime relies on of an API server. One suite, every server.
@Suite(.timeLimit(.minutes(2))) struct RuntimeContractTests {
    private static let silent = Logger(label: "contract") { _ in SwiftLogNoOpLogHandler() }

    private func informer(_ api: some KubeAPI, _ namespace: String, usesWatchList: Bool) -> Informer {
        Informer(
            api: api, resource: .configMaps, namespace: namespace, labelSelector: LabelSelector(matching: ["a": "b"]),
            usesWatchList: usesWatchList, logger: Self.silent)
    }

    private func map(_ name: String, _ namespace: String) -> KubeObject {
        .configMap(name, namespace: namespace).labeled(["a": "b"])
    }

    @Test(arguments: Server.allCases, [false, true])
    func `an informer begins with a list or a watch list, and follows`(_ server: Server, usesWatchList: Bool)
        async throws
    {
        try await server.run { api, namespace in
            for i in 0..<5 { _ = try await api.create(map("m\(i)", namespace), in: .configMaps) }
            let lists = Journal<String>()
            let counted = FaultyAPI(api)
            counted.before { if $0[query: "watch"] == nil { lists.add($0.path) } }
            let informer = informer(counted, namespace, usesWatchList: usesWatchList)
            try await running([{ await informer.run() }]) {
                try await informer.waitForSync()
                #expect(informer.list().count == 5)
                // A real server without etcd's progress notifications can't do watch lists, and is listed.
                let isLocal = server == .local
                #expect(lists.count == 1 || (usesWatchList && lists.count == 0))
                #expect(!isLocal || lists.count == (usesWatchList ? 0 : 1))
                try await api.delete(.configMaps, namespace: namespace, name: "m0")
                _ = try await api.create(map("new", namespace), in: .configMaps)
                try await eventually {
                    Set(informer.list().map(\.name)) == ["m1", "m2", "m3", "m4", "new"]
                }
            }
        }
    }

    @Test(arguments: Server.allCases)
    func `a version that the server has forgotten is told as expired`(_ server: Server) async throws {
        try await server.run { api, namespace in
            // More changes than LocalCluster remembers. How far a real server's history goes back is up to its age.
            if server == .local {
                for i in 0...1100 {
                    _ = try await api.apply(change(i, namespace), in: .configMaps, options: Self.forced)
                }
            }
            do {
                try await api.watch(
                    .configMaps, namespace: namespace, options: .init(resourceVersion: "1", timeoutSeconds: 5)
                ) {
                    while let event = try await $0.next() { if case .error(let status) = event { throw status } }
                }
                #expect(server != .local)
            } catch {
                #expect(ReflectorState.Failure(error) == .expired)
            }
        }
    }

    private static let forced = WriteOptions(fieldManager: "test", force: true)

    private func change(_ i: Int, _ namespace: String) -> KubeObject {
        .configMap("m", namespace: namespace, data: ["i": String(i)])
    }

    @Test(arguments: Server.allCases)
    func `one of two electors leads, and hands over when it stops`(_ server: Server) async throws {
        try await server.run { api, namespace in
            let order = Journal<String>()
            let candidates: [@Sendable () async throws -> Void] = ["a", "b"].map { name in
                {
                    let elector = LeaderElector(
                        api: api,
                        .init(
                            namespace: namespace, name: "lease", identity: name, leaseDuration: .seconds(60),
                            renewDeadline: .seconds(40), retryPeriod: .milliseconds(100)),
                        metrics: MetricsRegistry(), logger: Self.silent)
                    try await elector.run {
                        order.add("\(name) begins")
                        let renewed = try await api.get(.leases, namespace: namespace, name: "lease").resourceVersion
                        try await eventually {
                            try await api.get(.leases, namespace: namespace, name: "lease").resourceVersion != renewed
                        }
                        order.add("\(name) ends")
                    }
                }
            }
            try await running(candidates) { try await eventually { order.count == 4 } }
            let names = order.entries.map { String($0.prefix(1)) }
            #expect(names[0] == names[1] && names[2] == names[3] && Set(names).count == 2, "\(order.entries)")
        }
    }

    @Test(arguments: Server.allCases)
    func `an object with finalizers waits for them`(_ server: Server) async throws {
        try await server.run { api, namespace in
            var finalizers = Finalizers(api: api, resource: .configMaps)
            let runs = Journal<String>()
            try finalizers.register("example.com/a") { runs.add($0.name) }
            let created = try await api.create(map("m", namespace), in: .configMaps)
            guard case .live = try await finalizers.run(on: created) else {
                Issue.record("not live")
                return
            }
            try await api.delete(.configMaps, namespace: namespace, name: "m")
            let deleted = try await api.get(.configMaps, namespace: namespace, name: "m")
            guard case .finalized(nil) = try await finalizers.run(on: deleted) else {
                Issue.record("not gone")
                return
            }
            let rest = try await api.find(.configMaps, namespace: namespace, name: "m")
            #expect(rest == nil && runs.entries == ["m"])
        }
    }
}
