import Controllers
import KubeClient
import KubeModel
import LanguageModels
import LocalCluster
import OperatorTestKit
import SkyfloAPI
import Synchronization
import Testing
import Transcripts
import WorkflowEngine

@Suite struct TranscriptStoryTests {
    @Test func `a transcript is in the operator's namespace, and says whose it is`() async throws {
        try await Story.run(ScriptedModel(.says("Hello."))) { story in
            try await story.ask("hello")
            let done = try await story.untilPhase(.completed)
            let secret = try #require(try await story.transcriptSecrets().first)
            #expect(secret.name == "skyflo-transcript-\(done.uid)-0" && secret.ownerReferences.isEmpty)
            #expect(secret.labels["skyflo.ai/conversation-namespace"] == "shop")
            #expect(secret.labels["skyflo.ai/conversation"] == "talk")
            #expect(secret.annotations["skyflo.ai/conversation"] == "talk")
            #expect(done.status.transcriptPosition?.namespace == "skyflo-system")
            #expect(done.object["metadata", "finalizers"] == nil)
            #expect(try await story.api.list(.secrets, namespace: Story.namespace).items.isEmpty)
        }
    }

    @Test func `a conversation that is made anew by the same name begins a transcript of its own`() async throws {
        let model = ScriptedModel(.says("One."), .says("Two."))
        try await Story.run(model) { story in
            try await story.ask("hello")
            let first = try await story.untilPhase(.completed)
            try await story.api.delete(.conversations, namespace: Story.namespace, name: "talk")
            try await story.ask("who are you?")
            let second = try await story.untilPhase(.completed)
            #expect(
                first.uid != second.uid && model.requests.last?.messages.count == 2, "it knows nothing of the first")
            try await eventually("the first one's transcript is gone") {
                try await story.transcriptSecrets().map(\.name) == ["skyflo-transcript-\(second.uid)-0"]
            }
            let reading = try await SecretTranscriptReader(api: story.api, namespace: Story.systemNamespace).read(
                second)
            #expect(reading.fault == nil)
            guard case .turnStarted(_, "who are you?", _) = reading.entries.first?.event else {
                Issue.record("\(reading.entries)")
                return
            }
        }
    }

    /// Nobody may create anything in such a namespace; the conversation goes, and so does what it said.
    @Test func `a namespace that is deleted in the middle of a turn leaves no transcript`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(model) { story in
            try await story.ask("scale")
            try await story.untilPhase(.awaitingApproval)
            #expect(try await !story.transcriptSecrets().isEmpty)
            try await story.api.delete(.namespaces, name: Story.namespace)
            try await eventually("the namespace and the transcript are gone") {
                let isThere = try await story.api.find(.namespaces, name: Story.namespace) != nil
                let transcripts = try await story.transcriptSecrets()
                return !isThere && transcripts.isEmpty
            }
        }
    }

    @Test func `what was deleted while no operator ran is found by the sweep`() async throws {
        let model = ScriptedModel(.says("One."))
        try await Story.run(nil) { story in
            try await story.withOperator(model) {
                try await story.ask("hello")
                try await story.untilPhase(.completed)
            }
            try await story.api.delete(.conversations, namespace: Story.namespace, name: "talk")
            #expect(try await story.transcriptSecrets().count == 1)
            try await story.withOperator(model, identity: "operator-2") {
                try await eventually("it is swept") { try await story.transcriptSecrets().isEmpty }
            }
        }
    }

    // MARK: Those of the version before

    @Test func `a turn that waits for a decision goes on after its transcript was moved`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(nil) { story in
            try await story.apply(file: "rbac/optional/move-transcripts.yaml")
            try await story.withOperator(model) {
                try await story.ask("scale")
                try await story.untilPhase(.awaitingApproval)
            }
            try await story.layOutTranscriptAsBefore()
            try await story.withOperator(model, identity: "operator-2") {
                try await story.until("moved") { $0.status.transcriptPosition?.formerSecrets == 0 }
                try await story.approve("c1")
                let done = try await story.untilPhase(.completed)
                #expect(try await story.replicas() == 3)
                #expect(try await story.api.list(.secrets, namespace: Story.namespace).items.isEmpty)
                let reading = try await SecretTranscriptReader(api: story.api, namespace: Story.systemNamespace).read(
                    done)
                #expect(reading.fault == nil && reading.entries.contains { $0.event == .writeStarted(id: "c1") })
            }
        }
    }

    @Test func `without the right to move it nothing is done, and with it the turn goes on`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(nil) { story in
            try await story.withOperator(model) {
                try await story.ask("scale")
                try await story.untilPhase(.awaitingApproval)
            }
            try await story.layOutTranscriptAsBefore()
            try await story.withOperator(model, identity: "operator-2") {
                let waits = try await story.until("waits") {
                    $0.status.conditions[type: "Accepted"]?.reason == "TranscriptNotMoved"
                }
                #expect(waits.status.phase == .awaitingApproval && waits.status.approvals["c1"] != nil)
                try await story.apply(file: "rbac/optional/move-transcripts.yaml")
                try await story.approve("c1")
                try await story.untilPhase(.completed)
                #expect(try await story.replicas() == 3)
            }
        }
    }

    // MARK: Rights

    /// Whatever it does with its own rights, by the server's own record.
    @Test func `the operator asks for no Secret outside of its own namespace, and is refused nothing`() async throws {
        let model = ScriptedModel { request, _ in
            if case .tool = request.messages.last { return .says("Done.") }
            return .scale(to: 3)
        }
        let asked = Mutex<[AuditEvent]>([])
        let audit: @Sendable (AuditEvent) -> Void = { event in
            guard event.header("impersonate-user") == nil else { return }
            asked.withLock { $0.append(event) }
        }
        let administrator = Mutex("")
        try await Story.run(nil, audit: audit) { story in
            administrator.withLock { $0 = "Bearer \(story.endpoint.token)" }
            let lease = WorkerLease(namespace: Story.systemNamespace, duration: .seconds(300))
            try await story.withOperator(model, lease: lease) {
                try await story.ask("scale", spec: ["ttlSecondsAfterFinished": 1])
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                try await eventually("it and its transcript are gone") {
                    let talk = try await story.api.find(.conversations, namespace: Story.namespace, name: "talk")
                    let transcripts = try await story.transcriptSecrets()
                    return talk == nil && transcripts.isEmpty
                }
            }
        }
        let all = asked.withLock(\.self).filter { $0.header("authorization") != administrator.withLock(\.self) }
        let elsewhere = all.filter {
            ($0.target.contains("/secrets") || $0.target.contains("/configmaps"))
                && !$0.target.hasPrefix("/api/v1/namespaces/skyflo-system/")
        }
        #expect(elsewhere.isEmpty, "\(elsewhere.map(\.target))")
        #expect(all.contains { $0.method == "DELETE" && $0.target.contains("/secrets/skyflo-transcript-") })
        let refused = all.filter { $0.status == 403 }
        #expect(refused.isEmpty, "\(refused.map(\.target))")
    }

    @Test func `Secrets are read as the ServiceAccount that the SkyfloAI names, and as nobody else`() async throws {
        try await Story.run(ScriptedModel(.says("Hello."))) { story in
            try await story.apply(
                """
                {apiVersion: v1, kind: Secret, metadata: {name: keys, namespace: shop}, stringData: {OPENAI_API_KEY: k}}
                ---
                {apiVersion: v1, kind: ServiceAccount, metadata: {name: reader, namespace: shop}}
                """)
            try await story.changeSkyflo([
                "secretsServiceAccountName": "reader",
                "models": [["name": "m", "model": "m", "apiKeySecretRef": ["name": "keys"]]],
            ])
            try await story.ask("hello")
            let refused = try await story.until("refused") {
                $0.status.conditions[type: "Accepted"]?.reason == "SecretForbidden"
            }
            let message = refused.status.conditions[type: "Accepted"]?.message ?? ""
            #expect(message.contains("system:serviceaccount:shop:reader may not get secrets"), "\(message)")
            try await story.apply(
                """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: reader, namespace: shop}
                rules: [{apiGroups: [""], resources: [secrets], resourceNames: [keys], verbs: [get]}]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: reader, namespace: shop}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
                subjects: [{kind: ServiceAccount, name: reader, namespace: shop}]
                """)
            try await story.untilPhase(.completed)
            try await eventually("the SkyfloAI says so") {
                let sky = SkyfloAI(try await story.api.get(.skyfloAIs, namespace: "shop", name: "skyflo"))
                return sky.conditions[type: "SecretsDelegated"]?.reason == "ServiceAccount"
                    && sky.conditions[type: "Ready"]?.status == .true
            }
        }
    }

    @Test func `with a right of its own the operator reads them, and the SkyfloAI warns`() async throws {
        try await Story.run(ScriptedModel(.says("Hello."))) { story in
            try await story.letOperatorReadSecrets()
            try await story.apply(
                "{apiVersion: v1, kind: Secret, metadata: {name: keys, namespace: shop}, stringData: {OPENAI_API_KEY: k}}"
            )
            try await story.changeSkyflo([
                "models": [["name": "m", "model": "m", "apiKeySecretRef": ["name": "keys"]]]
            ])
            try await story.ask("hello")
            try await story.untilPhase(.completed)
            try await eventually("it warns") {
                let sky = SkyfloAI(try await story.api.get(.skyfloAIs, namespace: "shop", name: "skyflo"))
                let condition = sky.conditions[type: "SecretsDelegated"]
                return condition?.status == .false && condition?.reason == "OperatorRights"
            }
        }
    }
}

extension Story {
    /// Lays the transcript of a conversation out as the version before did: in Secrets beside it, which it owns.
    func layOutTranscriptAsBefore(_ name: String = "talk") async throws {
        let object = try await api.get(.conversations, namespace: Self.namespace, name: name)
        let place = TranscriptPlace(beside: Conversation(object))
        let secrets = try await transcriptSecrets()
        for secret in secrets {
            let number = try #require(secret.name.split(separator: "-").last.flatMap { Int($0) })
            var former = KubeObject(
                .secrets, namespace: Self.namespace, name: place.name(number),
                members: ["type": "skyflo.ai/transcript", "data": secret["data"] ?? [:]])
            if let isSealed = secret["immutable"] { former["immutable"] = isSealed }
            former.ownerReferences = [OwnerReference(controller: object)]
            _ = try await api.create(former, in: .secrets)
            try await api.delete(.secrets, namespace: Self.systemNamespace, name: secret.name)
        }
        let transcript: JSONValue = ["namespace": .null, "secretPrefix": .string(place.prefix)]
        _ = try await api.patch(
            .conversations, namespace: Self.namespace, name: name, subresource: "status",
            patch: .merge(["status": ["transcript": transcript]]))
    }
}
