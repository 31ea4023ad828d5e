/// Any Kubernetes object: its JSON with typed access to what all objects have.
///
/// Unknown fields are kept: what is read from a server, changed and written back loses nothing.
public struct KubeObject: Sendable {
    /// A list of thousands is kept as text; what someone works with, as a tree. Nobody else sees the difference.
    enum Content: Sendable {
        case tree(JSONValue)
        case packed(PackedJSON)
    }

    private(set) var content: Content

    /// - Precondition: none. What is missing in `json` reads as empty.
    public init(_ json: JSONValue) { content = .tree(json) }

    init(packed: PackedJSON) { content = .packed(packed) }

    /// All of it. On a packed object (``packed()``) each read builds the tree: read members by their path, or take
    /// ``decoded()`` first.
    public var json: JSONValue {
        get {
            switch content {
            case .tree(let json): json
            case .packed(let packed): packed.value
            }
        }
        _modify {
            var json = self.json
            content = .tree(.null)  // So that `json` is the only owner and is changed in place.
            defer { content = .tree(json) }
            yield &json
        }
    }

    public init(
        _ resource: APIResource, namespace: String? = nil, name: String,
        _ members: KeyValuePairs<String, JSONValue> = [:]
    ) {
        self.init(["apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind)])
        json["metadata"] = .compact(["name": .string(name), "namespace": namespace.map(JSONValue.string)])
        for (key, value) in members { json[key] = value }
    }

    public subscript(path: String...) -> JSONValue? {
        get { self[path: path] }
        set { json[path: path] = newValue }
    }

    subscript(path path: some Collection<String>) -> JSONValue? {
        switch content {
        case .tree(let json): json[path: path]
        case .packed(let packed): packed[path: path]
        }
    }

    public var apiVersion: String { self["apiVersion"]?.string ?? "" }
    public var kind: String { self["kind"]?.string ?? "" }
    public var groupVersion: GroupVersion? { GroupVersion(apiVersion: apiVersion) }

    public var metadata: JSONValue { self["metadata"] ?? .object([:]) }
    public var name: String { metadata("name")?.string ?? "" }
    public var namespace: String? { metadata("namespace")?.string }
    public var uid: String { metadata("uid")?.string ?? "" }
    public var generation: Int { metadata("generation")?.int ?? 0 }
    public var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }

    /// Opaque but comparable for equality; see ``resourceVersionNumber`` for order.
    public var resourceVersion: String {
        get { metadata("resourceVersion")?.string ?? "" }
        set { json[path: ["metadata", "resourceVersion"]] = newValue.isEmpty ? nil : .string(newValue) }
    }

    public var creationTimestamp: KubeTime? { time("creationTimestamp") }
    public var deletionTimestamp: KubeTime? { time("deletionTimestamp") }
    public var isBeingDeleted: Bool { metadata("deletionTimestamp")?.string != nil }

    public var labels: [String: String] {
        get { strings("labels") }
        set { json[path: ["metadata", "labels"]] = newValue.isEmpty ? nil : JSONValue(newValue) }
    }
    public var annotations: [String: String] {
        get { strings("annotations") }
        set { json[path: ["metadata", "annotations"]] = newValue.isEmpty ? nil : JSONValue(newValue) }
    }
    public var finalizers: [String] {
        get { metadata("finalizers")?.array?.compactMap(\.string) ?? [] }
        set { json[path: ["metadata", "finalizers"]] = newValue.isEmpty ? nil : JSONValue(newValue) }
    }
    public var ownerReferences: [OwnerReference] {
        get { metadata("ownerReferences")?.array?.compactMap(OwnerReference.init) ?? [] }
        set {
            json[path: ["metadata", "ownerReferences"]] = newValue.isEmpty ? nil : .array(newValue.map(\.json))
        }
    }
    /// The owner that manages this object, of which there is at most one.
    public var controller: OwnerReference? { ownerReferences.first(where: \.controller) }

    private func metadata(_ field: String) -> JSONValue? { self[path: ["metadata", field]] }

    private func time(_ field: String) -> KubeTime? { metadata(field)?.string.flatMap(KubeTime.init) }

    private func strings(_ field: String) -> [String: String] {
        var result: [String: String] = [:]
        for (key, value) in metadata(field)?.object ?? [:] { result[key] = value.string }
        return result
    }
}

extension KubeObject: Hashable {
    public static func == (a: KubeObject, b: KubeObject) -> Bool {
        if case .packed(let x) = a.content, case .packed(let y) = b.content, x.bytes == y.bytes { return true }
        return a.json == b.json
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(json) }
}

/// Namespace and name of an object, without its kind. A reconcile request is such a key.
public struct ObjectKey: Sendable, Hashable, CustomStringConvertible, Comparable {
    public var namespace: String?
    public var name: String

