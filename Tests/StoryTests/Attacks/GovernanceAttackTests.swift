import KubeClient
import KubeModel
import OperatorTestKit
import SkyfloAPI
import Testing

/// Somebody who may make and change conversations tries to choose by whose rules, as whom and with whose keys they run.
@Suite struct GovernanceAttackTests {
    private static let lax: JSONValue = [
        "approvals": ["autoApprove": [["name": "all", "namespaces": ["*"], "maxRisk": "High"]], "allowUnproven": true]
    ]

    @Test func `the rules of another namespace's SkyfloAI can't be chosen`() async throws {
        let log = RequestLog()
        let model = ScriptedModel(.scale(to: 9), .says("Done."))
        try await Story.run(nil) { story in
            try await story.makeSkyflo("evil", "lax", Self.lax)
            try await story.withOperator(model, wrap: { WatchedAPI($0, log) }) {
                try await story.ask("scale web", spec: ["skyfloRef": ["namespace": "evil", "name": "lax"]])
                let refused = try await story.until("refused") {
                    $0.status.conditions[type: "Accepted"]?.reason == "SkyfloAINotFound"
                }
                #expect(refused.status.conditions[type: "Accepted"]?.message.contains("another namespace") == true)
                #expect(log.writes.isEmpty && model.requests.isEmpty)
            }
        }
    }

    @Test func `the operator's default can be named only where the namespace has no rules of its own`() async throws {
        let log = RequestLog()
        let model = ScriptedModel(.scale(to: 9), .says("Done."))
        let key = ObjectKey(namespace: "skyflo-system", name: "skyflo")
        try await Story.run(nil) { story in
            try await story.makeSkyflo("skyflo-system", "skyflo", Self.lax)
            try await story.withOperator(model, defaultSkyfloAI: key, wrap: { WatchedAPI($0, log) }) {
                try await story.ask("scale web", spec: ["skyfloRef": ["namespace": "skyflo-system", "name": "skyflo"]])
                try await story.until("refused") { $0.status.conditions[type: "Accepted"]?.status == .false }
                #expect(log.writes.isEmpty)
                try await story.api.delete(.skyfloAIs, namespace: Story.namespace, name: "skyflo")
                try await story.untilPhase(.completed)
                #expect(log.writes.count == 1)
            }
        }
    }

    /// As when both are applied at once, and the watch of conversations is the faster one.
    @Test func `the operator's default doesn't govern where a SkyfloAI of the namespace isn't known yet`() async throws
    {
        let log = RequestLog()
        let model = ScriptedModel(.says("Hello."), .scale(to: 9), .says("Done."))
        let key = ObjectKey(namespace: "skyflo-system", name: "skyflo")
        try await Story.run(nil, samples: ["0-shop.yaml"]) { story in
            try await story.makeSkyflo("skyflo-system", "skyflo", Self.lax)
            let wrap: @Sendable (any KubeAPI) -> any KubeAPI = { DeafAPI(WatchedAPI($0, log), to: "skyfloais") }
            try await story.withOperator(model, defaultSkyfloAI: key, wrap: wrap) {
                try await story.ask("hello", name: "first", spec: ["serviceAccountName": "default"])
                try await story.untilPhase(.completed, "first")
                try await story.apply(file: "config/samples/shop/1-copilot.yaml", untilSeen: false)
                try await story.ask("scale web")
                try await story.untilPhase(.awaitingApproval)
                #expect(log.writes.isEmpty)
            }
        }
    }

    /// With and without a new worker in between, who would find out anew what the spec names.
    @Test(arguments: [true, false])
    func `what was approved for one ServiceAccount isn't done as another`(_ restarts: Bool) async throws {
        let log = RequestLog()
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(nil) { story in
            try await story.apply(
                """
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: mighty, namespace: shop}
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: mighty, namespace: shop}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
                subjects: [{kind: ServiceAccount, name: mighty, namespace: shop}]
                """)
            let change: @Sendable () async throws -> Void = {
                try await story.change(spec: ["serviceAccountName": "mighty"])
                try await story.approve("c1")
            }
            try await story.withOperator(model, wrap: { WatchedAPI($0, log) }) {
                try await story.ask("scale web to 3")
                try await story.untilPhase(.awaitingApproval)
                if !restarts {
                    try await change()
                    try await story.untilPhase(.completed)
                }
            }
            if restarts {
                try await change()
                try await story.withOperator(model, identity: "operator-2", wrap: { WatchedAPI($0, log) }) {
                    try await story.untilPhase(.completed)
                }
            }
            let talk = Conversation(try await story.api.get(.conversations, namespace: Story.namespace, name: "talk"))
            #expect(talk.status.calls["c1"]?.state == .denied)
            #expect(log.writes.isEmpty)
        }
    }

