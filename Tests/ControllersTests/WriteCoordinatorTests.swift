import KubeClient
import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

@testable import Controllers

@Suite struct WriteCoordinatorTests {
    private static let lost = KubeClientError(.unreachable, message: "lost")

    @Test func `the intent is stored before the request is sent, and the outcome after it`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            scene.cluster.forgetSent()
            scene.cluster.before(KubeRequest.isWrite(of: "web")) { cluster in
                let status = cluster.object(.conversations, "talk")?["status"]
                #expect(status?["calls", "c1", "state"] == "Executing")
            }
            try await scene.execute()
            #expect(scene.replicas() == 3)
            #expect(scene.cluster.toolWrites.count == 1)
            #expect(
                scene.cluster.writes.filter { KubeRequest.isWrite(of: "web")($0.request) }.allSatisfy {
                    $0.identity == Scene.worker
                })
            #expect(try scene.c1.result?.contains("done: Scale web") == true)
        }
    }

    @Test func `a decision that is withdrawn before the intent is stored lets the call wait again`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            scene.cluster.before(KubeRequest.isStatusWrite) { cluster in
                cluster.change(.conversations, "talk", ["status": ["approvals": ["c1": ["votes": .null]]]])
            }
            try await scene.execute()
            #expect(scene.cluster.toolWrites.isEmpty && scene.replicas() == 2)
            let call = try scene.c1
            #expect(call.state == .awaitingApproval && call.decision == nil)
        }
    }

    @Test func `a stop before the intent is stored takes nothing from the decision and sends nothing`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            scene.cluster.before(KubeRequest.isStatusWrite) { cluster in
                cluster.change(.conversations, "talk", ["spec": ["stop": true]])
            }
            try await scene.execute()
            #expect(scene.cluster.toolWrites.isEmpty)
            let call = try scene.c1
            #expect(call.state == .awaitingApproval && call.decision?.approved == true)
        }
    }

    @Test func `a conflict about something else stores the intent after another look`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            scene.cluster.before(KubeRequest.isStatusWrite) { cluster in
                cluster.change(.conversations, "talk", ["metadata": ["labels": ["a": "b"]]])
            }
            try await scene.execute()
            #expect(scene.cluster.toolWrites.count == 1 && scene.replicas() == 3)
        }
    }

    // MARK: Lost answers

    @Test func `a lost answer is found out, and nothing is sent twice`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            scene.cluster.after(KubeRequest.isWrite(of: "web")) { _ in throw Self.lost }
            try await scene.execute()
            #expect(scene.cluster.toolWrites.count == 1 && scene.replicas() == 3)
            #expect(try scene.c1.result?.contains("found out after an interruption") == true)
        }
    }

    @Test func `a lost request is sent again`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            scene.cluster.before(KubeRequest.isWrite(of: "web")) { _ in throw Self.lost }
            try await scene.execute()
            #expect(scene.cluster.toolWrites.count == 1 && scene.replicas() == 3)
            #expect(try scene.c1.result?.contains("done: Scale web") == true)
        }
    }

    @Test func `a lost request isn't sent again after a stop`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            scene.cluster.before(KubeRequest.isWrite(of: "web")) { cluster in
                cluster.change(.conversations, "talk", ["spec": ["stop": true]])
                throw Self.lost
            }
            try await scene.execute()
            #expect(scene.cluster.toolWrites.isEmpty)
            let call = try scene.c1
            #expect(call.state == .unknown)
            #expect(call.result?.contains("nothing more was sent") == true)
        }
    }

    @Test(arguments: [true, false])
    func `another worker finds out what a dead one began`(_ wasDone: Bool) async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            // The worker dies with its request: it can't even look what became of it.
            let isWrite = KubeRequest.isWrite(of: "web")
            scene.cluster.before({ $0.method == .get && $0.path.hasSuffix("/deployments/web") }) { _ in throw Self.lost
            }
            if wasDone {
                scene.cluster.after(isWrite) { _ in throw Self.lost }
            } else {
                scene.cluster.before(isWrite) { _ in throw Self.lost }
            }
            await #expect(throws: KubeClientError.self) { try await scene.execute() }
            scene.store = try await scene.restarted()
            #expect(try scene.c1.state == .executing)
            try await scene.store.claim()
            try await scene.coordinator.recover("c1", in: &scene.store, references: scene.references)
            #expect(scene.replicas() == 3 && scene.cluster.toolWrites.count == 1)
            #expect(try scene.c1.result?.hasPrefix("done") == true)
        }
    }

    @Test func `a begun write is found out by reading as the ServiceAccount, without leave to write`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            scene.store.log(.writeStarted(id: "c1"))
            scene.cluster.forgetSent()
            try await scene.coordinator.closeBegun(scene.c1, because: "stopped by spec.stop", in: &scene.store)
            #expect(scene.cluster.toolWrites.isEmpty)
            #expect(scene.cluster.sent.contains { $0.identity == Scene.worker && $0.request.method == .get })
            #expect(try scene.c1.result?.contains("nothing had been done, and nothing more was sent") == true)
        }
    }

    // MARK: Targets that moved

    @Test func `where only the target's status moved the request goes out under the new version`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            scene.cluster.change(.deployments, "web", ["status": ["readyReplicas": 2]])
            try await scene.execute()
            #expect(scene.replicas() == 3)
            #expect(scene.cluster.toolWrites.count == 2, "one was refused as stale")
            #expect(try scene.c1.result?.contains("done: Scale web") == true)
        }
    }

    @Test func `a target that was changed makes the call stale, and another takes its place`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            scene.cluster.change(.deployments, "web", ["spec": ["replicas": 7]])
            try await scene.execute()
            #expect(scene.replicas() == 7)
            #expect(try scene.c1.state == .stale)
            #expect(scene.store.machine.calls.map(\.id) == ["c1", "c2"])
        }
    }

    @Test func `a stop while the request is refreshed keeps it back`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            scene.cluster.change(.deployments, "web", ["status": ["readyReplicas": 2]])
            scene.cluster.after(KubeRequest.isWrite(of: "web")) { cluster in
                cluster.change(.conversations, "talk", ["spec": ["stop": true]])
            }
            try await scene.execute()
            #expect(scene.replicas() == 2)
            #expect(try scene.c1.result?.contains("not sent: stopped") == true)
        }
    }

    // MARK: Several requests

    @Test func `a stop between two requests keeps the second back and says what was done`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web", "api")
            try await scene.approve()
            scene.cluster.after(KubeRequest.isWrite(of: "web")) { cluster in
                cluster.change(.conversations, "talk", ["spec": ["stop": true]])
            }
            try await scene.execute()
            #expect(scene.replicas("web") == 3 && scene.replicas("api") == 2)
            let result = try #require(try scene.c1.result)
            #expect(result.contains("stopped by spec.stop (1 of 2 requests was sent before: deployment shop/web)"))
        }
    }

    @Test func `half a write that meets a changed target is told, not asked again`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web", "api")
            try await scene.approve()
            scene.cluster.change(.deployments, "api", ["spec": ["replicas": 7]])
            try await scene.execute()
            #expect(scene.replicas("web") == 3 && scene.replicas("api") == 7)
            #expect(try scene.c1.state == .failed)
            #expect(try scene.c1.result?.contains("1 of 2 requests was sent before") == true)
        }
    }
}
