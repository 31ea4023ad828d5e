import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

/// What the effects of rules do to each other, and what a rule applies to.
@Suite struct ApprovalRulesTests {
    /// What a rule says, and a request.
    struct Case: Sendable {
        var conditions: JSONValue
        var facts: WriteFacts

        init(_ conditions: JSONValue, _ facts: WriteFacts) {
            self.conditions = conditions
            self.facts = facts
        }
    }

    private static let allow: JSONValue = ["name": "allow", "effect": "Allow"]
    private static let require: JSONValue = ["name": "require", "effect": "Require"]
    private static let deny: JSONValue = ["name": "deny", "effect": "Deny"]
    private static let freeze: JSONValue = ["name": "freeze", "effect": "Freeze", "windows": [["timeZone": "UTC"]]]

    private static func rule(_ effect: String, _ conditions: JSONValue) -> JSONValue {
        MergePatch.apply(conditions, to: ["name": "r", "effect": .string(effect)])
    }

    @Test(
        arguments: [
            ([], nil), ([allow], .allow), ([require, allow], .require), ([freeze, allow], .freeze),
            ([require, freeze, allow], .freeze), ([deny, freeze, require, allow], .deny), ([deny, allow], .deny),
        ] as [([JSONValue], ApprovalRule.Effect?)])
    func `the strictest effect counts, in whatever order the rules stand`(
        _ rules: [JSONValue], _ effect: ApprovalRule.Effect?
    ) {
        for rules in [rules, rules.reversed()] {
            let skyflo = SkyfloAI(KubeObject(["spec": ["approvals": ["rules": .array(rules)]]]))
            let engine = ApprovalRules(
                rules: skyflo.approvals.rules, namespace: "shop", now: RuleScenario.monday(10),
                localTime: RuleScenario.localTime)
            #expect(engine.verdict(tool: "t", risk: .low, [RuleScenario.scale]).effect == effect)
            // Nothing that only reads is anybody's business.
            #expect(engine.verdict(tool: "t", risk: .low, []) == .undecided)
        }
    }

    @Test(
        arguments: [
            // Of one request among others.
            ([:], [RuleScenario.scale, RuleScenario.facts(namespace: "other")], true),
            (["namespaces": ["other"]], [RuleScenario.scale, RuleScenario.facts(namespace: "other")], true),
            (["namespaces": ["other"]], [RuleScenario.scale], false),
            // By default everywhere, also where there is no namespace.
            ([:], [RuleScenario.facts(namespace: nil)], true),
            (["namespaces": ["*"]], [RuleScenario.facts(namespace: nil)], true),
            (["namespaces": ["sh*p"]], [RuleScenario.scale], true),
            (["namespaces": ["prod-*"]], [RuleScenario.scale], false),
            // What isn't known counts against the call.
            (["namespaces": ["prod-*"], "resources": ["secrets"]], [nil], true),
            (["tools": ["k8s_delete"]], [nil], false),
            // Rights are restricted like everything else, without being named.
            (["resources": ["*"]], [RuleScenario.facts(group: "", resource: "secrets")], true),
        ] as [(JSONValue, [WriteFacts?], Bool)])
    func `a restriction applies where it applies to one of the requests, or may`(
        _ conditions: JSONValue, _ facts: [WriteFacts?], _ applies: Bool
    ) {
        for effect in ["Deny", "Require"] {
            let verdict = RuleScenario(facts: facts).verdict(Self.rule(effect, conditions))
            #expect((verdict != .undecided) == applies, "\(effect): \(verdict)")
        }
    }

    /// Each is a way around a rule that means something else to who wrote it.
    private static let detours: [Case] = [
        // A resource through its subresource, and scaling through the object itself.
        Case(["resources": ["deployments"]], RuleScenario.scale),
        Case(["resources": ["deployments/scale"]], RuleScenario.facts(resource: "deployments")),
        Case(["resources": ["*/scale"]], RuleScenario.facts(resource: "deployments")),
        Case(
            ["resources": ["deployments/scale"]],
            RuleScenario.facts(resource: "deployments", effects: nil)
        ),
        // Another verb for the same change.
        Case(["verbs": ["update"]], RuleScenario.scale),
        Case(
            ["verbs": ["delete"], "resources": ["pods"]],
            RuleScenario.facts(verb: "create", group: "", resource: "pods/eviction")
        ),
        // All that is in a namespace, with the namespace.
        Case(
            ["verbs": ["delete"], "apiGroups": ["apps"], "resources": ["deployments"], "namespaces": ["shop"]],
            RuleScenario.facts(verb: "delete", group: "", resource: "namespaces", namespace: nil, name: "shop")
        ),
        Case(
            ["namespaces": ["shop"]],
            RuleScenario.facts(group: "", resource: "namespaces", namespace: nil, name: "shop")
        ),
        // Labels that come with the change, that go with it, that aren't known.
        Case(
            ["selector": ["matchLabels": ["tier": "db"]]],
            RuleScenario.facts(effects: [["metadata": ["labels": ["tier": "db"]]]])
        ),
        Case(
            ["selector": ["matchLabels": ["tier": "db"]]],
            RuleScenario.facts(labels: nil, body: ["metadata": ["labels": ["tier": "db"]]])
        ),
        Case(["selector": ["matchLabels": ["tier": "db"]]], RuleScenario.facts(labels: nil, body: nil)),
        Case(["selector": ["matchLabels": ["tier": "db"]]], RuleScenario.facts(labels: [:])),
    ]

