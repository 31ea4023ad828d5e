import ControllerRuntime
import KubeClient
import KubeModel
import OperatorTestKit
import Synchronization
import Testing

/// Against a server that does everything wrong that one can, short of lying in its lists.
@Suite(.timeLimit(.minutes(2))) struct InformerFaultTests {
    private final class Chaos: Sendable {
        private let random: Mutex<SplitMix>
        private let old = Mutex<[[UInt8]]>([])
        let isOn = Mutex(true)

        init(seed: UInt64) { random = Mutex(SplitMix(state: seed)) }

        func roll(_ sides: Int) -> Int { random.withLock { Int.random(in: 0..<sides, using: &$0) } }

        func before(_ request: KubeRequest) throws {
            guard isOn.withLock(\.self) else { return }
            switch roll(12) {
            case 0: throw KubeClientError(.unreachable, message: "connection refused")
            case 1: throw APIStatus(code: 429, reason: .tooManyRequests, message: "", retryAfterSeconds: 2)
            case 2: throw APIStatus(code: 500, reason: .internalError, message: "etcd leader changed")
            case 3: throw APIStatus(code: 410, reason: .expired, message: "too old resource version")
            default: break
            }
        }

        func chunk(_ bytes: [UInt8]) throws -> [UInt8] {
            guard isOn.withLock(\.self) else { return bytes }
            let earlier = old.withLock { old in
                old.append(bytes)
                return old[roll(old.count)]
            }
            switch roll(25) {
            case 0: throw KubeClientError(.unreachable, message: "connection reset")
            case 1: return Array(bytes.prefix(bytes.count / 2)) + [10]
            case 2: return Array("<html>502 Bad Gateway</html>\n".utf8)
            case 3: return bytes + bytes
            case 4: return bytes + Array(#"{"type":"ERROR","object":{"kind":"Status","code":410}}"#.utf8) + [10]
            case 5 where !String(decoding: earlier, as: UTF8.self).contains("DELETED"): return bytes + earlier
            case 6: return Array("\n\n".utf8) + bytes
            default: return bytes
            }
        }
    }

    private func act(on server: FakeAPIServer, _ chaos: Chaos, step: Int) async throws {
        let name = "w\(chaos.roll(20))"
        switch chaos.roll(10) {
        case 0...1: server.remove(.widgets, "ns", name)
        case 2 where chaos.roll(10) == 0: server.compact()
        case 3: server.breakWatches(chaos.roll(2) == 0 ? nil : KubeClientError(.unreachable, message: "reset"))
        case 4: server.bookmark()
        default: server.put(widget(name, step), in: .widgets)
        }
        if chaos.roll(5) == 0 { await Task.yield() }
    }

    @Test(arguments: [(1, false), (2, true), (3, false), (4, true), (5, false), (6, true)])
    func `in the end it has what the server has, and handlers were told a story without gaps`(
        seed: UInt64, usesWatchList: Bool
    ) async throws {
        let server = FakeAPIServer()
        let chaos = Chaos(seed: seed)
        let api = FaultyAPI(server)
        api.before { try chaos.before($0) }
        api.onChunk { try chaos.chunk($1) }
        let clock = ManualClock()
        let informer = Informer(
            api: api, resource: .widgets, usesWatchList: usesWatchList, clock: clock, logger: .silent)
        let replica = Replica()
        informer.addHandler { replica.handle($0) }
        try await running([{ await informer.run() }, { try await clock.tick() }]) {
            for step in 0..<3000 { try await act(on: server, chaos, step: step) }
            chaos.isOn.withLock { $0 = false }
            server.put(widget("last", 1), in: .widgets)
            let expected = Dictionary(uniqueKeysWithValues: server.objects(.widgets).map { ($0.key, $0) })
            try await eventually("the cache is what the server has") {
                Dictionary(uniqueKeysWithValues: informer.list().map { ($0.key, $0) }) == expected
            }
            try await eventually("the handler knows it") { replica.state.withLock { $0.objects } == expected }
            #expect(replica.state.withLock(\.faults) == [])
        }
    }

    @Test(arguments: ["closes", "repeats an old event", "sends garbage", "says 410", "says 429"])
    func `a server that ends every watch at once is asked again after a pause only`(what: String) async throws {
        let server = FakeAPIServer()
        let old = server.put(widget("a", 1), in: .widgets)
        let api = FaultyAPI(server)
        let clock = ManualClock()
        let line = JSONWriter.bytes(["type": "MODIFIED", "object": old.json]) + [10]
        let status = APIStatus(code: 410, reason: .expired, message: "")
        let error = JSONWriter.bytes(["type": "ERROR", "object": status.json]) + [10]
        let isBroken: @Sendable () -> Bool = {
            switch what {
            case "repeats an old event": server.sendToWatchers(line)
            case "sends garbage": server.sendToWatchers(Array("garbage\n".utf8))
            case "says 410": server.sendToWatchers(error)
            default: break
            }
            server.breakWatches(nil)
            return true
        }
        api.before { request in
            if what == "says 429", request[query: "watch"] != nil {
                throw APIStatus(code: 429, reason: .tooManyRequests, message: "", retryAfterSeconds: 1)
            }
        }
        let informer = Informer(api: api, resource: .widgets, clock: clock, logger: .silent)
        try await running([
            { await informer.run() },
            {
                while !Task.isCancelled {
                    if server.watcherCount > 0 { _ = isBroken() }
                    try await Task.sleep(for: .milliseconds(1))
                }
            },
        ]) {
            // The pauses only end when the test says so: as many as it lets pass, so many are there at most.
            for pause in 1...4 {
                try await eventually { clock.deadlines.contains { $0 < clock.uptime + .seconds(31) } }
                #expect(server.requests.count <= 1 + 2 * pause)
                if let next = clock.deadlines.first { clock.advance(by: next - clock.uptime) }
            }
        }
    }
}
