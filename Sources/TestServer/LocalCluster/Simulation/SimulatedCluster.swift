import KubeModel
import Logging

/// Reads, writes and events as the simulated controllers need them.
struct SimulatedCluster: Sendable {
    let storage: ObjectStorage
    let logger: Logger
    let timers = SimulationTimers()
    private let eventNames = EventNames()
    let refusals = RefusedPods()
    /// To the second, as timestamps are.
    var now: @Sendable () -> KubeTime = { .now() }

    init(storage: ObjectStorage, logger: Logger) {
        self.storage = storage
        self.logger = logger
    }

    /// Has an object looked at again at `time`, though nothing changes.
    func lookAgain(_ resource: APIResource, key: ObjectKey, at time: KubeTime) {
        timers.set(ObjectID(resource.id, key: key), at: time, now: now())
    }

    var store: ClusterStore { storage.store }

    func get(_ resource: APIResource, key: ObjectKey) -> KubeObject? { store.get(resource.id, key: key)?.object }

    /// What `owner` controls among `resource`, in the order of names.
    func controlled(_ resource: APIResource, by owner: KubeObject) -> [KubeObject] {
        store.dependents(of: owner.uid).filter { $0.resource == resource.id }.map(\.key).sorted()
            .compactMap { get(resource, key: $0) }.filter { $0.controller?.uid == owner.uid }
    }

    /// The namespace's objects that `selector` (of the structured form) selects.
    func selected(_ resource: APIResource, in namespace: String?, by selector: LabelSelector) -> [KubeObject] {
        store.list(resource.id, namespace: namespace).items.map(\.object).filter { selector.matches($0.labels) }
    }

    @discardableResult
    func create(_ object: JSONValue, resource: APIResource, namespace: String, by manager: String) -> KubeObject? {
        var created: KubeObject?
        guard let definition = storage.catalog.find(resource) else { return nil }
        storage.attempt(logger, what: "creating a \(resource.kind)") { () throws(APIStatus) in
            created = try storage.create(
                object, definition: definition, namespace: namespace, options: .controller(manager)
            ).object
        }
        return created
    }

    /// Creates a pod for `owner`, and says why it was refused: as an Event of the owner and as the result. What was refused
    /// is tried again when something changes that may have been the cause (``PendingSyncs``).
    ///
    /// - Parameters:
    ///   - succeeded, failed: the words of the Events, from the pod's name and from the refusal.
    func createPod(
        _ pod: KubeObject, for owner: KubeObject, of resource: APIResource, by component: String,
        succeeded: (String) -> String = { "Created pod: \($0)" },
        failed: (String) -> String = { "Error creating: \($0)" }
    ) -> APIStatus? {
        guard let definition = storage.catalog.find(.pods) else { return nil }
        let id = ObjectID(resource.id, key: owner.key)
        do throws(APIStatus) {
            let created = try storage.create(
                pod.json, definition: definition, namespace: owner.namespace,
                options: .controller(DeploymentController.manager)
            ).object
            refusals.remove(id)
            record(
                .normal, reason: "SuccessfulCreate", message: succeeded(created.name), about: owner, by: component)
            return nil
        } catch {
            // A namespace that goes takes no new pods, and that is no news.
            if error.causes.contains(where: { $0.reason == "NamespaceTerminating" }) || error.isNotFound { return nil }
            refusals.insert(id)
            record(.warning, reason: "FailedCreate", message: failed(error.message), about: owner, by: component)
            return error
        }
    }

    func update(
        _ resource: APIResource, key: ObjectKey, part: ObjectStorage.Part = .main, by manager: String,
        body: (inout KubeObject) -> Void
    ) {
        guard let definition = storage.catalog.find(resource) else { return }
        storage.attempt(logger, what: "updating \(resource.kind) \(key)") { () throws(APIStatus) in
            _ = try storage.update(definition, key: key, part: part, options: .controller(manager)) { live in
                var object = live
                body(&object)
                return object
            }
        }
    }

    func delete(
        _ resource: APIResource, object: KubeObject, gracePeriodSeconds: Int? = nil,
        propagation: DeleteRequestOptions.Propagation = .background
    ) {
        guard let definition = storage.catalog.find(resource) else { return }
        storage.attempt(logger, what: "deleting \(resource.kind) \(object.key)") { () throws(APIStatus) in
            _ = try storage.delete(
                definition, key: object.key,
                options: DeleteRequestOptions(
                    gracePeriodSeconds: gracePeriodSeconds, uid: object.uid, propagation: propagation))
        }
    }

    // MARK: Events

    enum EventType: String { case normal = "Normal", warning = "Warning" }

    /// Records an Event. The same one again raises the count of the first, as client-go's correlator does.
    func record(
        _ type: EventType, reason: String, message: String, about object: KubeObject, by component: String,
        fieldPath: String? = nil
    ) {
        guard let definition = storage.catalog.find(.events), let namespace = object.namespace else { return }
        let now = JSONValue.string(now().description)
        let identity = [object.uid, type.rawValue, reason, message, component, fieldPath ?? ""].joined(separator: "\0")
        let name = "\(object.name).\(eventNames.suffix(of: identity))"
        let key = ObjectKey(namespace: namespace, name: name)
        if store.get(definition.id, key: key) != nil {
            update(.events, key: key, part: .whole, by: component) { event in
                event.json["count"] = JSONValue((event.json["count"]?.int ?? 1) + 1)
                event.json["lastTimestamp"] = now
            }
            return
        }
        let source: JSONValue =
            component == "kubelet"
            ? ["component": "kubelet", "host": .string(Bootstrap.nodeName)] : ["component": .string(component)]
        create(
            [
                "apiVersion": "v1", "kind": "Event", "metadata": ["name": .string(name)],
                "involvedObject": .compact([
                    "kind": .string(object.kind), "namespace": .string(namespace), "name": .string(object.name),
                    "uid": .string(object.uid), "apiVersion": .string(object.apiVersion),
                    "resourceVersion": .string(object.resourceVersion), "fieldPath": fieldPath.map(JSONValue.string),
                ]), "reason": .string(reason), "message": .string(message), "source": source, "firstTimestamp": now,
                "lastTimestamp": now, "count": 1, "type": .string(type.rawValue),
                "reportingComponent": .string(component),
                "reportingInstance": component == "kubelet" ? .string(Bootstrap.nodeName) : "",
            ], resource: .events, namespace: namespace, by: component)
    }
}

/// FNV-1a: a hash that is the same in every run, unlike `Hasher`.
enum StableHash {
    static func value(_ text: String) -> UInt64 {
        text.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    }

    static func hex(_ text: String) -> String {
        let digits = String(value(text), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Ten characters without vowels, the form of pod-template-hash.
    static func safe(_ text: String) -> String {
        let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
        var rest = value(text)
        return String(
            (0..<10).map { _ in
                defer { rest /= UInt64(alphabet.count) }
                return alphabet[Int(rest % UInt64(alphabet.count))]
            })
    }
}
