import ControllerRuntime
import FoundationEssentials
import KubeClient
import KubeModel
import LocalCluster
import OperatorTestKit
import Testing

/// Many informers on a server over TLS while objects change. Some seconds by default; SKYFLO_SOAK_SECONDS makes it that
/// long, with 10,000 objects and 200 watches.
@Suite(.timeLimit(.minutes(60))) struct InformerSoakTests {
    private struct Size {
        var objects: Int
        var watches: Int
        var duration: Duration

        static var chosen: Size {
            let text = ProcessInfo.processInfo.environment["SKYFLO_SOAK_SECONDS"] ?? ""
            guard let seconds = Int(text) else { return Size(objects: 200, watches: 12, duration: .seconds(1)) }
            return Size(objects: 10_000, watches: 200, duration: .seconds(seconds))
        }
    }

    private func put(_ number: Int, _ value: Int, _ api: some KubeAPI) async throws {
        let name = "m\(number)"
        if value % 7 == 6 {
            do {
                try await api.delete(.configMaps, namespace: "soak", name: name)
            } catch let status as APIStatus where status.isNotFound {}
        } else {
            var map = KubeObject.configMap(name, namespace: "soak", data: ["value": String(value)])
            map.labels = ["half": String(number % 2)]
            _ = try await api.apply(map, in: .configMaps, options: WriteOptions(fieldManager: "soak", force: true))
        }
    }

    private func write(_ size: Size, _ api: some KubeAPI & Sendable) async throws {
        let writers = 8
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    for number in stride(from: writer, to: size.objects, by: writers) { try await put(number, 0, api) }
                    let end = ContinuousClock.now + size.duration
                    var value = 1
                    while ContinuousClock.now < end {
                        try await put(Int.random(in: 0..<size.objects), value, api)
                        value += 1
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func versions(_ objects: [KubeObject]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: objects.map { ($0.name, $0.resourceVersion) })
    }

    @Test func `after much change every cache is what the server has`() async throws {
        let size = Size.chosen
        try await TestCluster.run(.init(simulatesWorkloads: false, watchHistory: 64)) { cluster in
            _ = try await cluster.api.create(.namespace("soak"), in: .namespaces)
            let api = FaultyAPI(cluster.api)
            // Connections break all the time; with so short a history that means 410 as well.
            api.onChunk { _, bytes in
                if Int.random(in: 0..<2000) == 0 { throw KubeClientError(.unreachable, message: "reset") }
                return bytes
            }
            let informers = (0..<size.watches).map { i in
                Informer(
                    api: api, resource: .configMaps, namespace: "soak",
                    labelSelector: i % 2 == 0 ? nil : LabelSelector(matching: ["half": "1"]),
                    usesWatchList: i % 3 == 0, logger: .silent)
            }
            try await running(informers.map { informer in { await informer.run() } }) {
                try await write(size, cluster.api)
                api.onChunk(nil)
                let all = try await cluster.api.listAll(.configMaps, namespace: "soak").items
                let (whole, half) = (versions(all), versions(all.filter { $0.labels["half"] == "1" }))
                for (i, informer) in informers.enumerated() {
                    try await eventually(
                        "informer \(i) has \(i % 2 == 0 ? whole.count : half.count)", within: .seconds(60)
                    ) { versions(informer.list()) == (i % 2 == 0 ? whole : half) }
                }
            }
        }
    }
}
