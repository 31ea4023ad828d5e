import KubeClient
import KubeModel

/// Tells the approver in words what becomes of a change to an object that somebody else manages too.
struct Ownership: Sendable, Hashable {
    private let planned: PlannedRequest
    private let before: KubeObject
    private let after: KubeObject?

    /// - Parameter after: what the dry run says; nil for a deletion.
    /// - Returns: nil for a creation.
    init?(_ planned: PlannedRequest, after: KubeObject?) {
        guard let before = planned.before else { return nil }
        self.planned = planned
        self.before = before
        self.after = after
    }

    private var isDeletion: Bool { planned.request.method == .delete }

    /// - Parameter listed: the autoscalers of the target's namespace, where they were read already.
    func warnings(_ api: ReadOnlyAPI, autoscalers listed: Listed? = nil) async throws -> [String] {
        let owners = Owner.all(of: before)
        var warnings: [String] = []
        for owner in owners {
            let settings = try await find(owner, api: api)
            warnings.append(owner.consequence(isDeletion: isDeletion, settings: settings))
        }
        let autoscalers = try await autoscalerWarnings(api, listed: listed)
        warnings += autoscalers
        if owners.isEmpty { warnings += managerWarnings(hasAutoscaler: !autoscalers.isEmpty) }
        return warnings
    }

    /// The owner's own object, where the identity may read it.
    private func find(_ owner: Owner, api: ReadOnlyAPI) async throws -> KubeObject? {
        func read(_ group: String, version: String, plural: String, namespace: String, name: String)
            async throws -> KubeObject?
        {
            let resource = APIResource(group: group, version: version, plural: plural, kind: "")
            return try await ifAllowed { try await api.get(resource, namespace: namespace, name: name) }
        }
        return switch owner {
        case .argo(let application, let namespace):
            try await read(
                "argoproj.io", version: "v1alpha1", plural: "applications", namespace: namespace ?? "argocd",
                name: application)
        case .kustomization(let namespace, let name):
            try await read(
                "kustomize.toolkit.fluxcd.io", version: "v1", plural: "kustomizations", namespace: namespace, name: name
            )
        case .fluxHelmRelease(let namespace, let name):
            try await read(
                "helm.toolkit.fluxcd.io", version: "v2", plural: "helmreleases", namespace: namespace, name: name)
        case .helm, .controller, .lifecycleManager, .named: nil
        }
    }

    /// What is good to know and not necessary: nil where it isn't there or may not be read.
    private func ifAllowed<Value>(_ read: () async throws -> Value) async throws -> Value? {
        do {
            return try await read()
        } catch is PermissionDenied {
            return nil
        } catch is APIStatus {
            return nil
        }
    }

    // MARK: Replicas

    /// The number of replicas that the change sets; nil where it leaves that alone.
    private var newReplicas: Int? {
        guard let replicas = after?["spec", "replicas"]?.int, replicas != before["spec", "replicas"]?.int else {
            return nil
        }
        return replicas
    }

    private func autoscalerWarnings(_ api: ReadOnlyAPI, listed: Listed?) async throws -> [String] {
        guard let replicas = newReplicas else { return [] }
        let all =
            if let listed { listed.items } else {
                try await ifAllowed {
                    let options = ListOptions(limit: 500)
                    return try await api.list(
                        .horizontalPodAutoscalers, namespace: planned.target.namespace, options: options
                    ).items
                }
            }
        return (all ?? []).filter { Self.scales($0, target: planned.target) }.map {
            Self.warning($0, replicas: replicas)
        }
    }

    static func scales(_ autoscaler: KubeObject, target: PlannedRequest.Target) -> Bool {
        let reference = autoscaler["spec", "scaleTargetRef"]
        guard reference?["kind"]?.string == target.resource.kind, reference?["name"]?.string == target.name else {
            return false
        }
        let group = reference?["apiVersion"]?.string.map { $0.contains("/") ? $0.prefix { $0 != "/" } : "" }
        return group.map { $0 == target.resource.group } ?? true
    }

    private static func warning(_ autoscaler: KubeObject, replicas: Int) -> String {
        let least = autoscaler["spec", "minReplicas"]?.int ?? 1
        let most = autoscaler["spec", "maxReplicas"]?.int.map(String.init) ?? "?"
        let who = "horizontalpodautoscaler \(autoscaler.name) (\(least) to \(most) replicas)"
        return replicas == 0
            ? "\(who) scales it: with 0 replicas it stops until somebody sets another number"
            : "\(who) scales it: it will set its own number instead of \(replicas), usually within a minute. Change the "
                + "autoscaler instead"
    }

    // MARK: Field managers

    /// Controllers that set the fields which the change sets, where nothing else on the object says so.
    private func managerWarnings(hasAutoscaler: Bool) -> [String] {
        guard let after else { return [] }
        let owners = FieldOwners(of: before)
        var fields: [FieldOwners.Manager: [String]] = [:]
        for path in FieldChanges(from: before, to: after).fields.map(\.path) {
            for manager in owners.managers(of: path) where Self.writesByItself(manager, hasAutoscaler: hasAutoscaler) {
                fields[manager, default: []].append(path.joined(separator: "."))
            }
        }
        return fields.sorted { $0.key.name < $1.key.name }.map { manager, paths in
            let more = paths.count > 3 ? ", and \(paths.count - 3) more," : ""
            let names = paths.prefix(3).joined(separator: ", ") + more
            let time = manager.time.isEmpty ? "" : " (\(manager.time))"
            return
                "\(names) \(paths.count == 1 ? "was" : "were") last set by \(manager.name)\(time), which may set it again"
        }
    }

    private static func writesByItself(_ manager: FieldOwners.Manager, hasAutoscaler: Bool) -> Bool {
        // The only scaling that the built-in controllers do is autoscaling.
        if manager.name == "kube-controller-manager" { return manager.subresource == "scale" && !hasAutoscaler }
        return ["controller", "operator", "manager"].contains { manager.name.lowercased().hasSuffix($0) }
            || manager.name == "helm"
    }
}
