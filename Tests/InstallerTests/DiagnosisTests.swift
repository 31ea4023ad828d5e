import Helm
import Installer
import KubeClient
import KubeModel
import OperatorTestKit
import SkyfloAPI
import Testing

struct DiagnosisTests {
    private static let now = KubeTime(microseconds: 1_800_000_000_000_000)

    /// Rendered once: all the cases begin with it.
    private static let objects = Result {
        try InstallationChart.objects(
            values: ValuesReader.read("namespace: {create: true}"), namespace: "skyflo-system")
    }

    /// An installation as it should be, with a worker, a SkyfloAI and no Conversation.
    private static func healthy() throws -> InstallationFacts {
        var facts = InstallationFacts(
            namespace: "skyflo-system", program: "skyflo", now: now, version: try InstallationChart.version(),
            server: ["major": "1", "minor": "36", "gitVersion": "v1.36.0"])
        facts.objects = try objects.get().map { ($0, .read(live($0))) }
        facts.rights = .read([("get pods", true)])
        facts.leases = .read([lease("skyflo-operator-1", age: 5)])
        facts.settings = .read([settings([:])])
        return facts
    }

    private static func live(_ wanted: KubeObject) -> KubeObject {
        var object = wanted
        switch object.kind {
        case "CustomResourceDefinition":
            object["status", "conditions"] = [["type": "Established", "status": "True"]]
        case "Deployment":
            object["status"] = [
                "observedGeneration": 0, "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1,
                "availableReplicas": 1,
            ]
        default: break
        }
        return object
    }

    private static func lease(_ holder: String, age: Double) -> KubeObject {
        KubeObject(
            .leases, namespace: "skyflo-system", name: "\(holder)-worker",
            members: [
                "spec": [
                    "holderIdentity": .string(holder), "leaseDurationSeconds": 15,
                    "renewTime": .string(now.adding(seconds: -age).microTime),
                ]
            ])
    }

    private static func settings(_ members: JSONValue, conditions: [JSONValue] = []) -> KubeObject {
        var object = KubeObject(
            .skyfloAIs, namespace: "shop", name: "skyflo",
            members: ["spec": members, "status": ["observedGeneration": 1, "conditions": .array(conditions)]])
        object["metadata", "generation"] = 1
        return object
    }

    private static func conversation(_ status: JSONValue?, age: Double = 3600) -> KubeObject {
        var object = KubeObject(.conversations, namespace: "shop", name: "talk")
        object["metadata", "creationTimestamp"] = .string(now.adding(seconds: -age).description)
        object["status"] = status
        return object
    }

    private static func findings(
        _ change: (inout InstallationFacts) -> Void
    ) throws -> [Finding] {
        var facts = try healthy()
        change(&facts)
        return InstallationDiagnosis.findings(facts).filter { $0.severity > .ok }
    }

    private static func expectOne(
        _ severity: Finding.Severity, check: String, message: String, remedy: String = "",
        sourceLocation: SourceLocation = #_sourceLocation, change: (inout InstallationFacts) -> Void
    ) throws {
        let found = try findings(change)
        #expect(found.count == 1, "\(found)", sourceLocation: sourceLocation)
        let first = found.first
        #expect(first?.severity == severity && first?.check == check, "\(found)", sourceLocation: sourceLocation)
        #expect(first?.message.contains(message) == true, "\(found)", sourceLocation: sourceLocation)
        #expect(remedy.isEmpty || first?.remedy.contains(remedy) == true, "\(found)", sourceLocation: sourceLocation)
    }

    private static func change(
        _ facts: inout InstallationFacts, kind: String, name: String? = nil, _ change: (inout KubeObject) -> Void
    ) {
        guard
            let at = facts.objects.firstIndex(where: {
                $0.wanted.kind == kind && (name ?? $0.wanted.name) == $0.wanted.name
            }),
            case .read(var live?) = facts.objects[at].live
        else { return }
        change(&live)
        facts.objects[at].live = .read(live)
    }

    private static func remove(_ facts: inout InstallationFacts, kind: String) {
        for at in facts.objects.indices where facts.objects[at].wanted.kind == kind {
            facts.objects[at].live = .read(nil)
        }
    }

