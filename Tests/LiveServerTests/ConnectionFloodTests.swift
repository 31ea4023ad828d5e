import KubeModel
import LiveEvents
import LocalCluster
import NIOCore
import NIOPosix
import OperatorTestKit
import SkyfloAPI
import Testing
import WorkflowEngine

@testable import LiveServer

@Suite struct ConnectionFloodTests {
    private static func connect(_ count: Int, to port: Int, from address: String) async throws -> [any Channel] {
        var channels: [any Channel] = []
        for _ in 0..<count {
            channels.append(
                try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                    .bind(to: SocketAddress(ipAddress: address, port: 0)).connect(host: "127.0.0.1", port: port).get())
        }
        return channels
    }

    @Test func `a thousand connects of one address are closed, and who comes from another notices nothing`()
        async throws
    {
        try await LiveSetting.run { setting in
            try await setting.withWorker { worker in
                try await setting.claim(worker)
                let turn = worker.begin()
                turn.pass([.token("first ", count: 1)])
                let port = worker.port
                try await SocketClient.run(worker, token: setting.cluster.endpoint.token) { early in
                    let channels = try await withThrowingTaskGroup(of: [any Channel].self) { group in
                        for _ in 0..<10 { group.addTask { try await Self.connect(100, to: port, from: "127.0.0.2") } }
                        return try await group.reduce(into: []) { $0 += $1 }
                    }
                    turn.pass([.token("second", count: 2)])
                    try await eventually("who is there gets what is new") { early.tokens == ["first ", "second"] }
                    try await SocketClient.run(worker, token: setting.cluster.endpoint.token) { late in
                        try await eventually("who comes gets in") { late.tokens == ["first ", "second"] }
                    }
                    try await eventually("most of them are closed") { channels.count { !$0.isActive } > 500 }
                    for channel in channels { channel.close(promise: nil) }
                }
            }
        }
    }

    @Test func `a number of an earlier turn is told as a gap to who may read no transcript`() async throws {
        try await LiveSetting.run { setting in
            try await setting.withWorker { worker in
                try await setting.claim(worker)
                let turn = LiveTurn(
                    LiveSetting.key, uid: setting.uid, number: 1, epoch: 1, streamKey: "key-of-the-turn",
                    narration: Self.later)
                worker.turns.begin(turn)
                turn.pass([.token("first ", count: 1)])
                let path = LiveSetting.path + "?after=1000000"
                try await SocketClient.run(
                    worker, token: nil, headers: [("Skyflo-Stream-Key", "key-of-the-turn")], path: path
                ) {
                    client in
                    try await eventually("it comes") { client.tokens == ["first "] }
                    #expect(
                        client.messages.contains { if case .notice(.gap) = $0 { true } else { false } },
                        "what came: \(client.messages)")
                }
            }
        }
    }

    @Test(arguments: ["9007199254740992", "4000000000000"])
    func `a number that nobody was told counts for none, and the turn goes on for who shows it`(
        number: String
    ) async throws {
        try await LiveSetting.run { setting in
            try await setting.withWorker { worker in
                try await setting.claim(worker)
                let turn = worker.begin()
                turn.pass([.token("first ", count: 1)])
                let path = LiveSetting.path + "?after=\(number)"
                try await SocketClient.run(
                    worker, token: nil, headers: [("Skyflo-Stream-Key", "key-of-the-turn")], path: path
                ) { client in
                    try await eventually("it begins anew") { client.tokens == ["first "] }
                    turn.pass([.token("second", count: 2)])
                    try await eventually("it goes on") { client.tokens == ["first ", "second"] }
                    let gaps = client.messages.filter { if case .notice(.gap) = $0 { true } else { false } }
                    #expect(gaps == [.notice(.gap(upTo: .zero))])
                }
            }
        }
    }

    /// Behind some entries of earlier turns.
    private static var later: TurnNarration {
        var narration = TurnNarration(position: 3)
        var machine = WorkflowStateMachine(policy: .init(limits: Limits()))
        let event = TurnEvent.turnStarted(number: 2, message: "hello")
        machine.apply(event, at: KubeTime(seconds: 0))
        _ = narration.tell(event, at: KubeTime(seconds: 0), machine)
        return narration
    }
}
