import KubeModel

/// Who manages which of several objects, in a few words.
package enum ManagedObjects {
    private static let owners = 4
    private static let names = 3

    /// `Helm release shop (web, api)`, for at most four who manage something; those that manage most first.
    ///
    /// - Parameter objects: their metadata will do, with apiVersion and kind.
    package static func summary(_ objects: [KubeObject]) -> [String] {
        var managed: [String: [String]] = [:]
        for object in objects {
            for owner in Owner.all(of: object) {
                if let name = owner.title { managed[name, default: []].append(object.name) }
            }
        }
        let sorted = managed.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        let more = sorted.count > owners ? ["and \(sorted.count - owners) more"] : []
        return sorted.prefix(owners).map { title, objects in
            let more = objects.count > names ? " and \(objects.count - names) more" : ""
            return "\(title) (\(objects.sorted().prefix(names).joined(separator: ", "))\(more))"
        } + more
    }
}

extension Owner {
    /// What people call it; nil for the controllers that every cluster has, whose objects are changed by way of their owners.
    fileprivate var title: String? {
        switch self {
        case .argo(let application, let namespace):
            "Argo CD application \(namespace.map { "\($0)/\(application)" } ?? application)"
        case .kustomization(let namespace, let name): "Flux Kustomization \(namespace)/\(name)"
        case .fluxHelmRelease(let namespace, let name): "Flux HelmRelease \(namespace)/\(name)"
        case .helm(let release): release.map { "Helm release \($0)" } ?? "Helm"
        case .controller(let owner): owner.apiVersion.contains(".") ? "\(owner.kind) \(owner.name)" : nil
        case .lifecycleManager(let name): "the Operator Lifecycle Manager's \(name)"
        case .named(let name): name
        }
    }
}
