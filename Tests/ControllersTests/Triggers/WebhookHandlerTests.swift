import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

@testable import Controllers

@Suite struct WebhookHandlerTests {
    private static let target = WebhookHandler.Target(skyfloAI: TriggerScene.key, trigger: "page")

    private static func handler(_ scene: TriggerScene) -> WebhookHandler {
        WebhookHandler(scene.dependencies, journal: scene.journal) { _ in }
    }

    private static func body(
        _ status: String = "firing", startsAt: String = "2027-01-15T07:59:00Z", group: String = "g",
        with more: [JSONValue] = []
    ) -> [UInt8] {
        let alert: JSONValue = [
            "status": .string(status), "labels": ["alertname": "Errors"], "annotations": ["summary": "many"],
            "startsAt": .string(startsAt),
        ]
        return JSONWriter.bytes([
            "version": "4", "groupKey": .string(group), "status": .string(status), "alerts": .array([alert] + more),
            "groupLabels": ["alertname": "Errors"],
        ])
    }

    private static func alert(
        _ pod: String, status: String = "firing", startsAt: String = "2027-01-15T08:01:00Z"
    ) -> JSONValue {
        [
            "status": .string(status), "labels": ["alertname": "Errors", "pod": .string(pod)],
            "startsAt": .string(startsAt), "fingerprint": .string("f-" + pod),
        ]
    }

    private static func post(
        _ body: [UInt8], to scene: TriggerScene, _ handler: WebhookHandler, as header: String? = nil
    ) async throws -> WebhookHandler.Answer {
        do {
            let admitted = try await handler.admit(header ?? "Bearer \(TriggerScene.token)", to: target)
            return try await handler.handle(body, for: admitted)
        } catch let answer as WebhookHandler.Answer {
            return answer
        }
    }

    // MARK: Who may call

    @Test(arguments: [
        "Bearer 0123456789abcde", "Bearer 0123456789abcdefg", "bearer", "", "Basic YWxpY2U6MDEyMzQ1Njc4OWFiY2RlZg==",
        "Basic !!!", "Digest 0123456789abcdef", "0123456789abcdef",
    ])
    func `who shows something else is not let in`(_ header: String) async throws {
        try await TriggerScene.run(TriggerScene.alerts()) { scene in
            let answer = try await Self.post(Self.body(), to: scene, Self.handler(scene), as: header)
            #expect(answer == .unauthorized && scene.made.isEmpty)
        }
    }

    @Test func `a user with a password is let in`() async throws {
        try await TriggerScene.run(TriggerScene.alerts()) { scene in
            scene.putSecret(["username": "alice", "password": "0123456789abcdef\n"])
            let header = "Basic YWxpY2U6MDEyMzQ1Njc4OWFiY2RlZg=="
            let answer = try await Self.post(Self.body(), to: scene, Self.handler(scene), as: header)
            #expect(answer.status == 201)
        }
    }

