import KubeModel
import SkyfloAPI
import WorkflowEngine

/// A call, the time, and what rules say about it.
struct RuleScenario {
    static let scale = WriteFacts(
        verb: "patch", group: "apps", resource: "deployments/scale", namespace: "shop", name: "web",
        labels: ["app": "web"], body: ["spec": ["replicas": 3]],
        effects: [["spec": ["replicas": 2]], ["spec": ["replicas": 3]]])

    var tool = "k8s_scale"
    var risk: Risk? = .low
    var facts: [WriteFacts?] = [scale]
    /// Monday 2026-01-05, 10:00 UTC; in Europe/Berlin it is an hour later.
    var now = RuleScenario.monday(10)

    static func monday(_ hour: Double) -> KubeTime {
        KubeTime(microseconds: 1_767_571_200_000_000).adding(seconds: hour * 3600)
    }

    static func facts(
        verb: String = "patch", group: String = "apps", resource: String = "deployments/scale",
        namespace: String? = "shop", name: String = "web", labels: [String: String]? = ["app": "web"],
        body: JSONValue? = scale.body, effects: [JSONValue]? = scale.effects
    ) -> WriteFacts {
        WriteFacts(
            verb: verb, group: group, resource: resource, namespace: namespace, name: name, labels: labels, body: body,
            effects: effects)
    }

    static func changed(_ change: (inout WriteFacts) -> Void) -> WriteFacts {
        var facts = scale
        change(&facts)
        return facts
    }

    func verdict(_ rules: JSONValue..., autoApprove: JSONValue = []) -> ApprovalRules.Verdict {
        let approvals: JSONValue = ["autoApprove": autoApprove, "rules": .array(rules)]
        let skyflo = SkyfloAI(KubeObject(["spec": ["approvals": approvals]]))
        return ApprovalRules(rules: skyflo.approvals.rules, namespace: "shop", now: now, localTime: Self.localTime)
            .verdict(tool: tool, risk: risk, facts)
    }

    @Sendable static func localTime(_ time: KubeTime, _ zone: String) -> (day: Int, minute: Int)? {
        guard let offset = ["UTC": 0, "Europe/Berlin": 60][zone] else { return nil }
        let minutes = Int(time.seconds(since: monday(0)) / 60) + offset
        let week = ((minutes % 10_080) + 10_080) % 10_080
        return (week / 1440 + 1, week % 1440)
    }
}

extension ApprovalRules.Verdict {
    /// What it comes to, without the details.
    var effect: ApprovalRule.Effect? {
        switch self {
        case .undecided: nil
        case .allowed: .allow
        case .required: .require
        case .frozen: .freeze
        case .denied: .deny
        }
    }

    var refusal: String? {
        switch self {
        case .frozen(let refusal), .denied(let refusal): refusal.text
        case .undecided, .allowed, .required: nil
        }
    }
}
