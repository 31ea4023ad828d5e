import KubeClient
import KubeModel

/// What a write is going to touch besides its target, in short lines for the person who decides about it: the pods, what
/// protects, limits and scales them.
///
/// Read as the conversation, in a few lists at once. What can't be read is said in its line; nothing here fails a call.
public enum WriteTouches {
    /// How many of a write's targets are looked at.
    private static let targets = 3

    /// - Throws: `CancellationError` only.
    public static func of(_ preview: Preview, api: ReadOnlyAPI) async throws -> [String] {
        let all = zip(preview.writes, preview.changes).compactMap { Workload($0, $1) }
        let looked = all.prefix(targets)
        let lines = try await withThrowingTaskGroup(of: (Int, [String]).self) { group in
            for (position, workload) in looked.enumerated() {
                group.addTask { (position, try await workload.lines(api)) }
            }
            var lines: [Int: [String]] = [:]
            for try await (position, found) in group { lines[position] = found }
            return lines
        }
        var texts: [String] = []
        for (position, workload) in looked.enumerated() {
            let prefix = all.count == 1 ? "" : "\(workload.target.text): "
            texts += (lines[position] ?? []).map { prefix + $0 }
        }
        if all.count > looked.count { texts.append("\(all.count - looked.count) more were not looked at") }
        return texts
    }
}

/// The target of a request, where that is a pod or makes pods.
private struct Workload: Sendable {
    var target: PlannedRequest.Target
    /// As it is; as it would be where the request creates it.
    private var object: KubeObject
    private var exists: Bool
    /// The change may make pods need more, or less, of what a quota limits.
    private var changesDemand: Bool

    /// nil for a command as well: it leaves the pod in its place.
    init?(_ write: PlannedWrite, _ change: ChangeRecord?) {
        guard let planned = write.request, PodTemplate.path(in: planned.target.resource) != nil else { return nil }
        guard let object = planned.before ?? planned.submitted else { return nil }
        target = planned.target
        self.object = object
        exists = planned.before != nil
        let demands: Set<String> = ["replicas", "parallelism", "resources", "containers", "initContainers", "template"]
        // An eviction makes no pod need more.
        changesDemand =
            change.map { change in
                change.kind == .created
                    || (change.kind == .changed
                        && (change.fields.isEmpty || change.fields.contains { !demands.isDisjoint(with: $0.path) }))
            } ?? false
    }

    func lines(_ api: ReadOnlyAPI) async throws -> [String] {
        async let pods = exists ? Listed(pods: object, in: target, api) : nil
        async let budgets = exists ? Listed(Self.budgets, in: target, api) : nil
        async let autoscalers = exists ? Listed(Self.autoscalers, in: target, api) : nil
        async let quotas = changesDemand ? Listed(Self.quotas, in: target, api) : nil
        let found = try await (pods, budgets, autoscalers, quotas)
        var lines: [String] = []
        var none: [String] = []
        func add(_ listed: Listed?, _ texts: (Listed) -> [String]) {
            guard let listed else { return }
            if let obstacle = listed.obstacle { return lines.append("\(listed.kind)s: \(obstacle)") }
            let found = texts(listed)
            if found.isEmpty { none.append("\(listed.kind)s") } else { lines += found }
        }
        add(found.0) { $0.items.isEmpty ? [] : [Self.text(pods: $0)] }
        add(found.1) { budgets in
            let labels = found.0?.items.isEmpty == false ? found.0?.items.map(\.labels) ?? [] : [templateLabels]
            return budgets.items.filter { Self.protects($0, labels) }.prefix(4).map(Self.text(budget:))
        }
        add(found.2) { $0.items.filter(scales).prefix(2).map(Self.text(autoscaler:)) }
        add(found.3) { $0.items.prefix(4).flatMap { QuotaText(quota: $0).lines } }
        if !none.isEmpty { lines.append("none that concern it: " + none.joined(separator: ", ")) }
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

    // MARK: What protects, scales and limits them

    private static let budgets = APIResource(
        group: "policy", version: "v1", plural: "poddisruptionbudgets", kind: "PodDisruptionBudget")
    private static let autoscalers = APIResource(
        group: "autoscaling", version: "v2", plural: "horizontalpodautoscalers", kind: "HorizontalPodAutoscaler")
    private static let quotas = APIResource(group: "", version: "v1", plural: "resourcequotas", kind: "ResourceQuota")

    /// An empty selector selects all pods of the namespace, a missing one none.
    private static func protects(_ budget: KubeObject, _ labels: [[String: String]]) -> Bool {
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
            + (bounds + ["allows \(allowed) more now"]).joined(separator: ", ")
    }

    private func scales(_ autoscaler: KubeObject) -> Bool {
        Ownership.scales(autoscaler, target)
    }

    private static func text(autoscaler: KubeObject) -> String {
        let least = autoscaler["spec", "minReplicas"]?.int ?? 1
        let most = autoscaler["spec", "maxReplicas"]?.int.map(String.init) ?? "?"
        let current = autoscaler["status", "desiredReplicas"]?.int.map { ", wants \($0) now" } ?? ""
        return "HorizontalPodAutoscaler \(autoscaler.name) owns its replicas: \(least) to \(most)\(current)"
    }
}

/// Objects, or why they can't be seen.
private struct Listed: Sendable {
    /// What they are called, singular.
    var kind: String
    var items: [KubeObject] = []
    var hasMore = false
    var obstacle: String?

    private static let limit = 200

    private init(kind: String, items: [KubeObject]) {
        self.kind = kind
        self.items = items
    }

    init?(
        _ resource: APIResource, in target: PlannedRequest.Target, _ api: ReadOnlyAPI, selector: LabelSelector? = nil
    ) async throws {
        guard let namespace = target.namespace else { return nil }
        kind = resource.kind
        do {
            let list = try await api.list(
                resource, namespace: namespace, ListOptions(labelSelector: selector, limit: Self.limit))
            items = list.items
            hasMore = list.continueToken != nil
        } catch let cancellation as CancellationError {
            throw cancellation
        } catch is PermissionDenied {
            obstacle = "not visible to \(api.identity.user)"
        } catch let status as APIStatus where status.isNotFound {
            obstacle = "not served by this API server"
        } catch {
            obstacle = "could not be read now"
        }
    }

    /// Those of a workload; nil where nothing says which they are.
    init?(pods workload: KubeObject, in target: PlannedRequest.Target, _ api: ReadOnlyAPI) async throws {
        guard !target.resource.isSame(as: .pods) else {
            self.init(kind: "Pod", items: [workload])
            return
        }
        guard let selector = LabelSelector(podsOf: workload) else { return nil }
        try await self.init(.pods, in: target, api, selector: selector)
    }
}
