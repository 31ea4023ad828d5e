import ControllerRuntime
import KubeClient
import KubeModel
import Logging
import OperatorTestKit
import ServiceLifecycle
import Testing

@Suite(.timeLimit(.minutes(1))) struct EventRecorderTests {
    let api = FakeAPIServer()

    private func recorder() -> EventRecorder {
        EventRecorder(api: api, component: "test", instance: "pod-1", logger: .silent)
    }

    @Test func `it makes an event, and counts it up when it is repeated`() async throws {
        let recorder = recorder()
        let object = api.put(widget("a"), in: .widgets)
        try await running([{ await recorder.run() }]) {
            for _ in 0..<3 { recorder.record(.warning, about: object, reason: "Broken", message: "it broke") }
            try await eventually { api.objects(.events).first?["count"] == 3 }
        }
        let event = try #require(api.objects(.events).first)
        #expect(api.objects(.events).count == 1)
        #expect(event.namespace == "ns")
        #expect(event.name.hasPrefix("a."))
        #expect(event["type"] == "Warning")
        #expect(event["reason"] == "Broken")
        #expect(event["message"] == "it broke")
        #expect(event["involvedObject", "uid"] == .string(object.uid))
        #expect(event["involvedObject", "kind"] == "Widget")
        #expect(event["source", "component"] == "test")
        #expect(event["reportingInstance"] == "pod-1")
    }

    @Test func `an event that has expired on the server is made anew`() async throws {
        let recorder = recorder()
        try await running([{ await recorder.run() }]) {
            recorder.record(.normal, about: widget("a"), reason: "R", message: "m")
            try await eventually { api.objects(.events).count == 1 }
            let first = try #require(api.objects(.events).first)
            // It must have been remembered before it is removed; the second record shows that.
            recorder.record(.normal, about: widget("a"), reason: "R", message: "m")
            try await eventually { api.objects(.events).first?["count"] == 2 }
            api.remove(.events, "ns", first.name)
            recorder.record(.normal, about: widget("a"), reason: "R", message: "m")
            try await eventually { api.objects(.events).first.map { $0.name != first.name } ?? false }
        }
    }

    @Test func `a server that refuses or is away disturbs nobody, and later events come`() async throws {
        let recorder = recorder()
        api.intercept { _ in throw APIStatus(code: 403, reason: .forbidden, message: "no") }
        try await running([{ await recorder.run() }]) {
            recorder.record(.normal, about: widget("a"), reason: "R", message: "refused")
            try await eventually { api.requests.count == 1 }
            api.intercept(nil)
            recorder.record(.normal, about: widget("b"), reason: "R", message: "taken")
            try await eventually { api.objects(.events).map { $0["message"] } == ["taken"] }
        }
    }

    @Test func `a long message is cut, and an object without a namespace goes to default`() async throws {
        let recorder = recorder()
        let namespace = KubeObject(.namespaces, name: "prod")
        try await running([{ await recorder.run() }]) {
            recorder.record(.normal, about: namespace, reason: "R", message: String(repeating: "ä", count: 2000))
            try await eventually { api.objects(.events).count == 1 }
        }
        let event = try #require(api.objects(.events).first)
        #expect(event.namespace == "default")
        let message = try #require(event["message"]?.string)
        #expect(message.utf8.count <= 1024 && message.utf8.count > 700)
        #expect(message.hasSuffix("ä…"))
    }

    @Test func `a graceful shutdown first writes what is queued`() async throws {
        let recorder = recorder()
        for i in 0..<5 { recorder.record(.normal, about: widget("w\(i)"), reason: "R", message: "m") }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: recorder, successTerminationBehavior: .ignore)], logger: .silent))
        await group.triggerGracefulShutdown()
        try await group.run()
        #expect(api.objects(.events).count == 5)
    }
}