    @Test func `a trigger that isn't there, and one of schedules, answer as to a wrong token`() async throws {
        try await TriggerScene.run(TriggerScene.cron(["schedule": "@daily"])) { scene in
            let handler = Self.handler(scene)
            for target in [
                Self.target, .init(skyfloAI: TriggerScene.key, trigger: "nightly"),
                .init(skyfloAI: ObjectKey(namespace: "shop", name: "none"), trigger: "page"),
            ] {
                await #expect(throws: WebhookHandler.Answer.unauthorized) {
                    try await handler.admit("Bearer \(TriggerScene.token)", to: target)
                }
            }
        }
    }

    @Test func `a new token counts after some seconds, and guessing reads no Secrets`() async throws {
        try await TriggerScene.run(TriggerScene.alerts()) { scene in
            let handler = Self.handler(scene)
            #expect(try await Self.post(Self.body(), to: scene, handler).status == 201)
            scene.putSecret(["token": "another-token-of-some-length"])
            scene.cluster.forgetSent()
            for _ in 0..<20 {
                let answer = try await Self.post(Self.body(), to: scene, handler, as: "Bearer guessed-guessed-guessed")
                #expect(answer == .unauthorized)
            }
            #expect(!scene.cluster.sent.contains { $0.request.path.contains("/secrets/") })
            scene.clock.advance(by: .seconds(6))
            let answer = try await Self.post(
                Self.body(), to: scene, handler, as: "Bearer another-token-of-some-length")
            #expect(answer.status == 200)
            #expect(try await Self.post(Self.body(), to: scene, handler) == .unauthorized)
        }
    }

    @Test(
        arguments: [
            (["token": "short"], "Opaque", "fewer than 16"), ([:], "Opaque", "neither"),
            (["token": "0123456789abcdef"], "kubernetes.io/service-account-token", "not of type Opaque"),
        ] as [([String: String], String, String)])
    func `a Secret that can't be used lets nobody in, and the status says why`(
        _ data: [String: String], _ type: String, _ expected: String
    ) async throws {
        try await TriggerScene.run(TriggerScene.alerts()) { scene in
            scene.putSecret(data, type: type)
            #expect(try await Self.post(Self.body(), to: scene, Self.handler(scene)) == .unauthorized)
            _ = try await scene.reconcile()
            #expect(try scene.status("page").lastError?.contains(expected) ?? false)
        }
    }

    // MARK: What is made

    @Test func `a group makes one Conversation, however often it is told`() async throws {
        try await TriggerScene.run(TriggerScene.alerts()) { scene in
            let handler = Self.handler(scene)
            let first = try await Self.post(Self.body(), to: scene, handler)
            #expect(first.status == 201)
            for _ in 0..<3 {
                scene.clock.advance(by: .seconds(4 * 3600))
                let again = try await Self.post(Self.body(), to: scene, handler)
                #expect(again.status == 200 && again.conversation == first.conversation)
            }
            #expect(scene.made.count == 1)
            _ = try await scene.reconcile()
            let status = try scene.status("page")
            #expect(status.lastConversation == first.conversation && status.lastError == nil)
        }
    }

    @Test func `two workers that are told the same make one`() async throws {
        try await TriggerScene.run(TriggerScene.alerts()) { scene in
            let first = try await Self.post(Self.body(), to: scene, Self.handler(scene))
            // As one that hasn't heard of it.
            let name = try #require(scene.made.first).object.name
            scene.cluster.before({ $0.method == .post && $0.path.hasSuffix("/conversations") }) { _ in }
            let second = try await Self.post(Self.body(), to: scene, Self.handler(scene))
            #expect(first.conversation == "shop/\(name)" && second.conversation == first.conversation)
        }
    }

    @Test func `another group, and alerts that fire anew, make others`() async throws {
        try await TriggerScene.run(TriggerScene.alerts()) { scene in
            let handler = Self.handler(scene)
            #expect(try await Self.post(Self.body(), to: scene, handler).status == 201)
            #expect(try await Self.post(Self.body(group: "other"), to: scene, handler).status == 201)
            #expect(try await Self.post(Self.body("resolved"), to: scene, handler).message == "resolved")
            let anew = try await Self.post(Self.body(startsAt: "2027-01-15T09:00:00Z"), to: scene, handler)
            #expect(anew.status == 201 && scene.made.count == 3)
        }
    }

    @Test func `the Conversation hears once that its alerts have resolved`() async throws {
        try await TriggerScene.run(TriggerScene.alerts()) { scene in
            let handler = Self.handler(scene)
            _ = try await Self.post(Self.body(), to: scene, handler)
            #expect(try await Self.post(Self.body("resolved"), to: scene, handler).message == "resolved")
            #expect(try await Self.post(Self.body("resolved"), to: scene, handler).message != "resolved")
            let made = try #require(scene.made.first)
            #expect(made.spec.followUps.keys.sorted() == ["resolved"])
            #expect(made.spec.followUps["resolved"]?.contains("‹data from Alertmanager") ?? false)
        }
    }

    // MARK: Alerts that join a group

    @Test func `alerts that join a group are told to its Conversation, each once`() async throws {
        try await TriggerScene.run(TriggerScene.alerts()) { scene in
            let handler = Self.handler(scene)
            _ = try await Self.post(Self.body(), to: scene, handler)
            let joined = Self.body(with: [Self.alert("web-1"), Self.alert("web-2", status: "resolved")])
            #expect(try await Self.post(joined, to: scene, handler).message == "told of further alerts")
            #expect(try await Self.post(joined, to: scene, handler).message == "known already")
            let more = Self.body(with: [Self.alert("web-1"), Self.alert("web-3")])
            #expect(try await Self.post(more, to: scene, handler).message == "told of further alerts")
            // Fires anew.
            let anew = Self.body(with: [Self.alert("web-1", startsAt: "2027-01-15T08:05:00Z")])
            #expect(try await Self.post(anew, to: scene, handler).message == "told of further alerts")

            #expect(scene.made.count == 1)
            let followUps = try #require(scene.made.first).spec.followUps
            #expect(followUps.keys.sorted() == ["alerts-01", "alerts-02", "alerts-03"])
            let texts = followUps.sorted { $0.key < $1.key }.map(\.value)
            #expect(texts[0].contains("web-1") && !texts[0].contains("web-2"))
            #expect(texts[1].contains("web-3") && !texts[1].contains("web-1"))
            #expect(texts.allSatisfy { $0.contains("‹data from Alertmanager") })
        }
    }

    @Test func `what another worker has told isn't told again`() async throws {
        try await TriggerScene.run(TriggerScene.alerts()) { scene in
            let handler = Self.handler(scene)
            _ = try await Self.post(Self.body(), to: scene, handler)
            let made = try #require(scene.made.first).object
            let joined = Self.body(with: [Self.alert("web-1")])
            #expect(try await Self.post(joined, to: scene, handler).message == "told of further alerts")
            let told = try #require(scene.made.first).object
            let skyflo = SkyfloAI(try #require(scene.cluster.object(.skyfloAIs, "sky")))
            let trigger = try #require(skyflo.triggers.first)
            let plan = TriggerLauncher(dependencies: scene.dependencies).plan(trigger, of: skyflo)
            let notification = try AlertNotification(joined)
            let late = try #require(plan.joining(notification, to: Conversation(made)))
            #expect(late["metadata", "resourceVersion"]?.string == made.resourceVersion)
            #expect(plan.joining(notification, to: Conversation(told)) == nil)
            // As one whose cache is behind.
            scene.cluster.change(.conversations, told.name, ["status": ["turn": 1]])
            let more = Self.body(with: [Self.alert("web-1"), Self.alert("web-2")])
            #expect(try await Self.post(more, to: scene, handler).message == "told of further alerts")
            let followUps = try #require(scene.made.first).spec.followUps
            #expect(followUps.count == 2 && followUps["alerts-02"]?.contains("web-1") == false)
        }
    }

    @Test func `a Conversation is told of further alerts so often and no oftener`() async throws {
        try await TriggerScene.run(TriggerScene.alerts()) { scene in
            let handler = Self.handler(scene)
            _ = try await Self.post(Self.body(), to: scene, handler)
            for index in 0..<20 {
                let answer = try await Self.post(
                    Self.body(with: [Self.alert("web-\(index)")]), to: scene, handler)
                #expect(answer.message == (index < 16 ? "told of further alerts" : "known already"))
            }
            #expect(try #require(scene.made.first).spec.followUps.count == 16)
        }
    }

    @Test func `a second word about the end, in other words, is no reason to come again`() async throws {
        try await TriggerScene.run(TriggerScene.alerts()) { scene in
            let handler = Self.handler(scene)
            _ = try await Self.post(Self.body(), to: scene, handler)
            scene.cluster.before({ $0.method == .patch && $0.path.contains("/conversations/") }) { _ in
                throw APIStatus(code: 422, reason: .invalid, message: "a follow-up can't be changed")
            }
            #expect(try await Self.post(Self.body("resolved"), to: scene, handler).status == 200)
        }
    }

    @Test func `where resolved alerts are ignored it hears nothing`() async throws {
        try await TriggerScene.run(TriggerScene.alerts(["resolved": "Ignore"])) { scene in
            let handler = Self.handler(scene)
            _ = try await Self.post(Self.body(), to: scene, handler)
            #expect(try await Self.post(Self.body("resolved"), to: scene, handler).status == 200)
            #expect(try #require(scene.made.first).spec.followUps.isEmpty)
        }
    }

    @Test func `no more are made within an hour than it may`() async throws {
        try await TriggerScene.run(TriggerScene.alerts(["maxPerHour": 2])) { scene in
            let handler = Self.handler(scene)
            for group in ["a", "b"] {
                #expect(try await Self.post(Self.body(group: group), to: scene, handler).status == 201)
            }
            #expect(try await Self.post(Self.body(group: "c"), to: scene, handler).status == 429)
            _ = try await scene.reconcile()
            #expect(try scene.status("page").lastError?.contains("maxPerHour") ?? false)
            // What is there already is no new one.
            #expect(try await Self.post(Self.body(group: "a"), to: scene, handler).status == 200)
        }
    }

    @Test func `a suspended trigger, and a stopped SkyfloAI, make nothing`() async throws {
        try await TriggerScene.run(TriggerScene.alerts([:], ["suspend": true])) { scene in
            let handler = Self.handler(scene)
            let suspended = try await Self.post(Self.body(), to: scene, handler)
            #expect(suspended.status == 200)
            scene.change(["triggers": [TriggerScene.alerts()], "stop": true])
            let stopped = try await Self.post(Self.body(), to: scene, handler)
            #expect(stopped.status == 200)
            #expect(scene.made.isEmpty)
        }
    }

    @Test func `a body that can't be read is refused, and the status says so`() async throws {
        try await TriggerScene.run(TriggerScene.alerts()) { scene in
            let answer = try await Self.post(Array("{}".utf8), to: scene, Self.handler(scene))
            #expect(answer.status == 400 && answer.message.contains("version 4"))
            _ = try await scene.reconcile()
            #expect(try scene.status("page").lastError?.contains("version 4") ?? false)
        }
    }

    @Test func `what an API server can't do now is sent again`() async throws {
        try await TriggerScene.run(TriggerScene.alerts()) { scene in
            scene.cluster.before({ $0.method == .post && $0.path.hasSuffix("/conversations") }) { _ in
                throw APIStatus(code: 503, reason: .serviceUnavailable, message: "down")
            }
            let handler = Self.handler(scene)
            let first = try await Self.post(Self.body(), to: scene, handler)
            #expect(first.status == 503)
            let second = try await Self.post(Self.body(), to: scene, handler)
            #expect(second.status == 201)
        }
    }
}
