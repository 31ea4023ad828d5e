import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

@Suite struct AutoApprovalTests {
    static let scale = RuleScenario.scale

    private func facts(_ change: (inout WriteFacts) -> Void) -> WriteFacts { RuleScenario.changed(change) }

    private func grant(
        _ rule: JSONValue, _ facts: [WriteFacts?] = [scale], tool: String = "k8s_scale",
        risk: Risk? = .low, day: Int = 1, minute: Int = 600
    ) throws -> String? {
        var rule = rule
        rule["name"] = "r"
        // One hour behind Europe/Berlin.
        let now = RuleScenario.monday(Double(day - 1) * 24 + Double(minute - 60) / 60)
        let scenario = RuleScenario(tool: tool, risk: risk, facts: facts, now: now)
        guard case .allowed(let name) = scenario.verdict(autoApprove: [rule]) else { return nil }
        return name
    }

    @Test func `a rule without conditions allows what is of low risk in its own namespace`() throws {
        #expect(try grant([:]) == "r")
        #expect(try grant([:], risk: .medium) == nil)
        #expect(try grant([:], risk: nil) == nil)
        #expect(try grant(["maxRisk": "High"], risk: .high) == "r")
        #expect(try grant([:], [facts { $0.namespace = "other" }]) == nil)
        #expect(try grant([:], [facts { $0.namespace = nil }]) == nil)
        #expect(try grant(["namespaces": ["*"]], [facts { $0.namespace = nil }]) == "r")
        #expect(try grant(["namespaces": ["other"]]) == nil)
    }

    @Test(
        arguments: [
            (["tools": ["k8s_scale"]], true), (["tools": ["k8s_apply"]], false), (["verbs": ["patch"]], true),
            (["verbs": ["create", "delete"]], false), (["apiGroups": ["apps"]], true), (["apiGroups": [""]], false),
            (["resources": ["deployments/scale"]], true), (["resources": ["deployments"]], false),
            (["resources": ["*"], "apiGroups": ["*"]], true), (["selector": ["matchLabels": ["app": "web"]]], true),
            (["selector": ["matchLabels": ["app": "db"]]], false),
            (["selector": ["matchExpressions": [["key": "app", "operator": "Exists"]]]], true),
            (["selector": ["matchExpressions": [["key": "app", "operator": "Maybe"]]]], false),
        ] as [(JSONValue, Bool)])
    func `each condition narrows a rule`(_ rule: JSONValue, _ allows: Bool) throws {
        #expect(try (grant(rule) != nil) == allows)
    }

    @Test func `a rule that goes by labels allows no creation, whose labels are the model's`() throws {
        let rule: JSONValue = ["selector": ["matchLabels": ["app": "web"]]]
        #expect(try grant(rule, [facts { $0.labels = nil }]) == nil)
    }

    @Test func `one request that isn't allowed or can't be classified spoils the call`() throws {
        #expect(try grant([:], [Self.scale, nil]) == nil)
        #expect(try grant([:], []) == nil)
        #expect(try grant(["verbs": ["patch"]], [Self.scale, facts { $0.verb = "delete" }]) == nil)
        #expect(try grant([:], [Self.scale, facts { $0.effects = nil }]) == nil)
    }

    @Test(arguments: [
        ("", "secrets"), ("rbac.authorization.k8s.io", "rolebindings"), ("", "serviceaccounts"),
        ("", "serviceaccounts/token"), ("", "pods/exec"), ("", "nodes"), ("", "namespaces"), ("skyflo.ai", "skyfloais"),
        ("apiextensions.k8s.io", "customresourcedefinitions"),
        ("admissionregistration.k8s.io", "validatingadmissionpolicies"),
    ])
    func `what hands out rights is allowed only where group and resource are named`(
        _ group: String, _ resource: String
    ) throws {
        let facts = facts {
            $0.group = group
            $0.resource = resource
        }
        #expect(try grant(["maxRisk": "High"], [facts]) == nil)
        #expect(try grant(["apiGroups": ["*"], "resources": ["*"]], [facts]) == nil)
        #expect(try grant(["apiGroups": ["*"], "resources": [.string(resource)]], [facts]) == nil)
        #expect(try grant(["apiGroups": [.string(group)], "resources": [.string(resource)]], [facts]) == "r")
    }

