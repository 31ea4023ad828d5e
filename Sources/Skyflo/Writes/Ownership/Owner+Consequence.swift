import KubeModel

extension Owner {
    /// What a change of the object leads to.
    ///
    /// - Parameters:
    ///   - isDeletion: the object is deleted rather than changed.
    ///   - settings: the owner's own object, where it could be read.
    func consequence(isDeletion: Bool, settings: KubeObject?) -> String {
        let undo = isDeletion ? "create it again" : "revert this"
        switch self {
        case .argo(let application, let namespace):
            let name = namespace.map { "\($0)/\(application)" } ?? application
            return "managed by Argo CD application \(name)" + Self.argo(undo, application: settings)
                + ". Change it in Git instead"
        case .kustomization(let namespace, let name):
            return "managed by Flux Kustomization \(namespace)/\(name)"
                + Self.kustomization(undo, kustomization: settings)
                + ". Change it in Git instead"
        case .fluxHelmRelease(let namespace, let name):
            return "managed by Flux HelmRelease \(namespace)/\(name)" + Self.release(undo, release: settings)
                + ". Change its values in Git instead"
        case .helm(let release):
            return
                "managed by Helm\(release.map { " release \($0)" } ?? ""): its next upgrade or rollback will \(undo). "
                + "Change the release's values instead"
        case .controller(let owner): return Self.controlled(by: owner, isDeletion)
        case .lifecycleManager(let name):
            return
                "installed by the Operator Lifecycle Manager (\(name)): it will \(undo). Change the subscription instead"
        case .named(let name): return "labelled as managed by \(name), which may \(undo)"
        }
    }

    private static func argo(_ undo: String, application: KubeObject?) -> String {
        guard let application else {
            return ": its next sync will \(undo), within seconds where self-heal is on (the application can't be read "
                + "with these rights)"
        }
        let automated = application["spec", "syncPolicy", "automated"]
        guard let automated, automated.object != nil, automated["enabled"]?.bool != false else {
            return ", which is synced by hand: it will be OutOfSync, and the next sync will \(undo)"
        }
        return automated["selfHeal"]?.bool == true
            ? ", whose self-heal is on: it will \(undo) within seconds"
            : ", which syncs by itself: it will \(undo) with the next change in Git"
    }

    private static func kustomization(_ undo: String, kustomization: KubeObject?) -> String {
        if kustomization?["spec", "suspend"]?.bool == true {
            return ", which is suspended: once resumed it will \(undo)"
        }
        let interval = kustomization?["spec", "interval"]?.string.map { "within \($0)" }
        return ": it will \(undo) \(interval ?? "with its next reconciliation")"
    }

    private static func release(_ undo: String, release: KubeObject?) -> String {
        if release?["spec", "suspend"]?.bool == true {
            return ", which is suspended: once resumed, an upgrade will \(undo)"
        }
        guard release?["spec", "driftDetection", "mode"]?.string == "enabled" else {
            return ": its next upgrade will \(undo)" + (release == nil ? ", or it itself where it detects drift" : "")
        }
        return ", which corrects drift: it will \(undo) "
            + (release?["spec", "interval"]?.string.map { "within \($0)" } ?? "soon")
    }

    private static func controlled(by owner: OwnerReference, _ isDeletion: Bool) -> String {
        let name = "\(owner.kind.lowercased()) \(owner.name)"
        let group = owner.apiVersion.split(separator: "/").first.map(String.init) ?? ""
        let isBuiltIn = !group.contains(".") || group.hasSuffix(".k8s.io")
        if isDeletion {
            return isBuiltIn
                ? "controlled by \(name), which creates a new one if one is needed"
                : "managed by the operator of \(name) (\(owner.apiVersion)): it will create it again"
        }
        return isBuiltIn
            ? "controlled by \(name): its controller may undo this; change that instead"
            : "managed by the operator of \(name) (\(owner.apiVersion)): it will set this back to what \(owner.name) says; "
                + "change that instead"
    }
}
