import KubeClient
import KubeModel
import SkyfloAPI
import Testing

/// A stop comes at the worst moment.
@Suite struct StopAttackTests {
    private static let manifest = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: shop, labels: {stopped: "no"}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: catalog, namespace: shop, labels: {stopped: "no"}}
        """

    @Test(arguments: [true, false])
    func `a stop between two requests of one call is seen`(_ ofSkyfloAI: Bool) async throws {
        let log = RequestLog()
        let model = ScriptedModel(.calls(("k8s_apply", ["content": .string(Self.manifest)])), .says("Done."))
        try await Story.run(nil) { story in
            let hook = Hook(where: { $0.path.hasSuffix("/deployments/web") && !$0.isReadOnly }) { _ in
                true
            } then: {
                guard ofSkyfloAI else { return try await story.change(spec: ["stop": true]) }
                try await story.changeSkyflo(["stop": true], untilSeen: false)
            }
            // Of the SkyfloAI's stop the operator hears only by asking.
            try await story.withOperator(
                model, wrap: { DeafAPI(HookedAPI(WatchedAPI($0, log), hook), to: "skyfloais") }
            ) {
                try await story.ask("label them")
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                let stopped = try await story.until("over") { $0.status.phase?.isTerminal ?? false }
                #expect(log.writes.count == 1)
                #expect(stopped.status.calls["c1"]?.state == .failed)
                #expect(stopped.status.calls["c1"]?.result?.contains("1 of 2") == true)
                // What was done can be taken back.
                #expect(stopped.status.changes.count == 1)
            }
        }
    }
}
