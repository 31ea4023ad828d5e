import ControllerRuntime
import KubeClient
import KubeModel
import OperatorTestKit
import SkyfloAPI
import Synchronization
import Testing

@testable import Controllers

/// Somebody weakens the admission policy that proves approvals, and leaves its name and its version on it.
@Suite struct PolicyProofAttackTests {
    private static func manifests() throws -> (policy: KubeObject, binding: KubeObject) {
        let all = try PolicyAPI.manifests()
        return (
            try #require(all.first { $0.kind == "ValidatingAdmissionPolicy" }),
            try #require(all.first { $0.kind == "ValidatingAdmissionPolicyBinding" })
        )
    }

    /// Whoever changes the policy has to enter its new fingerprint.
    @Test func `the policy of config/admission is the one that is looked for`() throws {
        let (policy, binding) = try Self.manifests()
        #expect(AdmissionPolicyCheck.fingerprint(of: policy) == AdmissionPolicyCheck.fingerprint)
        #expect(AdmissionPolicyCheck.judge(policy: policy, binding: binding).doubt == nil)
    }

    @Test func `it is known again with all that an API server adds to it`() async throws {
        try await Story.run(nil, samples: []) { story in
            try await story.apply(file: "config/admission/skyflo-approvals.yaml")
            let finding = try await AdmissionPolicyCheck.look(story.api)
            #expect(finding.doubt == nil && finding.since != nil)
        }
        var (policy, binding) = try Self.manifests()
        policy["spec", "matchConstraints", "matchPolicy"] = "Equivalent"
        policy["spec", "matchConstraints", "namespaceSelector"] = [:]
        policy["spec", "matchConstraints", "objectSelector"] = [:]
        policy["spec", "matchConstraints", "resourceRules"] = .array(
            (policy["spec", "matchConstraints", "resourceRules"]?.array ?? []).map { rule in
                var rule = rule
                rule["scope"] = "*"
                return rule
            })
        binding["spec", "matchResources"] = [:]
        #expect(AdmissionPolicyCheck.judge(policy: policy, binding: binding).doubt == nil)
    }

