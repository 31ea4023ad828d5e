import KubeModel
import SkyfloAPI

/// What the rules of a SkyfloAI say about a write. Pure: what is known about the requests comes in as ``WriteFacts``.
///
/// The order of the rules means nothing. Deny goes before Freeze, Freeze before Require, Require before Allow. A restriction
/// applies to a call as soon as it applies to one of its requests; a call is allowed only where each of its requests is. What
/// isn't known about a request counts against it: it fits every restriction that it may fit, and no Allow.
package struct ApprovalRules: Sendable {
    package enum Verdict: Sendable, Hashable {
        /// No rule says anything: the SkyfloAI's terms for people hold.
        case undecided
        /// By the rules of these names.
        case allowed(by: String)
        /// Each of these has to be met, whatever the SkyfloAI's terms for people are besides.
        case required([ApprovalRequirement])
        case frozen(Refusal)
        case denied(Refusal)
    }

    package struct Refusal: Sendable, Hashable {
        package var rule: String
        /// For the model and for people: what the rule does, until when, and its own message.
        package var text: String
    }

    package var rules: [ApprovalRule]
    /// Of the SkyfloAI that has the rules.
    package var namespace: String
    package var now: KubeTime
    /// Day of the week (1 Monday to 7 Sunday) and minute of the day in a time zone; nil for one that isn't known.
    package var localTime: @Sendable (KubeTime, _ timeZone: String) -> (day: Int, minute: Int)?

    package init(
        rules: [ApprovalRule], namespace: String, now: KubeTime,
        localTime: @escaping @Sendable (KubeTime, _ timeZone: String) -> (day: Int, minute: Int)?
    ) {
        self.rules = rules
        self.namespace = namespace
        self.now = now
        self.localTime = localTime
    }

    /// - Parameters:
    ///   - risk: nil where it isn't known.
    ///   - facts: one for each request; nil for a request that can't be classified. None for what only reads.
    package func verdict(tool: String, risk: Risk?, _ facts: [WriteFacts?]) -> Verdict {
        guard !facts.isEmpty else { return .undecided }
        let restrictions = rules.filter { restricts($0, tool: tool, risk: risk, facts: facts) }
        if let rule = restrictions.first(where: { $0.effect == .deny }) {
            return .denied(refusal(by: rule, "denies it"))
        }
        let freezes = restrictions.filter { $0.effect == .freeze }.map { ($0, end(of: $0.windows)) }
        // The one that lasts longest says until when.
        if let (rule, end) = freezes.max(by: { Self.isSooner($0.1, $1.1) }) {
            return .frozen(refusal(by: rule, "freezes it" + until(end, in: rule)))
        }
        let requirements = restrictions.map(\.requirement)
        if !requirements.isEmpty { return .required(requirements) }
        return grant(tool: tool, risk: risk, facts).map { .allowed(by: $0) } ?? .undecided
    }

    private func refusal(by rule: ApprovalRule, _ what: String) -> Refusal {
        let message = rule.message.isEmpty ? "" : ": \(rule.message)"
        return Refusal(rule: rule.name, text: "rule \(rule.name) \(what)\(message)")
    }
}

// MARK: - Allow

extension ApprovalRules {
    /// The names of rules that together allow all requests.
    private func grant(tool: String, risk: Risk?, _ facts: [WriteFacts?]) -> String? {
        guard let risk else { return nil }
        let open = rules.filter { rule in
            rule.effect == .allow && rule.problems.isEmpty && (rule.tools.isEmpty || rule.tools.contains(tool))
                && risk <= rule.maxRisk && isOpen(rule, ifUnknown: false)
        }
        var names: [String] = []
        for request in facts {
            guard let request, let rule = open.first(where: { allows($0, facts: request) }) else { return nil }
            if !names.contains(rule.name) { names.append(rule.name) }
        }
        return names.joined(separator: ", ")
    }

    private func allows(_ rule: ApprovalRule, facts: WriteFacts) -> Bool {
        guard rule.verbs.isEmpty || rule.verbs.contains(facts.verb) else { return false }
        guard covers(rule, facts: facts), isWithin(rule, facts: facts) else { return false }
        if let selector = rule.selector {
            guard let labels = facts.labels, selector.matches(labels) else { return false }
        }
        guard let effects = facts.effects else { return false }
        return !(effects + [facts.body].compactMap(\.self)).contains(where: Sensitive.grantsPods)
    }

    private func covers(_ rule: ApprovalRule, facts: WriteFacts) -> Bool {
        if Sensitive.isSensitive(group: facts.group, resource: facts.resource) {
            return rule.apiGroups.contains(facts.group) && rule.resources.contains(facts.resource)
        }
        return (rule.apiGroups.isEmpty || rule.apiGroups.contains("*") || rule.apiGroups.contains(facts.group))
            && (rule.resources.isEmpty || rule.resources.contains("*") || rule.resources.contains(facts.resource))
    }

