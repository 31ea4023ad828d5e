import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import TestJenkins
import TestWeb
import Testing

/// A Jenkins that a SkyfloAI names: asked, built in after an approval, followed to the build's result.
@Suite struct JenkinsStoryTests {
    private static let trigger = ModelReply.calls(
        ("jenkins_trigger_build", ["jobFullName": "shop/deploy", "parameters": ["ENV": "prod", "PIN": "geheim-4711"]]))

    private static func run(
        _ model: ScriptedModel, rights: String = "skyflo-integration-writer",
        _ body: @escaping @Sendable (Story, TestJenkins) async throws -> Void
    ) async throws {
        let jenkins = TestJenkins(prefix: "/ci")
        jenkins.change { state in
            state.job("shop/deploy") { job in
                job.parameters = [
                    [
                        "name": "ENV", "type": "ChoiceParameterDefinition", "choices": ["dev", "prod"],
                        "defaultParameterValue": ["value": "dev"],
                    ],
                    ["name": "PIN", "type": "PasswordParameterDefinition"],
                ]
            }
        }
        try await jenkins.serve {
            try await Story.run(nil) { story in
                try await prepare(story, jenkins, rights: rights)
                try await story.withOperator(model) { try await body(story, jenkins) }
            }
        }
    }

    private static func prepare(_ story: Story, _ jenkins: TestJenkins, rights: String) async throws {
        try await story.apply(
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: ci, namespace: shop}
            stringData: {username: copilot, token: \(jenkins.token)}
            ---
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: secrets, namespace: shop}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: secrets, namespace: shop}
            rules: [{apiGroups: [""], resources: [secrets], resourceNames: [ci], verbs: [get]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: secrets, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: secrets}
            subjects: [{kind: ServiceAccount, name: secrets, namespace: shop}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: copilot-jenkins, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: \(rights)}
            subjects: [{kind: ServiceAccount, name: copilot, namespace: shop}]
            """)
        let sky = try #require(try await story.api.list(.skyfloAIs, namespace: "shop").items.first)
        _ = try await story.api.patch(
            .skyfloAIs, namespace: "shop", name: sky.name,
            patch: .merge([
                "spec": [
                    "secretsServiceAccountName": "secrets",
                    "integrations": [
                        "jenkins": [["name": "main", "url": .string(jenkins.url), "secretRef": ["name": "ci"]]]
                    ],
                ]
            ]))
    }

    @Test func `a build waits for approval, runs once, and its result is verified`() async throws {
        let model = ScriptedModel(
            .calls(("jenkins_get_jobs", [:])), Self.trigger, .says("Done."))
        try await Self.run(model) { story, jenkins in
            try await story.ask("deploy to prod")
            let waiting = try await story.untilPhase(.awaitingApproval)
            #expect(model.toolResults.first?.contains("shop/deploy") == true)
            #expect(jenkins.writes.isEmpty)
            let approval = try #require(waiting.status.approvals["c2"])
            #expect(approval.requests.first?["path"] == "/job/shop/job/deploy/buildWithParameters")
            try await story.approve("c2")
            let done = try await story.until("the build is verified") {
                let text = JSONWriter.string($0.status.json)
                return $0.status.phase == .completed && text.contains("build #1") && !text.contains("StillRunning")
            }
            #expect(jenkins.writes.count == 1)
            #expect(jenkins.writes.first?.form.last?.value == "geheim-4711")
            let text = JSONWriter.string(done.status.json)
            #expect(text.contains("build #1 succeeded after 61 s"), "\(text)")
            for secret in [jenkins.token, "geheim-4711", jenkins.url] { #expect(!text.contains(secret), "\(secret)") }
            // What every other object says, events and the SkyfloAI among them.
            for resource in [APIResource.events, .skyfloAIs] {
                let all = try await story.api.list(resource, namespace: "shop").items
                #expect(!all.contains { JSONWriter.string($0["status"] ?? $0.json).contains(jenkins.token) })
            }
        }
    }

    @Test func `without the right to change an integration nobody is asked`() async throws {
        let model = ScriptedModel(Self.trigger, .says("No."))
        try await Self.run(model, rights: "skyflo-integration-reader") { story, jenkins in
            try await story.ask("deploy to prod")
            try await story.untilPhase(.completed)
            #expect(
                model.toolResults.first?.contains("may not update integrations (group skyflo.ai)") == true,
                "\(model.toolResults)")
            #expect(jenkins.writes.isEmpty)
        }
    }

    @Test func `what is denied is not sent`() async throws {
        let model = ScriptedModel(Self.trigger, .says("No."))
        try await Self.run(model) { story, jenkins in
            try await story.ask("deploy to prod")
            try await story.untilPhase(.awaitingApproval)
            try await story.decide(["c1": ["decision": "Denied", "decidedBy": "alice"]])
            try await story.untilPhase(.completed)
            #expect(jenkins.writes.isEmpty)
        }
    }
}
