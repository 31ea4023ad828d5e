import KubeClient
import KubeModel
import ToolKit
import Writes

/// The objects that may belong to another one, by their owners.
struct Dependents: Sendable {
    /// Objects of one type that are looked at.
    private static let maximumObjects = 1000
    /// Types that are looked at for an object of which it isn't known what it owns.
    private static let maximumTypes = 100
    /// Objects whose state is read one by one.
    private static let maximumReads = 50

    private var owned: [String: [KubeObject]] = [:]
    private(set) var notes: [String] = []

    init(of target: LiveTarget, in context: ToolContext) async throws {
        let selector = target.object["spec", "selector"].flatMap { LabelSelector($0) }
        switch (target.resource.group, target.resource.plural) {
        case ("", "pods"): return
        case ("apps", "deployments"):
            try await list([.replicaSets, .pods], of: target, by: selector, in: context)
        case ("apps", "replicasets"), ("apps", "statefulsets"), ("apps", "daemonsets"), ("batch", "jobs"),
            ("", "replicationcontrollers"):
            // A ReplicationController's selector has another form than the others'.
            try await list([.pods], of: target, by: selector, in: context)
        case ("batch", "cronjobs"):
            let jobs = APIResource(group: "batch", version: "v1", plural: "jobs", kind: "Job")
            try await list([jobs, .pods], of: target, by: nil, in: context)
        default: try await search(target, in: context)
        }
    }

    /// Pods, ReplicaSets and the like in the order of their names.
    func children(of uid: String) -> [KubeObject] { owned[uid] ?? [] }

    private mutating func add(_ objects: [KubeObject]) {
        for object in objects {
            for owner in Set(object.ownerReferences.map(\.uid)) where !owner.isEmpty {
                owned[owner, default: []].append(object)
            }
        }
    }

    // MARK: Workloads

    private mutating func list(
        _ resources: [APIResource], of target: LiveTarget, by selector: LabelSelector?, in context: ToolContext
    ) async throws {
        // An empty selector selects nothing for a workload, and everything in a list.
        let labels = selector?.requirements.isEmpty == true ? nil : selector
        for resource in resources {
            let read = try await context.api.readable {
                try await context.objects(
                    of: resource, namespace: target.namespace, options: ListOptions(labelSelector: labels),
                    maximum: Self.maximumObjects)
            }
            switch read {
            case .failure(let unreadable):
                notes.append(
                    "\(resource.qualifiedName) can't be listed, so what it owns isn't known: \(unreadable.reason)")
            case .success(let found):
                add(found.items.sorted { $0.key < $1.key })
                if !found.isComplete {
                    notes.append("of \(resource.qualifiedName) the first \(found.items.count) were looked at")
                }
            }
        }
    }

    // MARK: Any object

    /// Looks through all types that may hold dependents: those have to be in the owner's namespace, or in none as it is.
    private mutating func search(_ target: LiveTarget, in context: ToolContext) async throws {
        let all = try await context.mapper.allResources().filter {
            $0.namespaced == target.resource.namespaced && ($0.verbs.isEmpty || $0.verbs.contains("list"))
                && !Self.isWithoutOwners($0)
        }
        // Those of the same group first: an operator's kinds belong to each other.
        let ordered =
            all.filter { $0.group == target.resource.group } + all.filter { $0.group != target.resource.group }
        var unreadable: [String] = []
        var found: [(APIResource, KubeObject)] = []
        for resource in ordered.prefix(Self.maximumTypes) {
            try Task.checkCancellation()
            switch try await Self.metadata(resource, namespace: target.namespace, in: context) {
            case .failure: unreadable.append(resource.qualifiedName)
            case .success(let objects): found += objects.filter { !$0.ownerReferences.isEmpty }.map { (resource, $0) }
            }
        }
        if !unreadable.isEmpty {
            let names = unreadable.prefix(10).joined(separator: ", ") + (unreadable.count > 10 ? ", …" : "")
            notes.append("not looked at, as they can't be listed: \(names)")
        }
        if ordered.count > Self.maximumTypes {
            notes.append("\(ordered.count - Self.maximumTypes) of \(ordered.count) resource types were not looked at")
        }
        try await add(found, below: target.object.uid, namespace: target.namespace, in: context)
    }

    /// What nobody owns, or what says the same as something else.
    private static func isWithoutOwners(_ resource: APIResource) -> Bool {
        ["events", "leases", "componentstatuses", "bindings"].contains(resource.plural)
            || ["metrics.k8s.io", "extensions"].contains(resource.group)
    }

    /// Names and owners only: the rest may be large, and secret.
    private static func metadata(
        _ resource: APIResource, namespace: String?, in context: ToolContext
    ) async throws -> Result<[KubeObject], Unreadable> {
        try await context.api.readable {
            let request = KubeRequest(
                .get, path: resource.path(namespace: namespace), query: [.init("limit", value: String(maximumObjects))],
                accept: "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json")
            return KubeList(try await context.api.call(request)).items.map { item in
                var object = KubeObject(["metadata": item.metadata])
                object["apiVersion"] = .string(resource.apiVersion)
                object["kind"] = .string(resource.kind)
                return object
            }
        }
    }

    /// Keeps what belongs to the owner, with its state where it may be read.
    private mutating func add(
        _ found: [(APIResource, KubeObject)], below uid: String, namespace: String?, in context: ToolContext
    ) async throws {
        var level: Set<String> = [uid]
        var seen = level
        var reads = 0
        while !level.isEmpty {
            var next: Set<String> = []
            for (resource, object) in found.sorted(by: { $0.1.key < $1.1.key })
            where object.ownerReferences.contains(where: { level.contains($0.uid) }) && !seen.contains(object.uid) {
                seen.insert(object.uid)
                next.insert(object.uid)
                reads += 1
                // Of a Secret there is no state to show.
                let isRead = reads <= Self.maximumReads && !(resource.group.isEmpty && resource.plural == "secrets")
                let whole =
                    isRead
                    ? try await context.api.readable {
                        try await context.api.find(resource, namespace: namespace, name: object.name)
                    } : .success(nil)
                add([(try? whole.get()) ?? object])
            }
            level = next
        }
    }
}