    public init(namespace: String? = nil, name: String) {
        self.namespace = namespace
        self.name = name
    }

    public var description: String { namespace.map { "\($0)/\(name)" } ?? name }

    public static func < (a: ObjectKey, b: ObjectKey) -> Bool {
        (a.namespace ?? "", a.name) < (b.namespace ?? "", b.name)
    }
}

public struct OwnerReference: Sendable, Hashable {
    public var apiVersion: String
    public var kind: String
    public var name: String
    public var uid: String
    public var controller: Bool
    public var blockOwnerDeletion: Bool

    public init(
        apiVersion: String, kind: String, name: String, uid: String, controller: Bool = true,
        blockOwnerDeletion: Bool = true
    ) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.uid = uid
        self.controller = controller
        self.blockOwnerDeletion = blockOwnerDeletion
    }

    /// The reference that makes `owner` the controller of the object that carries it.
    public init(controller owner: KubeObject) {
        self.init(apiVersion: owner.apiVersion, kind: owner.kind, name: owner.name, uid: owner.uid)
    }

    init?(_ json: JSONValue) {
        guard let kind = json["kind"]?.string, let name = json["name"]?.string else { return nil }
        self.init(
            apiVersion: json["apiVersion"]?.string ?? "", kind: kind, name: name, uid: json["uid"]?.string ?? "",
            controller: json["controller"]?.bool ?? false, blockOwnerDeletion: json["blockOwnerDeletion"]?.bool ?? false
        )
    }

    var json: JSONValue {
        .compact([
            "apiVersion": .string(apiVersion), "kind": .string(kind), "name": .string(name), "uid": .string(uid),
            "controller": controller ? true : nil, "blockOwnerDeletion": blockOwnerDeletion ? true : nil,
        ])
    }
}

/// A page of a collection.
public struct KubeList: Sendable {
    public var items: [KubeObject]
    /// The version to start a watch from.
    public var resourceVersion: String
    /// The token for the next page; nil on the last one.
    public var continueToken: String?
    /// How many items the parser doesn't take (``JSONParser/Failure/isUnsupported``). They aren't in ``items``: whoever may write one object
    /// could otherwise keep everybody from reading the others.
    public var unreadableItems = 0

    public init(items: [KubeObject], resourceVersion: String, continueToken: String? = nil) {
        self.items = items
        self.resourceVersion = resourceVersion
        self.continueToken = continueToken
    }

    /// Reads a list as the API server answers it. Items of a typed list carry no `apiVersion` and `kind` of their own:
    /// they get those of the list (`PodList` → `Pod`).
    public init(_ json: JSONValue) {
        let apiVersion = json["apiVersion"]
        let listKind = json["kind"]?.string ?? ""
        let kind = listKind.hasSuffix("List") ? String(listKind.dropLast(4)) : listKind
        items = (json["items"]?.array ?? []).map { item in
            guard item["kind"] == nil, case .object(let members) = item else { return KubeObject(item) }
            var complete: JSONObject = ["apiVersion": apiVersion ?? .string(""), "kind": .string(kind)]
            for (key, value) in members { complete[key] = value }
            return KubeObject(.object(complete))
        }
        resourceVersion = json["metadata", "resourceVersion"]?.string ?? ""
        continueToken = json["metadata", "continue"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// An event of a watch.
public enum WatchEvent: Sendable {
    case added(KubeObject)
    case modified(KubeObject)
    case deleted(KubeObject)
    /// Progress without a change: everything up to `resourceVersion` has been delivered (KEP-956).
    /// `initialEventsEnd` marks the end of the objects that `sendInitialEvents` asked for (KEP-3157).
    case bookmark(resourceVersion: String, initialEventsEnd: Bool)
    /// The server ended the watch, for example 410 when the version is too old.
    case error(APIStatus)

    /// nil for a type that this client doesn't know.
    public init?(_ json: JSONValue) {
        self.init(type: json["type"]?.string, KubeObject(json["object"] ?? .null))
    }

    init?(type: String?, _ object: KubeObject) {
        switch type {
        case "ADDED": self = .added(object)
        case "MODIFIED": self = .modified(object)
        case "DELETED": self = .deleted(object)
        case "BOOKMARK":
            self = .bookmark(
                resourceVersion: object.resourceVersion,
                initialEventsEnd: object.annotations["k8s.io/initial-events-end"] == "true")
        case "ERROR": self = .error(APIStatus(object.json))
        default: return nil
        }
    }
}