    private func isWithin(_ rule: ApprovalRule, facts: WriteFacts) -> Bool {
        if rule.namespaces.contains("*") { return true }
        guard let own = facts.namespace else { return false }
        return rule.namespaces.isEmpty
            ? own == namespace : rule.namespaces.contains { WildcardPattern($0).matches(own) }
    }
}

// MARK: - Deny, Freeze, Require

extension ApprovalRules {
    private func restricts(
        _ rule: ApprovalRule, tool: String, risk: Risk?, facts: [WriteFacts?]
    ) -> Bool {
        guard rule.effect != .allow, rule.tools.isEmpty || rule.tools.contains(tool) else { return false }
        if let risk, let least = rule.minRisk, risk < least { return false }
        guard isOpen(rule, ifUnknown: true) else { return false }
        return facts.contains { request in request.map { concerns(rule, facts: $0) } ?? true }
    }

    private func concerns(_ rule: ApprovalRule, facts: WriteFacts) -> Bool {
        guard rule.verbs.isEmpty || !facts.equivalentVerbs.isDisjoint(with: rule.verbs) else { return false }
        guard rule.namespaces.isEmpty || rule.namespaces.contains("*") || isIn(rule.namespaces, facts: facts) else {
            return false
        }
        // Whatever the rule protects in that namespace goes with it.
        if facts.deletesNamespace { return true }
        guard rule.apiGroups.isEmpty || rule.apiGroups.contains("*") || rule.apiGroups.contains(facts.group),
            rule.resources.isEmpty || rule.resources.contains(where: { Self.mayMean($0, facts: facts) })
        else { return false }
        return rule.selector.map(facts.mayFit) ?? true
    }

    private func isIn(_ patterns: [String], facts: WriteFacts) -> Bool {
        guard let place = facts.place else { return false }
        return patterns.contains { WildcardPattern($0).matches(place) }
    }

    /// Whoever restricts a resource restricts its subresources, and whoever restricts scaling restricts it by whatever
    /// request.
    private static func mayMean(_ resource: String, facts: WriteFacts) -> Bool {
        if resource == "*" || resource == facts.resource || facts.resource.hasPrefix(resource + "/") { return true }
        if resource.hasPrefix("*/"), facts.resource.hasSuffix(resource.dropFirst()) { return true }
        return facts.maySetReplicas && (resource == facts.resource + "/scale" || resource == "*/scale")
    }
}

// MARK: - Windows

extension ApprovalRules {
    private func isOpen(_ rule: ApprovalRule, ifUnknown: Bool) -> Bool {
        rule.windows.isEmpty
            || rule.windows.contains { minutesLeft($0, at: now, ifUnknown: ifUnknown ? 1 : nil) != nil }
    }

    private func minutesLeft(_ window: TimeWindow, at time: KubeTime, ifUnknown: Int? = nil) -> Int? {
        guard let local = localTime(time, window.timeZone) else { return ifUnknown }
        return window.minutesLeft(day: local.day, minute: local.minute)
    }

    /// When none of the windows is open any more, windows that follow each other without a gap taken together; nil where
    /// that isn't within two weeks, or can't be known.
    private func end(of windows: [TimeWindow]) -> KubeTime? {
        func left(at time: KubeTime) -> Int? {
            windows.compactMap { minutesLeft($0, at: time, ifUnknown: 30 * 24 * 60) }.max()
        }
        let minute: Int64 = 60_000_000
        var time = KubeTime(microseconds: now.microseconds / minute * minute)
        while let minutes = windows.isEmpty ? 30 * 24 * 60 : left(at: time) {
            time = KubeTime(microseconds: time.microseconds + Int64(minutes) * minute)
            guard time.seconds(since: now) < 14 * 86_400 else { return nil }
        }
        // Where the clock is put forward meanwhile, the window ends that much earlier.
        let earlier = [60, 30].map { time.adding(seconds: -60 * Double($0)) }.first {
            $0 > now && left(at: $0) == nil
        }
        return earlier ?? time
    }

    private func until(_ end: KubeTime?, in rule: ApprovalRule) -> String {
        guard let end else { return "" }
        guard let zone = rule.windows.first?.timeZone, zone != "UTC", let local = localTime(end, zone) else {
            return " until \(end)"
        }
        func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let clock = "\(digits(local.minute / 60)):\(digits(local.minute % 60))"
        return " until \(end) (\(TimeWindow.name(ofDay: local.day)) \(clock) \(zone))"
    }

    /// An end that isn't known comes last.
    private static func isSooner(_ a: KubeTime?, _ b: KubeTime?) -> Bool {
        guard let a else { return false }
        return b.map { a < $0 } ?? true
    }
}
