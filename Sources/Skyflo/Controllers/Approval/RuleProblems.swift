import KubeModel
import SkyfloAPI

/// What is wrong with rules that the schema accepts.
enum RuleProblems {
    static func of(_ rules: [ApprovalRule], at now: KubeTime) -> [String] {
        let names = Dictionary(grouping: rules, by: \.name).filter { $0.value.count > 1 }.keys.sorted()
        return rules.flatMap { rule in problems(of: rule, at: now).map { "rule \(rule.name): \($0)" } }
            + names.map { "rule \($0): several rules have this name" }
    }

    private static func problems(of rule: ApprovalRule, at now: KubeTime) -> [String] {
        let consequence =
            rule.effect == .allow ? "it allows nothing" : "it applies without that condition"
        let zones = Set(rule.windows.map(\.timeZone)).filter { LocalTime.of(now, in: $0) == nil }.sorted()
        var problems = rule.problems.map { "\($0), so \(consequence)" }
        problems += zones.map { zone in
            let window = rule.effect == .allow ? "is never open" : "counts as open"
            return "the time zone \(zone) isn't known, so a window in it \(window)"
        }
        let requirement = rule.requirement
        if rule.effect == .require, !requirement.users.isEmpty, requirement.users.count < requirement.quorum {
            problems.append(
                "it requires \(requirement.quorum) approvals from "
                    + "\(requirement.users.count.counted(as: "user")), so nothing can be approved")
        }
        return problems
    }
}
