import ControllerRuntime
import KubeClient
import KubeModel
import LiveEvents
import LocalCluster
import Logging
import NIOWebSocket
import OperatorTestKit
import SkyfloAPI
import Testing
import WorkflowEngine

@testable import LiveServer

@Suite struct LiveSocketTests {
    /// One worker that has the turn, of which something was told.
    private static func run(
        limits: LiveServerLimits = LiveServerLimits(), members: JSONValue = [:],
        _ body: (LiveSetting, LiveWorker, LiveTurn) async throws -> Void
    ) async throws {
        try await LiveSetting.run { setting in
            try await setting.withWorker(limits: limits) { worker in
                try await setting.claim(worker, members: members)
                let turn = worker.begin()
                turn.pass([.token("first ", count: 1), .token("second ", count: 2)])
                try await body(setting, worker, turn)
            }
        }
    }

    private static func spec(_ setting: LiveSetting) async throws -> JSONValue? {
        try await setting.cluster.api.get(.conversations, namespace: "shop", name: "talk")["spec"]
    }

    @Test func `it gives the events that server-sent events give, to the end`() async throws {
        try await Self.run { setting, worker, turn in
            let token = setting.cluster.endpoint.token
            let plain = StreamClient()
            try await withKubeClient(worker.configuration(token), logger: Logger(label: "test")) { direct in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await plain.read(direct) }
                    group.addTask {
                        try await SocketClient.run(worker, token: token) { client in
                            try await eventually("both have begun") {
                                client.tokens.count == 2 && plain.tokens.count == 2
                            }
                            turn.pass([.token("third", count: 3)])
                            worker.turns.complete(turn)
                            try await eventually("it is closed") { client.closedWith == 1000 }
                            try await eventually("so is the other") { plain.messages.count == client.messages.count }
                            #expect(client.messages == plain.messages)
                            #expect(client.tokens == ["first ", "second ", "third"])
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func `it goes on behind a number`() async throws {
        try await Self.run { setting, worker, turn in
            let last = turn.read(after: nil, bytes: .max).events.map(\.number)
            let path = LiveSetting.path + "?after=\(last[0])"
            try await SocketClient.run(worker, token: setting.cluster.endpoint.token, path: path) { client in
                try await eventually("it comes") { client.tokens == ["second "] }
            }
        }
    }

    @Test func `who may not follow is refused before there is a WebSocket`() async throws {
        try await Self.run { setting, worker, _ in
            let bob = setting.cluster.cluster.addUser("bob", groups: [])
            let cases: [(String?, String, Int)] = [
                (nil, LiveSetting.path, 401), ("of-another-cluster", LiveSetting.path, 401),
                (bob, LiveSetting.path, 403), (setting.cluster.endpoint.token, "/v1", 404),
                (setting.cluster.endpoint.token, LiveSetting.path + "?turn=x", 400),
            ]
            for (token, path, status) in cases {
                let refused = await #expect(throws: SocketClient.Refused.self) {
                    try await SocketClient.run(worker, token: token, path: path) { _ in }
                }
                #expect(refused?.status == status, "\(path)")
            }
        }
    }

    @Test func `a browser shows its token among the protocols`() async throws {
        try await Self.run { setting, worker, _ in
            let token = Base64.encodeURL(Array(setting.cluster.endpoint.token.utf8))
            let offered = "v1.events.skyflo.ai, base64url.bearer.authorization.k8s.io.\(token)"
            try await SocketClient.run(worker, token: nil, headers: [("Sec-WebSocket-Protocol", offered)]) { client in
                try await eventually("it comes") { client.tokens.count == 2 }
            }
        }
    }

    @Test func `a stop is the caller's own, with the caller's rights`() async throws {
        try await Self.run { setting, worker, _ in
            let bob = setting.cluster.cluster.addUser("bob", groups: [])
            try await setting.cluster.apply(
                """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: bob, namespace: shop}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: skyflo-viewer}
                subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: bob}]
                """)
            try await SocketClient.run(worker, token: bob) { client in
                guard case .refused("1", 403, let message) = try await client.ask(["id": "1", "type": "stop"]) else {
                    Issue.record("what came: \(client.answers)")
                    return
                }
                #expect(message.contains("bob"), "\(message)")
            }
            #expect(try await Self.spec(setting)?["stop"]?.bool != true)

            try await SocketClient.run(worker, token: nil, headers: [("Skyflo-Stream-Key", "key-of-the-turn")]) {
                client in
                guard case .refused(_, 403, _) = try await client.ask(["type": "stop"]) else {
                    Issue.record("what came: \(client.answers)")
                    return
                }
            }
            #expect(try await Self.spec(setting)?["stop"]?.bool != true)

            try await SocketClient.run(worker, token: setting.cluster.endpoint.token) { client in
                let answer = try await client.ask(["id": 7, "type": "stop"])
                #expect(answer == .done(command: "7", message: "stopped"))
            }
            #expect(try await Self.spec(setting)?["stop"]?.bool == true)
        }
    }

    /// A call that waits for a decision, as an operator writes it.
    private static func waiting(_ setting: LiveSetting) async throws -> String {
        let api = setting.cluster.api
        var status: JSONValue = [
            "turn": 1, "phase": "AwaitingApproval",
            "calls": ["c1": ["tool": "k8s_scale", "state": "AwaitingApproval", "turn": 1]],
            "approvals": [
                "c1": [
                    "tool": "k8s_scale", "summary": "Scale web to 3", "arguments": #"{"replicas":3}"#,
                    "requests": [],
                    "preview": "-2\n+3", "risk": "Low",
                ]
            ],
        ]
        func write() async throws -> Conversation {
            Conversation(
                try await api.patch(
                    .conversations, namespace: "shop", name: "talk", subresource: "status",
                    patch: .merge(["status": status])))
        }
        let written = try await write()
        let approval = try #require(written.status.approvals["c1"])
        let digest = Digest.of(approval, turn: 1, callID: "c1", in: written)
        status["approvals", "c1", "digest"] = .string(digest)
        _ = try await write()
        return digest
    }

    @Test func `a decision is on what was shown, and on nothing else`() async throws {
        try await Self.run { setting, worker, _ in
            let digest = try await Self.waiting(setting)
            @Sendable func approval() async throws -> Approval? {
                let object = try await setting.cluster.api.get(.conversations, namespace: "shop", name: "talk")
                return Conversation(object).status.approvals["c1"]
            }
            func decide(_ digest: String, call: String = "c1") -> JSONValue {
                ["type": "decide", "call_id": .string(call), "decision": "Approved", "digest": .string(digest)]
            }
            let (right, wrong, other) = (decide(digest), decide("sha256:0"), decide(digest, call: "c9"))
            try await SocketClient.run(worker, token: setting.cluster.endpoint.token) { client in
                for command in [wrong, other] {
                    guard case .refused(_, 409, _) = try await client.ask(command) else {
                        Issue.record("what came: \(client.answers)")
                        return
                    }
                }
                let undecided = try await approval()
                #expect(undecided?.decision == nil)
                guard case .done = try await client.ask(right) else {
                    Issue.record("what came: \(client.answers)")
                    return
                }
                let decided = try await approval()
                #expect(decided?.decision == .approved)
                #expect(decided?.decidedBy == "kubernetes-admin")
                guard case .refused(_, 409, _) = try await client.ask(right) else {
                    Issue.record("what came: \(client.answers)")
                    return
                }
            }
        }
    }

    @Test func `what is no command is answered, and nobody else notices`() async throws {
        try await Self.run { setting, worker, turn in
            let token = setting.cluster.endpoint.token
            try await SocketClient.run(worker, token: token) { other in
                try await SocketClient.run(worker, token: token) { client in
                    for text in ["", "stop", "[]", "{}", #"{"type":"decide"}"#, #"{"type":"decide","call_id":"c1"}"#] {
                        let before = client.answers.count
                        try await client.send(text)
                        try await eventually("an answer to \(text)") { client.answers.count > before }
                        guard case .refused(_, let code, _) = client.answers[before], code == 400 || code == 429 else {
                            Issue.record("to \(text) came \(client.answers[before])")
                            return
                        }
                    }
                    try await client.send(.ping, [1])
                    try await client.send(.binary, [1, 2, 3])
                    try await eventually("it is closed") { client.closedWith == 1003 }
                }
                try? await SocketClient.run(worker, token: token) { client in
                    try await client.send(String(repeating: "x", count: LiveSocket.frameLimit * 2))
                    try await eventually("it is closed") { client.closedWith != nil }
                }
                turn.pass([.token("third", count: 3)])
                try await eventually("the other goes on") { other.tokens.last == "third" }
            }
        }
    }

    @Test func `a client that has left holds no place`() async throws {
        var limits = LiveServerLimits()
        limits.streamsPerCaller = 1
        try await Self.run(limits: limits) { setting, worker, _ in
            let token = setting.cluster.endpoint.token
            try await SocketClient.run(worker, token: token) { client in
                try await eventually("it comes") { client.tokens.count == 2 }
                let refused = await #expect(throws: SocketClient.Refused.self) {
                    try await SocketClient.run(worker, token: token) { _ in }
                }
                #expect(refused?.status == 429)
            }
            try await eventually("the place is free") {
                (try? await SocketClient.run(worker, token: token) { _ in }) != nil
            }
        }
    }

    @Test func `another worker's turn comes through, and decisions go to the API server`() async throws {
        try await LiveSetting.run { setting in
            try await setting.withWorker("one") { one in
                try await setting.withWorker("two") { two in
                    try await setting.claim(two)
                    let turn = two.begin()
                    turn.pass([.token("first ", count: 1)])
                    try await eventually("one knows who has it") {
                        one.conversations.get(LiveSetting.key)?["status", "worker", "identity"]?.string == "two"
                    }
                    try await SocketClient.run(one, token: setting.cluster.endpoint.token) { client in
                        try await eventually("it comes") { client.tokens == ["first "] }
                        let answer = try await client.ask(["type": "stop"])
                        #expect(answer == .done(command: nil, message: "stopped"))
                        two.turns.complete(turn)
                        try await eventually("it is over") { client.closedWith == 1000 }
                    }
                    #expect(try await Self.spec(setting)?["stop"]?.bool == true)
                }
            }
        }
    }
}
