import KubeModel

/// Who else writes an object, by the marks that it bears. A change behind their back is undone sooner or later.
package enum Owner: Sendable, Hashable {
    /// Argo CD, by its application. Its namespace is only in the mark where it isn't Argo CD's own.
    case argo(application: String, namespace: String?)
    case kustomization(namespace: String, name: String)
    case fluxHelmRelease(namespace: String, name: String)
    /// nil where only a label says so.
    case helm(release: String?)
    /// The owner reference with `controller: true`.
    case controller(OwnerReference)
    /// The Operator Lifecycle Manager, by what it installed.
    case lifecycleManager(String)
    /// What the label `app.kubernetes.io/managed-by` says.
    case named(String)

    /// All whose marks the object bears; none for an object that only people write.
    package static func all(of object: KubeObject) -> [Owner] {
        var owners: [Owner] = object.controller.map { [.controller($0)] } ?? []
        let git = [
            argo(object), flux(object, toolkit: "kustomize", owner: Owner.kustomization),
            flux(object, toolkit: "helm", owner: fluxHelmRelease),
        ]
        owners += git.compactMap(\.self)
        if let helm = helm(object), !git.contains(where: { $0?.covers(helm) ?? false }) { owners.append(helm) }
        if let name = object.labels["olm.owner"] { owners.append(.lifecycleManager(name)) }
        let label = object.labels["app.kubernetes.io/managed-by"] ?? ""
        if owners.isEmpty, !label.isEmpty, !people.contains(label.lowercased()) { owners.append(.named(label)) }
        return owners
    }

    /// Of the label `managed-by`: names that stand for nobody who would write by itself.
    private static let people: Set<String> = ["helm", "kubectl", "kustomize", "skyflo", "manual"]

    /// Whether who renders a chart is this one, and Helm itself never comes back to it.
    private func covers(_ helm: Owner) -> Bool {
        switch (self, helm) {
        case (.fluxHelmRelease, _), (.argo, .helm(release: nil)): true
        default: false
        }
    }

    // MARK: Marks

    private static func helm(_ object: KubeObject) -> Owner? {
        let release = object.annotations["meta.helm.sh/release-name"]
        guard object.labels["app.kubernetes.io/managed-by"] == "Helm" || release != nil else { return nil }
        return .helm(release: release)
    }

    private static func flux(
        _ object: KubeObject, toolkit: String, owner: (_ namespace: String, _ name: String) -> Owner
    ) -> Owner? {
        let prefix = "\(toolkit).toolkit.fluxcd.io"
        // Flux leaves what says so alone.
        guard object.annotations["\(prefix)/reconcile"] != "disabled", let name = object.labels["\(prefix)/name"]
        else { return nil }
        return owner(object.labels["\(prefix)/namespace"] ?? object.namespace ?? "", name)
    }

    /// Argo CD marks what it manages with a tracking id (`app:group/Kind:namespace/name`); one that names another object
    /// came along with a copy and says nothing. Installations that track by label leave only the label
    /// `app.kubernetes.io/instance`, which Helm charts set too: it counts only where a field manager of Argo CD wrote.
    private static func argo(_ object: KubeObject) -> Owner? {
        let key = "argocd.argoproj.io/tracking-id"
        guard let id = object.annotations[key] ?? object.labels[key] else {
            let managers = object.metadata["managedFields"]?.array?.compactMap { $0["manager"]?.string } ?? []
            guard managers.contains("argocd-controller") else { return nil }
            return object.labels["app.kubernetes.io/instance"].map(application)
        }
        let parts = id.split(separator: ":", maxSplits: 1)
        guard let name = parts.first else { return nil }
        // For cluster-scoped objects the namespace is the application's destination.
        let isOwn =
            parts.count == 1
            || parts[1].hasPrefix("\(object.groupVersion?.group ?? "")/\(object.kind):\(object.namespace ?? "")")
                && parts[1].hasSuffix("/\(object.name)")
        return isOwn ? application(String(name)) : nil
    }

    /// `app`, or `namespace_app` where applications may be in any namespace. No name has an underscore.
    private static func application(_ mark: String) -> Owner {
        let parts = mark.split(separator: "_", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return .argo(application: mark, namespace: nil) }
        return .argo(application: parts[1], namespace: parts[0])
    }
}
