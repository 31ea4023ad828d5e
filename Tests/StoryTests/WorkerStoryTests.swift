import Controllers
import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Testing

/// Several operators at once.
@Suite struct WorkerStoryTests {
    /// Scales what the last message names, then says so.
    private func scaler() -> ScriptedModel {
        ScriptedModel { request, _ in
            guard case .user(let name)? = request.messages.last else { return .says("Done.") }
            return .scale(name, to: 4)
        }
    }

    @Test func `two operators that don't know of each other write everything once`() async throws {
        let model = scaler()
        let log = RequestLog()
        let names = ["web", "catalog"]
        try await Story.run(nil) { story in
            let wrap: @Sendable (any KubeAPI) -> any KubeAPI = { WatchedAPI($0, log) }
            try await story.withOperator(model, wrap: wrap) {
                try await story.withOperator(model, identity: "operator-2", wrap: wrap) {
                    for name in names { try await story.ask(name, name: name) }
                    for name in names {
                        try await story.untilPhase(.awaitingApproval, name)
                        // News for both, while it waits.
                        try await story.change(name, spec: ["ttlSecondsAfterFinished": 1000])
                        try await story.approveUntilDone("c1", in: name)
                    }
                    for name in names {
                        let done = try await story.untilPhase(.completed, name)
                        let states = done.status.calls.mapValues(\.state)
                        #expect(states.values.filter { $0 == .succeeded }.count == 1, "\(done.status.json)")
                        #expect(done.status.workerEpoch > 0)
                    }
                    for name in names { #expect(try await story.replicas(name) == 4) }
                    #expect(log.writes.count == names.count)
                    try await story.change("web", spec: ["messages": [["content": "web"], ["content": "catalog"]]])
                    try await story.untilPhase(.completed, "web", turn: 2)
                }
            }
        }
    }

    /// The first worker has stored the intent and hangs; the second takes over, finds nothing done and does it; then the
    /// first one wakes up and sends the write too.
    @Test func `a worker that wakes up after it was overtaken neither writes twice nor overwrites the status`()
        async throws
    {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        let log = RequestLog()
        let hangs = Gate()
        let wakes = Gate()
        try await Story.run(nil) { story in
            let hook = Hook {
                $0.method == .patch && $0.path.hasSuffix("conversations/talk/status")
            } body: {
                $0.contains("\"phase\":\"Executing\"")
            } then: {
                hangs.open()
                await wakes.wait()
            }
            try await story.withOperator(model, wrap: { HookedAPI(WatchedAPI($0, log), hook) }) {
                try await story.ask("scale web to 3")
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                await hangs.wait()
                try await story.withOperator(model, identity: "operator-2", wrap: { WatchedAPI($0, log) }) {
                    let done = try await story.untilPhase(.completed)
                    #expect(done.status.workerIdentity == "operator-2" && done.status.workerEpoch == 2)
                    #expect(done.status.calls["c1"]?.state == .succeeded)
                    wakes.open()
                    try await eventually("the late write is refused") {
                        log.all.contains { $0.identity != nil && $0.request.isWrite && $0.status == 409 }
                    }
                    try await story.change(
                        spec: ["messages": [["content": "scale web to 3"], ["content": "and now?"]]])
                    let next = try await story.untilPhase(.completed, turn: 2)
                    #expect(next.status.calls["c1"]?.state == .succeeded)
                }
            }
            #expect(log.writes.count == 1)
            #expect(try await story.replicas() == 3)
            #expect(try await story.transcript().contains("\"TakenOver\""))
        }
    }

    @Test func `what a live worker has begun is left to it`() async throws {
        let gate = Gate()
        let model = ScriptedModel { _, _ in
            await gate.wait()
            return .says("Done.")
        }
        let log = RequestLog()
        try await Story.run(nil) { story in
            try await story.withOperator(model, lease: WorkerLease(namespace: "skyflo-system")) {
                try await story.ask("think")
                try await story.untilPhase(.planning)
                let wrap: @Sendable (any KubeAPI) -> any KubeAPI = { WatchedAPI($0, log) }
                try await story.withOperator(
                    model, identity: "operator-2", lease: WorkerLease(namespace: "skyflo-system"), wrap: wrap
                ) {
                    try await story.change(spec: ["ttlSecondsAfterFinished": 1000])
                    try await eventually("the second looked whether the first lives") {
                        log.all.contains { $0.request.path.hasSuffix("/leases/skyflo-operator-1-worker") }
                    }
                    gate.open()
                    let done = try await story.untilPhase(.completed)
                    #expect(done.status.workerIdentity == "operator-1" && done.status.workerEpoch == 1)
                    #expect(model.requests.count == 1)
                }
            }
        }
    }

    @Test func `what a dead worker has begun is taken over when its lease has run out, not before`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(nil) { story in
            try await story.withOperator(model) {
                try await story.ask("scale web to 3")
                try await story.untilPhase(.awaitingApproval)
            }
            var lease = KubeObject(
                .leases, namespace: "skyflo-system", name: WorkerLease.name(of: "operator-1"))
            lease["spec"] = ["holderIdentity": "operator-1", "leaseDurationSeconds": 1]
            _ = try await story.api.create(lease, in: .leases)
            try await story.approve("c1")
            let start = ContinuousClock.now
            try await story.withOperator(
                model, identity: "operator-2", lease: WorkerLease(namespace: "skyflo-system")
            ) {
                try await eventually("it is taken over") {
                    // News, so that it looks.
                    let seconds = 1000 + start.duration(to: .now).components.seconds
                    try await story.change(spec: ["ttlSecondsAfterFinished": JSONValue(Int(seconds))])
                    let now = try await story.api.get(.conversations, namespace: Story.namespace, name: "talk")
                    return Conversation(now).status.workerEpoch == 2
                }
                #expect(start.duration(to: .now) >= .seconds(1))
                let done = try await story.untilPhase(.completed)
                #expect(done.status.workerIdentity == "operator-2" && done.status.workerEpoch == 2)
            }
            #expect(try await story.replicas() == 3)
            #expect(try await story.transcript().contains("\"TakenOver\""))
        }
    }
}

extension KubeRequest {
    fileprivate var isWrite: Bool { !isReadOnly }
}