    /// Its fingerprint and its creation are as they were.
    @Test func `a policy that was something else for a while proves nothing from before it was put back`() throws {
        var (policy, binding) = try Self.manifests()
        let (made, changed) = (KubeTime(seconds: 1000), KubeTime(seconds: 5000))
        for object in [policy, binding] { #expect(object["metadata", "generation"] == nil) }
        policy["metadata", "creationTimestamp"] = .string(made.description)
        binding["metadata", "creationTimestamp"] = .string(made.description)
        #expect(AdmissionPolicyCheck.judge(policy: policy, binding: binding).since == made.adding(seconds: 1))
        binding["metadata", "generation"] = 3
        #expect(AdmissionPolicyCheck.judge(policy: policy, binding: binding).doubt != nil)
        binding["metadata", "managedFields"] = [
            ["manager": "kubectl", "time": .string(changed.description)],
            ["manager": "kcm", "time": .string(KubeTime(seconds: 9000).description), "subresource": "status"],
        ]
        let finding = AdmissionPolicyCheck.judge(policy: policy, binding: binding)
        #expect(finding.doubt == nil && finding.since == changed.adding(seconds: 1))
    }

    private static let weakenings: [(String, @Sendable (inout KubeObject, inout KubeObject) -> Void)] = [
        ("no validations", { policy, _ in policy["spec", "validations"] = [["expression": "true"]] }),
        (
            "one validation less",
            { policy, _ in
                policy["spec", "validations"] = .array(policy["spec", "validations"]?.array?.dropLast() ?? [])
            }
        ),
        (
            "a condition that is never met",
            { policy, _ in
                policy["spec", "matchConditions"] = [["name": "never", "expression": "false"]]
            }
        ),
        (
            "only some namespaces",
            { policy, _ in
                policy["spec", "matchConstraints", "namespaceSelector"] = ["matchLabels": ["a": "b"]]
            }
        ),
        (
            "not this object",
            { policy, _ in
                policy["spec", "matchConstraints", "objectSelector"] = ["matchLabels": ["a": "b"]]
            }
        ),
        (
            "not the status",
            { policy, _ in
                policy["spec", "matchConstraints", "resourceRules"] = .array(
                    policy["spec", "matchConstraints", "resourceRules"]?.array?.dropFirst().map(\.self) ?? [])
            }
        ),
        (
            "excluded again",
            { policy, _ in
                policy["spec", "matchConstraints", "excludeResourceRules"] =
                    policy["spec", "matchConstraints", "resourceRules"]
            }
        ),
        (
            "a variable that says yes",
            { policy, _ in
                policy["spec", "variables"] = .array(
                    (policy["spec", "variables"]?.array ?? []).map {
                        $0["name"] == "operates" ? ["name": "operates", "expression": "true"] : $0
                    })
            }
        ),
        ("parameters", { policy, _ in policy["spec", "paramKind"] = ["apiVersion": "v1", "kind": "ConfigMap"] }),
        ("failures pass", { policy, _ in policy["spec", "failurePolicy"] = "Ignore" }),
        ("another version", { policy, _ in policy.labels["skyflo.ai/policy-version"] = "0" }),
        ("going away", { policy, _ in policy["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z" }),
        ("only a warning", { _, binding in binding["spec", "validationActions"] = ["Warn", "Audit"] }),
        ("bound elsewhere", { _, binding in binding["spec", "policyName"] = "other" }),
        (
            "bound to some",
            { _, binding in
                binding["spec", "matchResources"] = ["namespaceSelector": ["matchLabels": ["a": "b"]]]
            }
        ),
        (
            "the binding goes away",
            { _, binding in
                binding["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
            }
        ),
    ]

    @Test(arguments: weakenings.indices)
    func `a policy that lets more pass proves nothing`(_ number: Int) throws {
        var (policy, binding) = try Self.manifests()
        let (name, weaken) = Self.weakenings[number]
        weaken(&policy, &binding)
        #expect(AdmissionPolicyCheck.judge(policy: policy, binding: binding).doubt != nil, "\(name)")
    }

    @Test func `a policy or a binding that isn't there proves nothing`() throws {
        let (policy, binding) = try Self.manifests()
        #expect(AdmissionPolicyCheck.judge(policy: nil, binding: binding).doubt != nil)
        #expect(AdmissionPolicyCheck.judge(policy: policy, binding: nil).doubt != nil)
    }

    /// It was in force when the operator looked, and also when it asked.
    @Test func `a policy that goes before the approval proves nothing, whatever was seen of it`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        let log = RequestLog()
        let installed = Mutex<KubeTime?>(SystemClock().now.adding(seconds: -60))
        try await Story.run(nil) { story in
            try await story.changeSkyflo(["approvals": ["allowUnproven": false]])
            let wrap: @Sendable (any KubeAPI) -> any KubeAPI = { api in
                PolicyAPI(WatchedAPI(api, log)) { installed.withLock(\.self) }
            }
            try await story.withOperator(model, wrap: wrap) {
                try await eventually("the policy was seen") {
                    let sky = try await story.api.get(.skyfloAIs, namespace: Story.namespace, name: "skyflo")
                    return SkyfloAI(sky).conditions[type: "ApprovalsProven"]?.status == .true
                }
                try await story.ask("scale web")
                try await story.untilPhase(.awaitingApproval)
                installed.withLock { $0 = nil }
                try await story.approve("c1")
                let waiting = try await story.until("not accepted") { $0.status.approvals["c1"]?.waitingFor != nil }
                #expect(waiting.status.approvals["c1"]?.waitingFor?.contains("isn't installed") == true)
                #expect(waiting.status.calls["c1"]?.state == .awaitingApproval)
                #expect(log.writes.isEmpty)
            }
        }
    }

    /// Before the policy anybody could name anybody, also as who made a conversation.
    @Test func `who made a conversation before the policy was there isn't known`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(nil) { story in
            try await story.changeSkyflo(["approvals": ["allowUnproven": false, "twoPerson": true]])
            var object = KubeObject(
                .conversations, namespace: Story.namespace, name: "talk",
                members: ["spec": ["serviceAccountName": "copilot", "messages": [["content": "scale web"]]]])
            object.annotations = ["skyflo.ai/created-by": "bob"]
            _ = try await story.api.create(object, in: .conversations)
            let later = SystemClock().now.adding(seconds: 5)
            try await story.withOperator(model, wrap: { PolicyAPI($0) { later } }) {
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                try await story.until("not accepted") { $0.status.approvals["c1"]?.waitingFor != nil }
                #expect(try await story.replicas() == 2)
            }
        }
    }
}