    @Test(arguments: detours)
    func `there is no way around a restriction by another request for the same`(
        _ way: Case
    ) {
        #expect(
            RuleScenario(facts: [way.facts]).verdict(Self.rule("Deny", way.conditions), Self.allow).effect == .deny)
    }

    private static let exec = facts(of: "pods/exec")
    private static let eviction = facts(of: "pods/eviction")

    /// Nothing is known of what comes of it.
    private static func facts(of resource: String, labels: [String: String]? = ["app": "web"]) -> WriteFacts {
        RuleScenario.facts(verb: "create", group: "", resource: resource, labels: labels, body: nil, effects: nil)
    }

    @Test(
        arguments: [
            Case(["resources": ["pods/exec"], "apiGroups": [""]], exec), Case(["resources": ["pods"]], exec),
            Case(["verbs": ["create"], "resources": ["*/exec"]], exec), Case(["namespaces": ["sh*"]], exec),
            Case(["selector": ["matchLabels": ["app": "web"]]], exec),
            Case(["selector": ["matchLabels": ["app": "web"]]], facts(of: "pods/exec", labels: nil)),
            Case(["resources": ["pods/eviction"]], eviction), Case(["verbs": ["create"]], eviction),
            Case(["verbs": ["delete"], "resources": ["pods"], "namespaces": ["shop"]], eviction),
            Case(["verbs": ["delete"], "selector": ["matchLabels": ["app": "web"]]], eviction),
            Case(
                ["selector": ["matchLabels": ["app": "web"]]],
                RuleScenario.facts(
                    verb: "create", group: "", resource: "pods/eviction", labels: nil, body: ["kind": "Eviction"],
                    effects: nil)),
        ])
    func `commands and evictions are restricted by what they are aimed at`(_ way: Case) {
        for effect in ["Deny", "Freeze", "Require"] {
            let verdict = RuleScenario(facts: [way.facts]).verdict(Self.rule(effect, way.conditions))
            #expect(verdict.effect?.rawValue == effect, "\(way.conditions)")
        }
    }

    @Test(
        arguments: [
            Case(["verbs": ["delete"]], exec), Case(["resources": ["pods/eviction"]], exec),
            Case(["selector": ["matchLabels": ["tier": "db"]]], exec),
            Case(["selector": ["matchLabels": ["tier": "db"]]], facts(of: "pods/exec", labels: [:])),
            Case(["resources": ["pods/exec"]], eviction), Case(["verbs": ["patch"]], eviction),
            Case(["selector": ["matchLabels": ["tier": "db"]]], eviction), Case(["namespaces": ["prod"]], eviction),
        ])
    func `other commands and evictions are left alone`(_ other: Case) {
        #expect(RuleScenario(facts: [other.facts]).verdict(Self.rule("Deny", other.conditions)) == .undecided)
    }

    @Test(arguments: [exec, eviction])
    func `no rule allows a command or an eviction, not by its name either`(_ facts: WriteFacts) {
        let rule = Self.rule(
            "Allow",
            [
                "apiGroups": [""], "resources": ["*", "pods/exec", "pods/eviction"], "namespaces": ["*"],
                "maxRisk": "High",
            ])
        #expect(RuleScenario(facts: [facts]).verdict(rule) == .undecided)
    }

    private static let others: [Case] = [
        Case(
            ["resources": ["deployments/scale"]],
            RuleScenario.facts(resource: "deployments", effects: [["spec": ["paused": true]]])),
        Case(["resources": ["deployment"]], RuleScenario.scale), Case(["verbs": ["delete"]], RuleScenario.scale),
        Case(["apiGroups": [""]], RuleScenario.scale), Case(["minRisk": "Medium"], RuleScenario.scale),
        Case(["selector": ["matchLabels": ["tier": "db"]]], RuleScenario.scale),
        Case(["selector": ["matchLabels": ["tier": "db"]]], RuleScenario.facts(labels: nil)),
        Case(["tools": ["k8s_delete"]], RuleScenario.scale),
    ]

    @Test(arguments: others)
    func `a restriction leaves alone what it isn't about`(_ other: Case) {
        #expect(
            RuleScenario(facts: [other.facts]).verdict(Self.rule("Deny", other.conditions), Self.allow).effect == .allow
        )
    }

    @Test func `a risk that isn't known may be any`() {
        #expect(RuleScenario(risk: nil).verdict(Self.rule("Deny", ["minRisk": "High"])).effect == .deny)
    }

    @Test func `a refusal names the rule and says what it says`() {
        let rule = Self.rule("Deny", ["message": "ask the data team"])
        #expect(RuleScenario().verdict(rule).refusal == "rule r denies it: ask the data team")
    }

    @Test(
        arguments: [
            // Monday 11:00 in Berlin.
            ([["start": "09:00", "end": "17:00"]], " until 2026-01-05T16:00:00Z (Mon 17:00 Europe/Berlin)"),
            ([["start": "22:00", "end": "12:00"]], " until 2026-01-05T11:00:00Z (Mon 12:00 Europe/Berlin)"),
            // One window after the other.
            (
                [["start": "09:00", "end": "17:00"], ["start": "17:00", "end": "06:00"], ["days": ["Sat"]]],
                " until 2026-01-06T05:00:00Z (Tue 06:00 Europe/Berlin)"
            ),
            ([["start": "00:00", "end": "24:00"]], ""), ([["start": "00:00", "end": "10:00"]], nil),
            ([["days": ["Tue"]]], nil),
        ] as [([JSONValue], String?)])
    func `a freeze holds while a window is open, and says until when`(_ windows: [JSONValue], _ until: String?) {
        let stated = windows.map { MergePatch.apply(["timeZone": "Europe/Berlin"], to: $0) }
        let verdict = RuleScenario().verdict(Self.rule("Freeze", ["windows": .array(stated)]))
        #expect(verdict.refusal == until.map { "rule r freezes it\($0)" })
    }

    @Test func `of several freezes the one that lasts longest is told`() {
        func freeze(_ name: String, until end: String) -> JSONValue {
            ["name": .string(name), "effect": "Freeze", "windows": [["end": .string(end), "timeZone": "UTC"]]]
        }
        let verdict = RuleScenario().verdict(
            freeze("a", until: "11:00"), freeze("b", until: "18:00"), freeze("c", until: "12:00"))
        #expect(verdict.refusal == "rule b freezes it until 2026-01-05T18:00:00Z")
    }

    @Test(
        arguments: [
            ["effect": "Freeze", "windows": [["timeZone": "Mars/Base", "days": ["Tue"]]]],
            ["effect": "Freeze", "windows": [["start": "25:00"]]], ["effect": "Freeze"],
            ["effect": "Deny", "selector": ["matchExpressions": [["key": "a", "operator": "Maybe"]]]],
            ["effect": "Deny", "minRisk": "Any"], ["effect": "Forbid"], [:],
        ] as [JSONValue])
    func `what can't be understood of a restriction narrows nothing`(_ rule: JSONValue) {
        let verdict = RuleScenario().verdict(MergePatch.apply(["name": "r"], to: rule), Self.allow)
        #expect([.freeze, .deny].contains(verdict.effect), "\(verdict)")
    }

    @Test func `each of several rules that require has to be met, and an Allow doesn't help`() {
        let verdict = RuleScenario().verdict(
            ["name": "two", "effect": "Require", "require": ["quorum": 2]],
            ["name": "dba", "effect": "Require", "require": ["users": ["carol"], "permission": true]], Self.allow)
        guard case .required(let requirements) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(requirements.map(\.rule) == ["two", "dba"] && requirements.map(\.quorum) == [2, 1])
        #expect(requirements.map(\.users) == [[], ["carol"]] && requirements.map(\.needsPermission) == [false, true])
    }

    @Test func `several rules may together allow what each of them allows in part`() {
        let maps = RuleScenario.facts(group: "", resource: "configmaps")
        let scenario = RuleScenario(facts: [RuleScenario.scale, maps, RuleScenario.scale])
        let scaling: JSONValue = ["name": "a", "effect": "Allow", "resources": ["deployments/scale"]]
        #expect(scenario.verdict(scaling) == .undecided)
        #expect(
            scenario.verdict(scaling, ["name": "b", "effect": "Allow", "resources": ["configmaps"]])
                == .allowed(by: "a, b"))
    }
}
