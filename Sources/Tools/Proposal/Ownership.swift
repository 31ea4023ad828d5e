import KubeModel

/// Who else writes an object. A change behind their back is reverted sooner or later, which the approver should know.
enum Ownership {
    static func warnings(for object: KubeObject) -> [String] {
        var warnings: [String] = []
        if let owner = object.controller {
            warnings.append(
                "controlled by \(owner.kind.lowercased()) \(owner.name): its controller may undo this; change that instead"
            )
        }
        if let release = helmRelease(object) {
            warnings.append("managed by Helm\(release): the next upgrade or rollback may revert this")
        }
        if let application = argoApplication(object) {
            warnings.append(
                "managed by Argo CD application \(application): it will be reverted where it differs from Git")
        }
        for (prefix, kind) in [
            ("kustomize.toolkit.fluxcd.io", "Kustomization"), ("helm.toolkit.fluxcd.io", "HelmRelease"),
        ] {
            guard let name = object.labels["\(prefix)/name"] else { continue }
            let namespace = object.labels["\(prefix)/namespace"].map { "\($0)/" } ?? ""
            warnings.append(
                "managed by Flux \(kind) \(namespace)\(name): it will be reverted where it differs from Git")
        }
        return warnings
    }

    private static func helmRelease(_ object: KubeObject) -> String? {
        let release = object.annotations["meta.helm.sh/release-name"]
        guard object.labels["app.kubernetes.io/managed-by"] == "Helm" || release != nil else { return nil }
        return release.map { " release \($0)" } ?? ""
    }

    /// Argo CD marks what it manages with a tracking id (`app:group/Kind:namespace/name`); one that names another object
    /// came along with a copy and says nothing. Installations that track by label leave only the label
    /// `app.kubernetes.io/instance`, which Helm charts set too: it counts only where a field manager of Argo CD wrote.
    private static func argoApplication(_ object: KubeObject) -> String? {
        let key = "argocd.argoproj.io/tracking-id"
        if let id = object.annotations[key] ?? object.labels[key] {
            let parts = id.split(separator: ":", maxSplits: 1)
            guard let application = parts.first else { return nil }
            guard parts.count == 2 else { return String(application) }
            // For cluster-scoped objects the namespace is the application's destination.
            let isOwn =
                parts[1].hasPrefix("\(object.groupVersion?.group ?? "")/\(object.kind):\(object.namespace ?? "")")
                && parts[1].hasSuffix("/\(object.name)")
            return isOwn ? String(application) : nil
        }
        let managers = object.metadata["managedFields"]?.array?.compactMap { $0["manager"]?.string } ?? []
        guard managers.contains("argocd-controller") else { return nil }
        return object.labels["app.kubernetes.io/instance"]
    }
}
