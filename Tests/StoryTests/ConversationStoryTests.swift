import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Testing

@Suite struct ConversationStoryTests {
    @Test func `tools are offered from the request on that follows their loading, in later turns too`() async throws {
        let model = ScriptedModel(.calls(("load_toolset", ["name": "kubernetes_nodes"])), .says("Loaded."))
        try await Story.run(nil) { story in
            try await story.withOperator(model) {
                try await story.ask("drain it")
                let done = try await story.untilPhase(.completed)
                #expect(done.status.loadedToolsets == ["kubernetes_nodes"])
            }
            // Whoever takes the conversation over knows it as well.
            try await story.withOperator(model, identity: "operator-2") {
                try await story.change(spec: ["followUps": ["more": ["content": "go on"]]])
                try await story.until("the second turn") { $0.status.turn == 2 && $0.status.phase == .completed }
            }
            let offered = model.requests.map { request in Set(request.tools.map(\.name)) }
            #expect(offered.count == 3 && offered.allSatisfy { $0.isSuperset(of: ["k8s_get", "load_toolset"]) })
            #expect(offered.map { $0.contains("k8s_drain") } == [false, true, true])
            #expect(offered.allSatisfy { !$0.contains { $0.hasPrefix("argo") } }, "the cluster has no Argo")
        }
    }

    @Test func `first requests of different namespaces are the same but for a few bytes at their end`() async throws {
        let model = ScriptedModel(.says("Fine."))
        try await Story.run(model) { story in
            try await story.apply(
                """
                apiVersion: v1
                kind: Namespace
                metadata: {name: cart}
                ---
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: reader, namespace: cart}
                ---
                apiVersion: skyflo.ai/v1
                kind: SkyfloAI
                metadata: {name: skyflo, namespace: cart}
                spec: {}
                ---
                apiVersion: skyflo.ai/v1
                kind: Conversation
                metadata: {name: talk, namespace: cart}
                spec: {serviceAccountName: reader, messages: [{content: why is it slow?}]}
                """)
            try await story.ask("scale web to 3")
            try await story.untilPhase(.completed)
            try await eventually("both were asked") { model.wholeRequests.count == 2 }
            let requests = model.wholeRequests
            #expect(requests[0].tools == requests[1].tools && requests[0].messages[0] == requests[1].messages[0])
            #expect(requests[0].messages[1] != requests[1].messages[1])
            guard case .system(let prompt) = requests[0].messages[0], case .user(let said) = requests[0].messages[1]
            else { return }
            let tools = requests[0].tools.reduce(0) {
                $0 + $1.name.utf8.count + $1.description.utf8.count + JSONWriter.bytes($1.parameters).count
            }
            #expect(said.utf8.count * 9 < prompt.utf8.count + tools)
        }
    }

    @Test func `a conversation that may only read is offered no tool that writes`() async throws {
        let model = ScriptedModel(.says("Fine."))
        try await Story.run(model) { story in
            try await story.ask("scale web to 3", spec: ["approval": ["mode": "ReadOnly"]])
            try await story.untilPhase(.completed)
            try await story.changeSkyflo(["readOnly": true])
            try await story.ask("scale web to 3", name: "second")
            try await story.until("over", of: "second") { $0.status.phase == .completed }
            for request in model.requests {
                let names = Set(request.tools.map(\.name))
                #expect(names.isSuperset(of: ["k8s_get", "k8s_logs"]))
                #expect(names.isDisjoint(with: ["k8s_scale", "k8s_delete", "k8s_patch", "k8s_apply", "k8s_exec"]))
                guard case .system(let prompt)? = request.messages.first else { return }
                #expect(prompt.contains("nothing can be changed here"))
            }
            #expect(model.requests.count == 2)
        }
    }

