import Concurrency
import KubeClient
import KubeModel
import SkyfloAPI

/// How much of people's work there is.
package struct InstalledWork: Sendable, Hashable {
    package var conversations = 0
    package var settings = 0
    /// Secrets of transcripts in the operator's namespace.
    package var transcripts = 0
    /// The Deployments that the operator made for SkyfloAIs, of all namespaces.
    package var components: [ObjectKey] = []

    package init() {}
}

/// What people made with an installation: Conversations, SkyfloAIs, transcripts.
extension Remover {
    /// What the operator itself writes into its namespace, besides transcripts.
    private static let ownSecrets: Set<String> = ["skyflo-redaction-key", "skyflo-live-tls"]

    /// Counts what a removal leaves unless it is told otherwise.
    package func work() async throws -> InstalledWork {
        var work = InstalledWork()
        work.conversations = try await served { try await api.listAll(.conversations).items.count } ?? 0
        work.settings = try await served { try await api.listAll(.skyfloAIs).items.count } ?? 0
        work.transcripts = try await transcripts().count
        work.components = try await components()
        return work
    }

    private func components() async throws -> [ObjectKey] {
        let made = LabelSelector(matching: ["app.kubernetes.io/name": "skyflo", "app.kubernetes.io/part-of": "skyflo"])
        let found = try await api.listAll(.deployments, options: ListOptions(labelSelector: made)).items
        return found.filter { $0.controller?.kind == APIResource.skyfloAIs.kind }.map(\.key)
    }

    private func served<Value>(_ read: () async throws -> Value) async throws -> Value? {
        do {
            return try await read()
        } catch let status as APIStatus where status.isNotFound {
            return nil
        }
    }

    private func transcripts() async throws -> [KubeObject] {
        let options = ListOptions(fieldSelector: "type=skyflo.ai/transcript")
        // A server that doesn't know the selector answers with all.
        return try await api.listAll(.secrets, namespace: namespace, options: options).items.filter {
            $0["type"]?.string == "skyflo.ai/transcript"
        }
    }

    /// Deletes the Conversations of all namespaces, and waits until they are gone: the operator still runs, and removes the
    /// transcripts.
    package func deleteConversations(until deadline: ContinuousClock.Instant) async throws -> Int {
        let all = try await served { try await api.listAll(.conversations).items } ?? []
        try await delete(all, until: deadline) { _ in }
        return all.count
    }

    /// Deletes what is left of transcripts, and what the operator wrote for itself: keys that nothing is encrypted with any more,
    /// Leases. Only once no operator runs.
    package func deleteRecords() async throws -> Int {
        let transcripts = try await transcripts()
        var records = transcripts
        for name in Self.ownSecrets.sorted() {
            if let secret = try await api.find(.secrets, namespace: namespace, name: name) { records.append(secret) }
        }
        records += try await api.list(.leases, namespace: namespace).items.filter {
            $0.name.hasPrefix("skyflo-") && $0.name.hasSuffix("-worker")
        }
        try await delete(records, until: nil) { _ in }
        return transcripts.count
    }

    /// What is in the operator's namespace still, of any kind; what every namespace has isn't counted.
    ///
    /// - Parameter deadline: Until when to wait for the garbage collector, where the SkyfloAIs are gone; nil where they stay, and
    ///   their components with them.
    package func contents(until deadline: ContinuousClock.Instant?) async throws -> [InstalledObject] {
        while true {
            let objects = try await contents()
            let leaving = deadline == nil ? nil : objects.first(where: Self.isOfComponent)
            guard let leaving, let deadline else { return objects.compactMap(InstalledObject.init) }
            guard ContinuousClock.now < deadline else {
                throw RemovalTimeout(what: InstalledObject(leaving)?.description ?? leaving.name)
            }
            try await Concurrency.sleep(for: .milliseconds(300))
        }
    }

    /// Whether a SkyfloAI controls it, or a Deployment or ReplicaSet with our label does.
    private static func isOfComponent(_ object: KubeObject) -> Bool {
        guard let controller = object.controller else { return false }
        return controller.kind == APIResource.skyfloAIs.kind || object.isLabelledOurs
    }

    private func contents() async throws -> [KubeObject] {
        let noise: Set<String> = ["events", "events.events.k8s.io", "endpoints", "endpointslices.discovery.k8s.io"]
        var found: [KubeObject] = []
        for resource in try await mapper.allResources()
        where resource.namespaced && resource.verbs.contains("list") && resource.verbs.contains("delete")
            && !noise.contains(resource.qualifiedName)
        {
            do {
                let items = try await api.listAll(resource, namespace: namespace).items
                found += items.filter { !Self.isMadeByCluster($0) && !$0.isBeingDeleted }
            } catch let status as APIStatus where status.isNotFound || status.code == 405 {
                continue
            }
        }
        return found
    }

    private static func isMadeByCluster(_ object: KubeObject) -> Bool {
        object.kind == "ServiceAccount" && object.name == "default"
            || object.kind == "ConfigMap" && object.name == "kube-root-ca.crt"
            || object.kind == "Secret" && object["type"]?.string == "kubernetes.io/service-account-token"
                && object.annotations["kubernetes.io/service-account.name"] == "default"
    }
}