    @Test(
        arguments: [
            ["spec": ["template": ["spec": ["serviceAccountName": "admin"]]]],
            ["spec": ["template": ["spec": ["volumes": [["name": "v", "hostPath": ["path": "/"]]]]]]],
            [
                "spec": [
                    "template": ["spec": ["volumes": [["name": "v", "csi": ["driver": "secrets-store.csi.k8s.io"]]]]]
                ]
            ],
            ["spec": ["template": ["spec": ["volumes": [["name": "v", "flexVolume": ["driver": "x/y"]]]]]]],
            [
                "spec": [
                    "template": ["spec": ["volumes": [["name": "v", "persistentVolumeClaim": ["claimName": "db"]]]]]
                ]
            ],
            [
                "spec": [
                    "template": [
                        "metadata": [
                            "annotations": ["container.apparmor.security.beta.kubernetes.io/app": "unconfined"]
                        ]
                    ]
                ]
            ],
            ["spec": ["template": ["spec": ["nodeName": "control-plane-1"]]]],
            ["spec": ["template": ["spec": ["shareProcessNamespace": true]]]],
            ["spec": ["template": ["spec": ["imagePullSecrets": [["name": "other"]]]]]],
            ["spec": ["template": ["spec": ["runtimeClassName": "privileged"]]]],
            ["spec": ["template": ["spec": ["containers": [["name": "a", "ports": [["hostPort": 22]]]]]]]],
            ["spec": ["containers": [["securityContext": ["privileged": true]]]]],
            [["op": "add", "path": "/spec/template/spec/hostNetwork", "value": true]],
            [
                [
                    "op": "add", "path": "/spec/template/spec/containers/0/env/-",
                    "value": ["valueFrom": ["secretKeyRef": [:]]],
                ]
            ],
        ] as [JSONValue])
    func `a change of what a pod may do is asked for`(_ body: JSONValue) throws {
        #expect(try grant([:], [facts { $0.body = body }]) == nil)
    }

    @Test(arguments: [
        (1, 9 * 60, true), (1, 17 * 60, false), (1, 8 * 60 + 59, false), (6, 12 * 60, false), (5, 17 * 60 - 1, true),
    ])
    func `a window is open from its start to before its end, on its days, in its time zone`(
        _ day: Int, _ minute: Int, _ isOpen: Bool
    ) throws {
        var window: JSONValue = [
            "days": ["Mon", "Tue", "Wed", "Thu", "Fri"], "start": "09:00", "end": "17:00", "timeZone": "Europe/Berlin",
        ]
        #expect(try (grant(["windows": [window]], day: day, minute: minute) != nil) == isOpen)
        window["timeZone"] = "Mars/Base"
        #expect(try grant(["windows": [window]], day: day, minute: minute) == nil)
    }

    @Test func `a window may go past midnight, and belongs to the day of its start`() throws {
        let window: JSONValue = ["days": ["Sun"], "start": "22:00", "end": "02:00", "timeZone": "Europe/Berlin"]
        for (day, minute, isOpen) in [(7, 22 * 60, true), (1, 60, true), (1, 120, false), (7, 60, false)] {
            #expect(try (grant(["windows": [window]], day: day, minute: minute) != nil) == isOpen)
        }
    }

    @Test func `a rule that can't be understood allows nothing`() throws {
        #expect(try grant(["maxRisk": "Any"]) == nil)
        #expect(try grant(["windows": [["days": ["Someday"]]]]) == nil)
        #expect(try grant(["windows": [["start": "25:00"]]]) == nil)
    }
}
