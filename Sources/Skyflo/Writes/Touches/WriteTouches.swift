import KubeModel

/// What a write is going to touch besides its target, in short lines for the person who decides about it: the pods, what
/// protects, limits and scales them. What can't be read is said in its line.
package enum WriteTouches {
    /// How many of a write's targets are looked at.
    static let targets = 3

    package static func of(_ preview: Preview) -> [String] {
        let all = preview.writes.filter(WriteSurroundings.isWorkload)
        let looked = preview.surroundings.compactMap(\.self)
        var texts: [String] = []
        for surroundings in looked {
            let prefix = all.count == 1 ? "" : "\(surroundings.target.text): "
            texts += surroundings.lines.map { prefix + $0 }
        }
        let rest = all.count - looked.count
        if rest > 0 { texts.append("\(rest.counted(as: "more target")) \(rest == 1 ? "was" : "were") not checked") }
        return texts
    }
}

extension WriteSurroundings {
    fileprivate var lines: [String] {
        var lines: [String] = []
        var none: [String] = []
        func add(_ listed: Listed?, texts: (Listed) -> [String]) {
            guard let listed else { return }
            if let obstacle = listed.obstacle { return lines.append("\(listed.kind)s: \(obstacle)") }
            let found = texts(listed)
            if found.isEmpty { none.append("\(listed.kind)s") } else { lines += found }
        }
        add(exists ? pods : nil) { $0.items.isEmpty ? [] : [Self.text(pods: $0)] }
        add(budgets) { budgets in
            let labels = pods?.items.isEmpty == false ? pods?.items.map(\.labels) ?? [] : [templateLabels]
            return budgets.items.filter { Self.protects($0, labels: labels) }.prefix(4).map(Self.text(budget:))
        }
        add(autoscalers) { listed in
            listed.items.filter { Ownership.scales($0, target: target) }.prefix(2).map(Self.text(autoscaler:))
        }
        add(quotas) { $0.items.prefix(4).flatMap { QuotaText(quota: $0).lines } }
        if !none.isEmpty { lines.append("none affected: " + none.joined(separator: ", ")) }
        return lines
    }

    // MARK: Pods

    private var templateLabels: [String: String] {
        guard let path = PodTemplate.path(in: target.resource) else { return [:] }
        return KubeObject(JSONPatch.value(at: path[...], of: object.json) ?? .null).labels
    }

    private static func text(pods: Listed) -> String {
        let names = pods.items.map(\.name).sorted()
        let count = pods.hasMore ? "more than \(names.count)" : "\(names.count)"
        let more = names.count > 3 || pods.hasMore ? ", …" : ""
        return "Pods: \(count) (\(names.prefix(3).joined(separator: ", "))\(more))"
    }

    // MARK: What protects and scales them

    /// An empty selector selects all pods of the namespace, a missing one none.
    private static func protects(_ budget: KubeObject, labels: [[String: String]]) -> Bool {
        guard let stated = budget["spec", "selector"], let selector = LabelSelector(stated) else { return false }
        return labels.contains(where: selector.matches)
    }

    private static func text(budget: KubeObject) -> String {
        func bound(_ member: String) -> String? {
            budget["spec", member].map { "\(member) \($0.string ?? $0.int.map(String.init) ?? "?")" }
        }
        let allowed = budget["status", "disruptionsAllowed"]?.int ?? 0
        let bounds = [bound("minAvailable"), bound("maxUnavailable")].compactMap(\.self)
        return "PodDisruptionBudget \(budget.name): "
            + (bounds + ["allows \(allowed.counted(as: "more disruption")) now"]).joined(separator: ", ")
    }

    private static func text(autoscaler: KubeObject) -> String {
        let least = autoscaler["spec", "minReplicas"]?.int ?? 1
        let most = autoscaler["spec", "maxReplicas"]?.int.map(String.init) ?? "?"
        let current = autoscaler["status", "desiredReplicas"]?.int.map { ", wants \($0) now" } ?? ""
        return "HorizontalPodAutoscaler \(autoscaler.name) owns its replicas: \(least) to \(most)\(current)"
    }
}