    @Test(arguments: [
        "kube-system:default", "../../kube-system/serviceaccounts/default", "default/token", "system:masters", "..",
    ])
    func `a ServiceAccount is one of the namespace, whatever its name looks like`(_ name: String) async throws {
        let model = ScriptedModel(.scale(to: 9), .says("Done."))
        let log = RequestLog()
        try await Story.run(nil) { story in
            try await story.withOperator(model, wrap: { WatchedAPI($0, log) }) {
                try await story.ask("scale web", spec: ["serviceAccountName": .string(name)])
                let refused = try await story.until("refused") {
                    $0.status.conditions[type: "Accepted"]?.status == .false
                }
                #expect(refused.status.conditions[type: "Accepted"]?.reason == "ServiceAccountNotFound")
                #expect(log.all.allSatisfy { $0.identity == nil })
            }
        }
    }

    /// It may write the status of any conversation.
    @Test func `no tool works as the operator itself`() async throws {
        let model = ScriptedModel(.scale(to: 9), .says("Done."))
        let log = RequestLog()
        try await Story.run(nil) { story in
            try await story.makeSkyflo("skyflo-system", "skyflo", Self.lax)
            try await story.withOperator(model, wrap: { WatchedAPI($0, log) }) {
                let object = KubeObject(
                    .conversations, namespace: "skyflo-system", name: "talk",
                    members: [
                        "spec": ["serviceAccountName": "skyflo-operator", "messages": [["content": "scale web"]]]
                    ])
                _ = try await story.api.create(object, in: .conversations)
                try await eventually("refused") {
                    let talk = try await story.api.get(.conversations, namespace: "skyflo-system", name: "talk")
                    let accepted = Conversation(talk).status.conditions[type: "Accepted"]
                    return accepted?.status == .false && accepted?.reason == "ServiceAccountRefused"
                }
                #expect(log.all.allSatisfy { $0.identity == nil } && model.requests.isEmpty)
            }
        }
    }

    /// The patch names neither what it takes away nor anything else that rights depend on.
    @Test func `a rule doesn't allow what takes a security context away by leaving it out`() async throws {
        let patch = #"{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"registry.example/c:2"}]}}}}"#
        let arguments: JSONValue = [
            "resource_type": "deployment", "name": "hardened", "patch_type": "merge", "patch": .string(patch),
        ]
        let model = ScriptedModel(.calls(("k8s_patch", arguments)), .says("Done."))
        try await Story.run(model) { story in
            try await story.apply(
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: hardened, namespace: shop}
                spec:
                  replicas: 0
                  selector: {matchLabels: {app: hardened}}
                  template:
                    metadata: {labels: {app: hardened}}
                    spec:
                      containers:
                        - name: c
                          image: registry.example/c:1
                          securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false}
                """)
            try await story.changeSkyflo([
                "approvals": ["autoApprove": [["name": "patches", "tools": ["k8s_patch"], "maxRisk": "High"]]]
            ])
            try await story.ask("new image for hardened")
            let waiting = try await story.untilPhase(.awaitingApproval)
            #expect(waiting.status.approvals["c1"]?.autoApprovedBy == nil)
        }
    }

    /// The key goes to an address that the same SkyfloAI names.
    @Test func `a token of a ServiceAccount is sent to nobody as the key of a model`() async throws {
        let model = ScriptedModel(.says("Done."))
        try await Story.run(model) { story in
            try await story.letOperatorReadSecrets()
            try await story.apply(
                """
                apiVersion: v1
                kind: Secret
                type: kubernetes.io/service-account-token
                metadata: {name: mighty, namespace: shop, annotations: {kubernetes.io/service-account.name: copilot}}
                stringData: {token: secret-token}
                """)
            try await story.changeSkyflo([
                "models": [
                    [
                        "name": "m", "provider": "OpenAI", "model": "m", "baseURL": "http://127.0.0.1:1/v1",
                        "apiKeySecretRef": ["name": "mighty", "key": "token"],
                    ]
                ]
            ])
            try await story.ask("hello")
            try await story.until("refused") { $0.status.conditions[type: "Accepted"]?.reason == "SecretNotFound" }
            #expect(model.requests.isEmpty)
        }
    }
}

extension Story {
    fileprivate func makeSkyflo(_ namespace: String, _ name: String, _ spec: JSONValue) async throws {
        if try await api.find(.namespaces, name: namespace) == nil {
            _ = try await api.create(KubeObject(.namespaces, name: namespace), in: .namespaces)
        }
        _ = try await api.create(
            KubeObject(.skyfloAIs, namespace: namespace, name: name, members: ["spec": spec]), in: .skyfloAIs)
    }
}