    @Test func `a target that moves while a change is prepared is looked at again`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(nil) { story in
            let hook = Hook {
                $0.method == .get && $0.path.hasSuffix("/deployments/web")
            } body: { _ in
                true
            } then: {
                _ = try await story.api.patch(
                    .deployments, namespace: Story.namespace, name: "web",
                    patch: .merge(["metadata": ["annotations": ["moved": "yes"]]]))
            }
            try await story.withOperator(model, wrap: { HookedAPI($0, hook) }) {
                try await story.ask("scale web to 3")
                try await story.untilPhase(.awaitingApproval)
                #expect(
                    try await story.api.get(.deployments, namespace: Story.namespace, name: "web")
                        .metadata["annotations", "moved"] == "yes")
            }
        }
    }

    @Test func `a question is answered from what tools read`() async throws {
        let model = ScriptedModel(.calls(("k8s_get", ["resource_type": "deployments"])), .says("Three deployments."))
        try await Story.run(model) { story in
            try await story.ask("what runs here?")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.answer == "Three deployments.")
            #expect(done.status.calls["c1"]?.state == .succeeded)
            #expect(model.toolResults.first?.contains("cart") == true)
            #expect(done.status.conditions[type: "Completed"]?.status == .true)
            #expect(done.status.conditions[type: "Running"]?.status == .false)
        }
    }

    @Test func `a write waits for its approval, then exactly that is executed, once, and verified`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        let log = RequestLog()
        try await Story.run(nil) { story in
            try await story.withOperator(model, wrap: { WatchedAPI($0, log) }) {
                try await story.ask("scale web to 3")
                let waiting = try await story.untilPhase(.awaitingApproval)
                let approval = try #require(waiting.status.approvals["c1"])
                #expect(approval.json["preview"]?.string?.contains("-  replicas: 2\n+  replicas: 3") == true)
                #expect(waiting.status.conditions[type: "ApprovalRequired"]?.status == .true)
                #expect(try await story.replicas() == 2)
                #expect(log.writes.isEmpty)

                try await story.approve("c1")
                let done = try await story.untilPhase(.completed)
                #expect(try await story.replicas() == 3)
                #expect(done.status.calls["c1"]?.state == .succeeded)
                #expect(done.status.json["verification"]?[0]?["result"] == "Passed")
                let written = try #require(log.writes.first)
                #expect(log.writes.count == 1)
                #expect(approval.requests.first?["body"]?.string == written.body)
                #expect(approval.requests.first?["path"]?.string == written.path)
                #expect(done.status.approvals["c1"]?.decidedBy == "alice")
            }
        }
    }

    @Test func `the plan is what the model says that it does, and prices make a cost of its tokens`() async throws {
        let model = ScriptedModel { _, turn in
            guard turn == 0 else { return ModelReply(content: "Done.") }
            var reply = ModelReply.scale(to: 3)
            reply.content = "Scaling web to 3 replicas."
            reply.usage = TokenUsage(prompt: 2000, completion: 100, cached: 1000)
            return reply
        }
        try await Story.run(model) { story in
            let prices: JSONValue = ["promptPerMillion": "2", "cachedPerMillion": "1", "completionPerMillion": "10"]
            try await story.changeSkyflo(["models": [["name": "offline", "provider": "Offline", "prices": prices]]])
            try await story.ask("scale web to 3")
            let waiting = try await story.untilPhase(.awaitingApproval)
            let step: JSONValue = ["step": "Scaling web to 3 replicas.", "state": "AwaitingApproval", "calls": ["c1"]]
            #expect(waiting.status.json["plan"] == [step])
            try await story.approve("c1")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.json["plan"]?[0]?["state"] == "Done")
            #expect(done.status.json["usage", "cost"] == "0.004000")
        }
    }

    @Test func `a denial reaches the model with its reason, and nothing changes`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("As you wish."))
        try await Story.run(model) { story in
            try await story.ask("scale web to 3")
            try await story.untilPhase(.awaitingApproval)
            try await story.decide(["c1": ["decision": "Denied", "decidedBy": "bob", "reason": "freeze"]])
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c1"]?.state == .denied)
            #expect(model.toolResults == ["denied by bob: freeze"])
            #expect(try await story.replicas() == 2)
        }
    }

    @Test func `several writes of one reply are decided together, in one patch`() async throws {
        let model = ScriptedModel(
            .calls(
                ("k8s_scale", ["name": "web", "resource_type": "deployment", "replicas": 3]),
                ("k8s_scale", ["name": "catalog", "resource_type": "deployment", "replicas": 2]),
                ("k8s_get", ["resource_type": "pods"])), .says("Done."))
        try await Story.run(model) { story in
            try await story.ask("scale both")
            let waiting = try await story.untilPhase(.awaitingApproval)
            #expect(waiting.status.approvals.keys.sorted() == ["c1", "c2"])
            try await story.decide([
                "c2": ["decision": "Approved", "decidedBy": "alice"],
                "c1": ["decision": "Denied", "decidedBy": "alice"],
            ])
            let done = try await story.untilPhase(.completed)
            #expect(try await story.replicas() == 2)
            #expect(try await story.replicas("catalog") == 2)
            #expect(["c1", "c2", "c3"].map { done.status.calls[$0]?.state } == [.denied, .succeeded, .succeeded])
        }
    }

    @Test func `a target that moved makes the call stale, and the new preview needs a new decision`() async throws {
        let model = ScriptedModel(.scale(to: 5), .says("Done."))
        try await Story.run(model) { story in
            try await story.ask("scale web to 5")
            try await story.untilPhase(.awaitingApproval)
            _ = try await story.api.patch(
                .deployments, namespace: Story.namespace, name: "web", patch: .merge(["spec": ["replicas": 4]]))
            try await story.approve("c1")
            let again = try await story.until("asked again") { $0.status.approvals["c2"]?.digest != nil }
            #expect(again.status.calls["c1"]?.state == .stale)
            #expect(again.status.approvals["c2"]?.json["preview"]?.string?.contains("-  replicas: 4") == true)
            #expect(try await story.replicas() == 4)
            // The deployment may have moved again meanwhile, while its pods came up; then it asks once more.
            var asked = "c2"
            while true {
                try await story.approve(asked)
                let next = try await story.until("decided") { $0.status.calls[asked]?.state.isFinal ?? false }
                guard next.status.calls[asked]?.state == .stale else { break }
                asked = "c\((Int(asked.dropFirst()) ?? 0) + 1)"
                let id = asked
                try await story.until("asked again") { $0.status.approvals[id]?.digest != nil }
            }
            try await story.untilPhase(.completed)
            #expect(try await story.replicas() == 5)
        }
    }

    @Test func `a following message goes on in the same conversation`() async throws {
        let model = ScriptedModel { request, _ in
            let said = request.messages.compactMap { if case .user(let text) = $0 { text } else { nil } }
            return .says("heard: \(said.joined(separator: ", "))")
        }
        try await Story.run(model) { story in
            try await story.ask("one")
            try await story.untilPhase(.completed)
            try await story.change(spec: ["messages": [["content": "one"], ["content": "two"]]])
            let done = try await story.untilPhase(.completed, turn: 2)
            #expect(done.status.answer == "heard: one, two")
        }
    }

    @Test func `a permission that is missing is named to the model, and nobody is asked to approve`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("I may not."))
        try await Story.run(model) { story in
            try await story.ask("scale web", spec: ["serviceAccountName": "default"])
            let done = try await story.untilPhase(.completed)
            #expect(done.status.approvals.isEmpty)
            let result = try #require(model.toolResults.first)
            #expect(
                result.contains("deployments") && result.contains("system:serviceaccount:shop:default"), "\(result)")
        }
    }

    @Test func `read-only conversations refuse writes, and mode Always asks before reads`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("No."))
        try await Story.run(model) { story in
            try await story.ask("scale web", spec: ["approval": ["mode": "ReadOnly"]])
            try await story.untilPhase(.completed)
            #expect(model.toolResults.first?.contains("read-only") == true)
            #expect(try await story.replicas() == 2)
        }
        let reader = ScriptedModel(.calls(("k8s_get", ["resource_type": "pods"])), .says("Seen."))
        try await Story.run(reader) { story in
            try await story.ask("list pods", spec: ["approval": ["mode": "Always"]])
            try await story.untilPhase(.awaitingApproval)
            try await story.approve("c1")
            try await story.untilPhase(.completed)
            #expect(reader.toolResults.first?.contains("web") == true)
        }
    }

    @Test func `the offline model does the quickstart`() async throws {
        try await Story.run(OfflineProvider()) { story in
            try await story.ask("Scale the deployment web to 3 replicas", name: "scale")
            try await story.untilPhase(.awaitingApproval, "scale")
            try await story.approve("c1", in: "scale")
            let done = try await story.untilPhase(.completed, "scale")
            #expect(done.status.answer?.contains("web") == true)
            #expect(try await story.replicas() == 3)
            try await story.ask("Why is the deployment cart failing?", name: "why")
            let why = try await story.untilPhase(.completed, "why")
            #expect(why.status.answer?.contains("ImagePull") == true, "\(why.status.answer ?? "")")
        }
    }

    @Test func `a finished conversation is deleted after its time to live, with its transcript`() async throws {
        try await Story.run(ScriptedModel(.says("Bye."))) { story in
            try await story.ask("hello", spec: ["ttlSecondsAfterFinished": 1])
            try await story.untilPhase(.completed)
            try await eventually("it and its transcript are gone") {
                let conversations = try await story.api.list(.conversations, namespace: Story.namespace).items
                let transcripts = try await story.transcriptSecrets()
                return conversations.isEmpty && transcripts.isEmpty
            }
        }
    }
}
