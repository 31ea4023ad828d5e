import Concurrency
import Helm
import KubeClient
import KubeModel
import SkyfloAPI

/// Finds and deletes what an installation consists of.
package struct Remover: Sendable {
    let api: any KubeAPI
    let mapper: RESTMapper
    package let namespace: String

    package init(api: any KubeAPI, namespace: String) {
        self.api = api
        mapper = RESTMapper(api: api)
        self.namespace = namespace
    }

    private static let label = LabelSelector(matching: ["app.kubernetes.io/name": "skyflo"])

    /// Kinds that an installation may have objects of, by the names that discovery knows.
    private static let clusterKinds = [
        "clusterroles.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io",
        "validatingadmissionpolicies.admissionregistration.k8s.io",
        "validatingadmissionpolicybindings.admissionregistration.k8s.io",
        "customresourcedefinitions.apiextensions.k8s.io",
    ]
    private static let namespacedKinds = [
        "deployments.apps", "services", "serviceaccounts", "networkpolicies.networking.k8s.io",
        "poddisruptionbudgets.policy", "roles.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io",
        "servicemonitors.monitoring.coreos.com",
    ]

    /// What there is of the kinds that installations have: all with our label, and those known that lost it.
    ///
    /// - Throws: `APIStatus` where something may not be listed: what isn't seen can't be removed.
    package func find(_ known: KnownObjects) async throws -> [KubeObject] {
        var found: [KubeObject] = []
        for kind in Self.clusterKinds + Self.namespacedKinds {
            guard let resource = try await served(kind) else { continue }
            let place = resource.namespaced ? namespace : nil
            // By name as well: of known objects that somebody took the label from it is said that they stay.
            found += try await api.listAll(resource, namespace: place).items.filter { object in
                object.isLabelledOurs || known.contains(object)
            }
        }
        if let own = try await api.find(.namespaces, name: namespace) { found.append(own) }
        return found
    }

    /// The Secrets in which the pages keep accounts, sessions and keys.
    ///
    /// They aren't among what ``find(_:)`` returns: an installation deletes what it finds there and isn't wanted any more, and
    /// people's accounts aren't lost with a value.
    package func findAccounts(_ known: KnownObjects) async throws -> [KubeObject] {
        let options = ListOptions(labelSelector: Self.label)
        return try await api.listAll(.secrets, namespace: namespace, options: options).items.filter(known.contains)
    }

    private func served(_ name: String) async throws -> APIResource? {
        do {
            return try await mapper.resource(named: name)
        } catch let status as APIStatus where status.isNotFound {
            return nil
        }
    }

    /// Deletes objects as they were found, and waits until they are gone.
    ///
    /// - Parameter report: Is told of each object once it is gone, or deleted where `deadline` is nil.
    package func delete(
        _ objects: [KubeObject], until deadline: ContinuousClock.Instant?, report: (InstalledObject) -> Void
    ) async throws {
        for object in objects {
            guard let name = InstalledObject(object) else { continue }
            let resource = try await mapper.resource(for: name.type)
            do {
                _ = try await api.delete(
                    resource, namespace: object.namespace, name: object.name,
                    options: DeleteOptions(uid: object.uid, propagation: .background))
            } catch let status as APIStatus where status.isNotFound {
                continue
            }
            if let deadline { try await waitUntilGone(object, resource: resource, until: deadline) }
            report(name)
        }
    }

    private func waitUntilGone(
        _ object: KubeObject, resource: APIResource, until deadline: ContinuousClock.Instant
    ) async throws {
        while true {
            let live = try await api.find(resource, namespace: object.namespace, name: object.name)
            guard let live, live.uid == object.uid else { return }
            guard ContinuousClock.now < deadline else {
                let finalizers =
                    live.finalizers.isEmpty ? "" : " (finalizers: \(live.finalizers.joined(separator: ", ")))"
                throw RemovalTimeout(what: "\(resource.singular) \(object.key)\(finalizers)")
            }
            try await Concurrency.sleep(for: .milliseconds(100))
        }
    }

    /// Waits until no pod of the workloads that were deleted is there any more: until then they work. Those of components, which
    /// stay with their SkyfloAI, aren't waited for.
    package func waitForPods(
        of workloads: [KubeObject], until deadline: ContinuousClock.Instant
    ) async throws {
        let wanted = WorkloadPods(of: workloads)
        while true {
            let pods = try await api.listAll(
                .pods, namespace: namespace, options: ListOptions(labelSelector: Self.label))
            guard let pod = pods.items.first(where: wanted.isWorking) else { return }
            guard ContinuousClock.now < deadline else { throw RemovalTimeout(what: "pod \(pod.name)") }
            try await Concurrency.sleep(for: .milliseconds(200))
        }
    }
}

/// The pods of some workloads, found by the workloads' selectors: a ReplicaSet between them may be gone already.
package struct WorkloadPods: Sendable {
    private let selectors: [LabelSelector]

    package init(of workloads: [KubeObject]) {
        // An empty selector selects all, and no workload may have one.
        selectors = workloads.compactMap { $0["spec", "selector"].flatMap { LabelSelector($0) } }
            .filter { !$0.requirements.isEmpty }
    }

    /// Whether it is a pod of these workloads, and may still do something.
    package func isWorking(_ pod: KubeObject) -> Bool {
        guard !["Succeeded", "Failed"].contains(pod["status", "phase"]?.string ?? "") else { return false }
        return selectors.contains { $0.matches(pod.labels) }
    }
}

/// Something that was deleted isn't gone in time.
package struct RemovalTimeout: Error, Sendable, CustomStringConvertible {
    var what: String
    package var description: String { "\(what) is deleted, and still there" }
}