    @Test func `a sound installation has nothing but good findings, one for each check`() throws {
        let found = InstallationDiagnosis.findings(try Self.healthy())
        #expect(found.allSatisfy { $0.severity == .ok }, "\(found)")
        #expect(
            found.map(\.check) == [
                "Server", "CRDs", "Rights", "Approvals", "Operator", "Workers", "Settings", "Conversations",
            ])
    }

    @Test func `the server is judged`() throws {
        try Self.expectOne(.error, check: "Server", message: "1.30 or newer") { $0.server["minor"] = "29" }
        try Self.expectOne(.warning, check: "Server", message: "metrics", remedy: "metrics-server") {
            $0.hasMetrics = false
        }
        try Self.expectOne(.warning, check: "Server", message: "custom.metrics.k8s.io/v1") {
            $0.unavailableGroups = ["custom.metrics.k8s.io/v1"]
        }
    }

    @Test func `a CRD that is missing, not served, or of another version is told`() throws {
        let missing = try Self.findings { Self.remove(&$0, kind: "CustomResourceDefinition") }
        #expect(
            missing.map(\.message)
                == ["conversations.skyflo.ai", "skyfloais.skyflo.ai"].map { "the CRD \($0) is missing" })
        #expect(missing.first?.remedy == "skyflo install -n skyflo-system --image skyflo:latest")
        try Self.expectOne(.error, check: "CRDs", message: "names conflict") { facts in
            Self.change(&facts, kind: "CustomResourceDefinition") {
                $0["status", "conditions"] = [
                    ["type": "NamesAccepted", "status": "False", "message": "names conflict"]
                ]
            }
        }
        try Self.expectOne(.error, check: "CRDs", message: "spec.versions[0].schema") { facts in
            Self.change(&facts, kind: "CustomResourceDefinition", name: "skyfloais.skyflo.ai") { definition in
                guard var version = definition["spec", "versions"]?.array?.first else { return }
                version["schema", "openAPIV3Schema", "properties", "spec", "properties", "models"] = nil
                definition["spec", "versions"] = [version]
            }
        }
        try Self.expectOne(.error, check: "CRDs", message: "being deleted") { facts in
            Self.change(&facts, kind: "CustomResourceDefinition") {
                $0["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
            }
        }
    }

    @Test func `rights that are missing or too many are told`() throws {
        try Self.expectOne(
            .error, check: "Rights", message: "may not impersonate serviceaccounts", remedy: "skyflo install"
        ) {
            $0.rights = .read([("get pods", true), ("impersonate serviceaccounts", false)])
        }
        try Self.expectOne(.warning, check: "Rights", message: "the ClusterRole skyflo-operator isn't that of version")
        { facts in
            Self.change(&facts, kind: "ClusterRole", name: "skyflo-operator") { role in
                let rule: JSONValue = ["apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]]
                role["rules"] = .array((role["rules"]?.array ?? []) + [rule])
            }
        }
        try Self.expectOne(.error, check: "Rights", message: "the ServiceAccount skyflo-operator is missing") {
            Self.remove(&$0, kind: "ServiceAccount")
        }
        try Self.expectOne(.warning, check: "Rights", message: "the ClusterRole skyflo-approver is missing") { facts in
            let at = facts.objects.firstIndex { $0.wanted.name == "skyflo-approver" }
            if let at { facts.objects[at].live = .read(nil) }
        }
        try Self.expectOne(.warning, check: "Rights", message: "the RoleBinding skyflo-components is missing") {
            facts in
            let at = facts.objects.firstIndex {
                $0.wanted.kind == "RoleBinding" && $0.wanted.name == "skyflo-components"
            }
            if let at { facts.objects[at].live = .read(nil) }
        }
        try Self.expectOne(.error, check: "Rights", message: "the RoleBinding skyflo-operator is missing") { facts in
            let at = facts.objects.firstIndex { $0.wanted.kind == "RoleBinding" && $0.wanted.name == "skyflo-operator" }
            if let at { facts.objects[at].live = .read(nil) }
        }
        try Self.expectOne(.warning, check: "Rights", message: "you may not read the operator's rights") {
            $0.rights = .forbidden("no")
        }
    }

    @Test func `a policy that is missing, changed or lenient is told`() throws {
        try Self.expectOne(
            .error, check: "Approvals", message: "the ValidatingAdmissionPolicy skyflo-approvals is missing"
        ) {
            Self.remove(&$0, kind: "ValidatingAdmissionPolicy")
        }
        for change in [
            { (policy: inout KubeObject) in policy["spec", "failurePolicy"] = "Ignore" },
            { $0["spec", "matchConditions"] = [["name": "never", "expression": "false"]] },
            { $0["spec", "validations"] = [["expression": "true"]] },
        ] {
            try Self.expectOne(.error, check: "Approvals", message: "approvals don't count") { facts in
                Self.change(&facts, kind: "ValidatingAdmissionPolicy", change)
            }
        }
        try Self.expectOne(.error, check: "Approvals", message: "spec.validationActions") { facts in
            Self.change(&facts, kind: "ValidatingAdmissionPolicyBinding") {
                $0["spec", "validationActions"] = ["Audit"]
            }
        }
        try Self.expectOne(.error, check: "Approvals", message: "spec.matchResources") { facts in
            Self.change(&facts, kind: "ValidatingAdmissionPolicyBinding") {
                $0["spec", "matchResources"] = ["namespaceSelector": ["matchLabels": ["a": "b"]]]
            }
        }
        try Self.expectOne(.error, check: "Approvals", message: "has version 0, and 1 is needed") { facts in
            Self.change(&facts, kind: "ValidatingAdmissionPolicy") { $0.labels["skyflo.ai/policy-version"] = "0" }
        }
        // What the server fills in is no change.
        let filled = try Self.findings { facts in
            Self.change(&facts, kind: "ValidatingAdmissionPolicy") { policy in
                policy["spec", "matchConstraints", "matchPolicy"] = "Equivalent"
                policy["spec", "matchConstraints", "namespaceSelector"] = [:]
            }
        }
        #expect(filled.isEmpty)
    }

    @Test func `an operator that isn't there or doesn't run is told with its cause`() throws {
        try Self.expectOne(.error, check: "Operator", message: "the Deployment skyflo-operator is missing") {
            Self.remove(&$0, kind: "Deployment")
        }
        try Self.expectOne(.warning, check: "Operator", message: "the NetworkPolicy skyflo-operator is missing") {
            Self.remove(&$0, kind: "NetworkPolicy")
        }
        try Self.expectOne(.error, check: "Operator", message: "0 replicas", remedy: "kubectl scale") { facts in
            Self.change(&facts, kind: "Deployment") { $0["spec", "replicas"] = 0 }
        }
        try Self.expectOne(.error, check: "Operator", message: "can't be pulled") { facts in
            Self.change(&facts, kind: "Deployment") { $0["status"] = ["updatedReplicas": 1] }
            facts.troubles = [RolloutTrouble("the image x can't be pulled", remedy: "--image")]
        }
        try Self.expectOne(.warning, check: "Operator", message: "of version 0.0.9") { facts in
            Self.change(&facts, kind: "Deployment") { $0.labels["app.kubernetes.io/version"] = "0.0.9" }
        }
    }

    @Test func `what mends it is the way in which it was installed`() throws {
        let plain = try Self.findings { facts in
            Self.remove(&facts, kind: "ServiceAccount")
            Self.change(&facts, kind: "Deployment") {
                $0["spec", "replicas"] = 3
                $0["metadata", "managedFields"] = [
                    ["manager": "skyflo-install", "fieldsV1": ["f:spec": ["f:replicas": [:]]]]
                ]
            }
        }
        #expect(plain.first?.remedy == "skyflo install -n skyflo-system --image skyflo:latest --replicas 3")
        // What somebody else scales isn't taken from them.
        let scaled = try Self.findings { facts in
            Self.remove(&facts, kind: "ServiceAccount")
            Self.change(&facts, kind: "Deployment") { $0["spec", "replicas"] = 3 }
        }
        #expect(scaled.first?.remedy == "skyflo install -n skyflo-system --image skyflo:latest")
        let helm = try Self.findings { facts in
            Self.remove(&facts, kind: "ServiceAccount")
            Self.change(&facts, kind: "Deployment") { $0.annotations["meta.helm.sh/release-name"] = "copilot" }
        }
        #expect(helm.first?.remedy.contains("helm upgrade") == true, "\(helm)")
        let roles = try Self.findings { facts in
            for at in facts.objects.indices where facts.objects[at].wanted.name.hasPrefix("skyflo-tools-") {
                facts.objects[at].live = .read(nil)
            }
        }
        #expect(roles.count == 1 && roles.first?.severity == .warning)
        #expect(roles.first?.message.hasPrefix("these are missing: ClusterRole skyflo-tools-") == true, "\(roles)")
    }

    @Test func `workers without a fresh Lease are told`() throws {
        try Self.expectOne(.error, check: "Workers", message: "no worker holds a Lease") { $0.leases = .read([]) }
        let stale = try Self.findings { $0.leases = .read([Self.lease("old", age: 600)]) }
        #expect(stale.map(\.severity) == [.warning, .error])
        #expect(stale.first?.message.contains("the worker old hasn't renewed") == true)
        // Clocks differ.
        #expect(try Self.findings { $0.leases = .read([Self.lease("a", age: 40)]) }.isEmpty)
        try Self.expectOne(.warning, check: "Workers", message: "may not list") { $0.leases = .forbidden("no") }
    }

    @Test func `a SkyfloAI's conditions and what it names are told`() throws {
        let bad: JSONValue = ["type": "Ready", "status": "False", "reason": "SecretNotFound", "message": "no key"]
        try Self.expectOne(
            .error, check: "Settings", message: "SkyfloAI shop/skyflo: Ready is False (SecretNotFound): no key",
            remedy: "kubectl describe sky -n shop skyflo"
        ) { $0.settings = .read([Self.settings([:], conditions: [bad])]) }
        let unproven: JSONValue = [
            "type": "ApprovalsProven", "status": "False", "reason": "PolicyMissing", "message": "",
        ]
        try Self.expectOne(.error, check: "Settings", message: "PolicyMissing") {
            $0.settings = .read([Self.settings([:], conditions: [unproven])])
        }
        try Self.expectOne(.warning, check: "Settings", message: "PolicyMissing") {
            $0.settings = .read([Self.settings(["approvals": ["allowUnproven": true]], conditions: [unproven])])
        }
        try Self.expectOne(.error, check: "Settings", message: "hasn't looked at its last change") { facts in
            var object = Self.settings([:])
            object["metadata", "generation"] = 2
            facts.settings = .read([object])
        }
        try Self.expectOne(
            .error, check: "Settings", message: "names the Secret models",
            remedy: "kubectl create secret generic models -n shop"
        ) {
            $0.missingReferences = [
                .init(settings: ObjectKey(namespace: "shop", name: "skyflo"), kind: "Secret", name: "models")
            ]
        }
        try Self.expectOne(.warning, check: "Settings", message: "there is no SkyfloAI") { $0.settings = .read([]) }
    }

    @Test func `a Conversation that nobody works on is told, and one that waits for a person isn't`() throws {
        try Self.expectOne(.error, check: "Conversations", message: "was not taken up") {
            $0.conversations = .read([Self.conversation(nil)])
        }
        try Self.expectOne(.error, check: "Conversations", message: "its worker gone holds no Lease") {
            $0.conversations = .read([
                Self.conversation(["phase": "Executing", "worker": ["identity": "gone", "epoch": 1]])
            ])
        }
        try Self.expectOne(.warning, check: "Conversations", message: "(ServiceAccountNotFound): create it") {
            let condition: JSONValue = [
                "type": "Accepted", "status": "False", "reason": "ServiceAccountNotFound", "message": "create it",
            ]
            $0.conversations = .read([Self.conversation(["phase": "Pending", "conditions": [condition]])])
        }
        let fine: [JSONValue?] = [
            ["phase": "AwaitingApproval", "worker": ["identity": "gone", "epoch": 1]],
            ["phase": "Completed", "worker": ["identity": "gone", "epoch": 1]],
            ["phase": "Planning", "worker": ["identity": "skyflo-operator-1", "epoch": 1]],
        ]
        #expect(try Self.findings { $0.conversations = .read(fine.map { Self.conversation($0) }) }.isEmpty)
        #expect(try Self.findings { $0.conversations = .read([Self.conversation(nil, age: 5)]) }.isEmpty)
        let many = try Self.findings { $0.conversations = .read((0..<30).map { _ in Self.conversation(nil) }) }
        #expect(many.count == 21 && many.last?.message == "and 10 Conversations more")
    }

    @Test func `the operator's rights are those of its manifest, each rule taken apart`() throws {
        let rights = OperatorRights.all(of: "skyflo-operator", namespace: "a")
        let texts = Set(rights.map(\.description))
        #expect(texts.contains("impersonate serviceaccounts cluster-wide"))
        #expect(texts.contains("patch conversations/status (group skyflo.ai) cluster-wide"))
        #expect(texts.contains("create secrets in namespace a") && !texts.contains("create secrets cluster-wide"))
        let policy = rights.first { $0.resource == "validatingadmissionpolicies" }
        #expect(policy?.name == "skyflo-approvals")
        #expect(OperatorRights.all(of: "other", namespace: "a").isEmpty)
        let without = OperatorRights.all(of: "skyflo-operator", namespace: "a", withComponents: false)
        #expect(rights.contains { $0.group == "apps" } && !without.contains { $0.group == "apps" })
        #expect(without.contains { $0.resource == "leases" })
    }

    @Test func `what a SkyfloAI names is found wherever it stands`() throws {
        let spec = try YAML.parse(
            """
            models:
              - apiKeySecretRef: {name: keys}
                auth: {entraID: {clientSecretRef: {name: entra}}}
                headers: [{name: X, secretRef: {name: keys, key: x}}]
                caConfigMapRef: {name: ca}
            runbooks: [{name: r, configMapRef: {name: runbooks}}]
            imagePullSecrets: [{name: pull}]
            integrations: {jenkins: [{secretRef: {name: jenkins}}]}
            """)
        let found = SettingsReferences(spec).all.map { "\($0.kind)/\($0.name)" }
        #expect(
            Set(found) == [
                "Secret/keys", "Secret/entra", "ConfigMap/ca", "ConfigMap/runbooks", "Secret/pull", "Secret/jenkins",
            ])
        #expect(found.count == 6)
    }
}
