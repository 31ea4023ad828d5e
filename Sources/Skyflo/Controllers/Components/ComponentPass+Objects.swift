import ControllerRuntime
import Installation
import KubeClient
import KubeModel
import SkyfloAPI

extension ComponentPass {
    /// What exists of the names that are wanted, by the titles of what is wanted.
    func existing(_ objects: [WantedObject], routesAreServed: Bool) async throws -> [String: KubeObject] {
        var found: [String: KubeObject] = [:]
        for wanted in objects where routesAreServed || wanted.resource != .httpRoutes {
            let title = wanted.title
            found[title] = dependencies.caches.labelled(wanted.resource, in: namespace).get(wanted.object.key)
            guard found[title] == nil else { continue }
            // One without our labels isn't in the cache.
            found[title] = try await api.find(wanted.resource, namespace: namespace, name: wanted.object.name)
        }
        return found
    }

    /// Of an object of somebody else that has the name of one that is wanted. Nothing of the component is made then: a pod
    /// would run as a ServiceAccount that has whatever rights.
    static func conflict(with live: KubeObject) -> ComponentCause {
        ComponentCause(
            reason: "ObjectConflict",
            message:
                "the \(live.kind) \(live.key) exists and is not this SkyfloAI's: it is left alone, and nothing of the "
                + "component is made or changed before it is renamed or deleted")
    }

    /// - Parameter claimed: the Deployment by which it was decided that this operator, and not another one, applies them. It is
    ///   the first to be applied, if nobody has changed it since.
    /// - Returns: why the API server refuses one of them.
    func apply(
        _ objects: [WantedObject], over existing: [String: KubeObject], routesAreServed: Bool, claimed: KubeObject?
    ) async throws -> ComponentCause? {
        var problem: ComponentCause?
        let isFirst = { (wanted: WantedObject) in claimed != nil && wanted.resource == .deployments }
        for wanted in objects.filter(isFirst) + objects.filter({ !isFirst($0) }) {
            if wanted.resource == .httpRoutes, !routesAreServed {
                problem = ComponentCause(
                    reason: "HTTPRouteNotServed",
                    message:
                        "spec.\(wanted.object.labels["app.kubernetes.io/component"] ?? "").gateway needs the Gateway API, "
                        + "gateway.networking.k8s.io/v1, which this API server doesn't serve")
                continue
            }
            let live = existing[wanted.title]
            if let live, LiveObject.fulfils(wanted.object, live: live) || dependencies.answers.has(live, of: wanted) {
                continue
            }
            do {
                // Where there was none a moment ago nothing is forced: one that somebody made since is a conflict.
                var object = wanted.object
                if isFirst(wanted), let claimed { object.resourceVersion = claimed.resourceVersion }
                let written = try await api.apply(
                    object, in: wanted.resource,
                    options: WriteOptions(fieldManager: ComponentNames.manager, force: live != nil))
                dependencies.caches.labelled(wanted.resource, in: namespace).insert(written)
                if !LiveObject.fulfils(wanted.object, live: written) {
                    dependencies.answers.remember(written, to: wanted)
                }
            } catch let status as APIStatus {
                guard let refused = ComponentCause.refusal(status, of: wanted.title) else { throw status }
                return refused
            }
        }
        return problem
    }

    /// Removes what was made for this SkyfloAI and is wanted no longer.
    ///
    /// - Returns: why the API server refuses to remove one of it.
    func prune() async throws -> ComponentCause? {
        var refused: ComponentCause?
        for resource in [
            APIResource.ingresses, .disruptionBudgets, .deployments, .services, .networkPolicies, .serviceAccounts,
        ] {
            for object in dependencies.caches.labelled(resource, in: namespace).list() {
                let object = object.decoded()
                guard names.ownForRemoval(object), !object.isBeingDeleted,
                    !wantedTitles.contains("\(resource.kind)/\(object.name)")
                else { continue }
                if let cause = try await remove(object, of: resource) { refused = cause }
            }
        }
        // Those without a watch of their own are found by what the status says.
        for title in former.flatMap(\.objects) where !wantedTitles.contains(title) {
            guard let resource = [APIResource.secrets, .httpRoutes].first(where: { title.hasPrefix("\($0.kind)/") })
            else { continue }
            let name = String(title.dropFirst(resource.kind.count + 1))
            guard let object = try await api.find(resource, namespace: namespace, name: name),
                names.ownForRemoval(object)
            else { continue }
            if let cause = try await remove(object, of: resource) { refused = cause }
        }
        return refused
    }

    private func remove(_ object: KubeObject, of resource: APIResource) async throws -> ComponentCause? {
        do {
            try await api.delete(
                resource, namespace: namespace, name: object.name,
                options: DeleteOptions(uid: object.uid, propagation: .background))
        } catch let status as APIStatus where status.isNotFound {
            // Gone already.
        } catch let status as APIStatus {
            let title = "\(resource.kind)/\(object.name)"
            guard var cause = ComponentCause.refusal(status, of: title) else { throw status }
            cause.reason = "RemovalRefused"
            cause.message = "the API server refuses to remove the \(title): \(status)"
            return cause
        }
        return nil
    }
}
