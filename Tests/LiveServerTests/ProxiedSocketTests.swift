import ControllerRuntime
import FoundationEssentials
import KubeClient
import KubeModel
import LiveEvents
import LocalCluster
import Logging
import OperatorTestKit
import SkyfloAPI
import Synchronization
import Testing

@testable import LiveServer

/// A WebSocket through the API server's proxy to the operator's service.
@Suite struct ProxiedSocketTests {
    private static let proxy =
        "/api/v1/namespaces/skyflo-system/services/https:skyflo-operator:https/proxy" + LiveSetting.path
    private static let key = [("Skyflo-Stream-Key", "key-of-the-turn")]

    private static func run(
        limits: LiveServerLimits = LiveServerLimits(),
        _ body: (LiveSetting, LiveWorker, LiveTurn, _ port: Int) async throws -> Void
    ) async throws {
        try await LiveSetting.run { setting in
            try await setting.withWorker(limits: limits) { worker in
                try await setting.cluster.apply(
                    """
                    apiVersion: v1
                    kind: Service
                    metadata:
                      name: skyflo-operator
                      namespace: skyflo-system
                      annotations: {local-cluster/forward-to: "https://127.0.0.1:\(worker.port)"}
                    spec: {ports: [{name: https, port: 443}]}
                    """)
                try await setting.claim(worker)
                let turn = worker.begin()
                turn.pass([.token("first ", count: 1)])
                let port = try #require(URL(string: setting.cluster.endpoint.url)?.port)
                try await body(setting, worker, turn, port)
            }
        }
    }

    private static func streams(_ worker: LiveWorker, _ count: Int) -> Bool {
        worker.metrics.text.contains("skyflo_live_streams \(count)\n")
    }

    @Test func `with the turn's key somebody follows it through the proxy, and can do nothing else`() async throws {
        try await Self.run { setting, worker, turn, port in
            let token = setting.cluster.endpoint.token
            try await SocketClient.run(port: port, token: token, headers: Self.key, path: Self.proxy + "?turn=1") {
                client in
                try await eventually("it comes") { client.tokens == ["first "] }
                guard case .refused(_, 403, _) = try await client.ask(["type": "stop"]) else {
                    Issue.record("what came: \(client.answers)")
                    return
                }
                turn.pass([.token("second", count: 2)])
                try await eventually("it goes on") { client.tokens == ["first ", "second"] }
                worker.turns.complete(turn)
                try await eventually("the worker's end is the client's") { client.closedWith == 1000 }
            }
        }
    }

    @Test func `with the sender's token in a header of our own it also stops`() async throws {
        try await Self.run { setting, worker, _, port in
            let token = setting.cluster.endpoint.token
            try await SocketClient.run(
                port: port, token: token, headers: [("Skyflo-Token", token)], path: Self.proxy
            ) { client in
                let answer = try await client.ask(["type": "stop"])
                #expect(answer == .done(command: nil, message: "stopped"))
            }
            let spec = try await setting.cluster.api.get(.conversations, namespace: "shop", name: "talk")["spec"]
            #expect(spec?["stop"]?.bool == true)
            try await eventually("the client's end is the worker's") { Self.streams(worker, 0) }
        }
    }

    @Test func `who may not is told by the one who says so`() async throws {
        try await Self.run { setting, worker, _, port in
            let token = setting.cluster.endpoint.token
            let bob = setting.cluster.cluster.addUser("bob", groups: [])
            let cases: [(String?, [(String, String)], String, Int)] = [
                // The proxy keeps Authorization, so the worker sees no token.
                (token, [], Self.proxy, 401), (token, [("Skyflo-Stream-Key", "another")], Self.proxy, 401),
                (token, [("Skyflo-Token", bob)], Self.proxy, 403), (token, Self.key, Self.proxy + "/more", 404),
                ("of-another-cluster", Self.key, Self.proxy, 401),
                (bob, Self.key, Self.proxy.replacing(":https/", with: ":other/"), 403),
                (bob, Self.key, Self.proxy + "?after=x", 400),
            ]
            for (token, headers, path, status) in cases {
                let refused = await #expect(throws: SocketClient.Refused.self, "\(path)") {
                    try await SocketClient.run(port: port, token: token, headers: headers, path: path) { _ in }
                }
                #expect(refused?.status == status, "\(headers) \(path)")
            }
            #expect(Self.streams(worker, 0))
        }
    }

    @Test func `a service without anybody behind it is no WebSocket, and the next request goes through`() async throws {
        try await Self.run { setting, worker, _, port in
            let token = setting.cluster.endpoint.token
            let service = APIResource(group: "", version: "v1", plural: "services", kind: "Service")
            func lead(to address: String) async throws {
                let change: JSONValue = ["metadata": ["annotations": ["local-cluster/forward-to": .string(address)]]]
                _ = try await setting.cluster.api.patch(
                    service, namespace: "skyflo-system", name: "skyflo-operator", patch: .merge(change))
            }
            try await lead(to: "https://127.0.0.1:1")
            let refused = await #expect(throws: SocketClient.Refused.self) {
                try await SocketClient.run(port: port, token: token, headers: Self.key, path: Self.proxy) { _ in }
            }
            #expect(refused?.status == 503)
            try await lead(to: "https://127.0.0.1:\(worker.port)")
            try await SocketClient.run(port: port, token: token, headers: Self.key, path: Self.proxy) { client in
                try await eventually("it comes") { client.tokens == ["first "] }
            }
        }
    }

    private final class Following: Sendable {
        let count = Mutex(0)
    }

    @Test func `many at once are told apart`() async throws {
        try await Self.run { setting, worker, turn, port in
            let token = setting.cluster.endpoint.token
            let following = Following()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        try await SocketClient.run(port: port, token: token, headers: Self.key, path: Self.proxy) {
                            client in
                            try await eventually("it comes") { client.tokens == ["first "] }
                            following.count.withLock { $0 += 1 }
                            try await eventually("the rest comes") {
                                client.tokens == ["first ", "second"] && client.closedWith == 1000
                            }
                        }
                    }
                }
                try await eventually("all follow") { following.count.withLock(\.self) == 16 }
                turn.pass([.token("second", count: 2)])
                worker.turns.complete(turn)
                try await group.waitForAll()
            }
        }
    }
}
