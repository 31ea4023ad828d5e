/// Any Kubernetes object: its JSON with typed access to what all objects have.
///
/// Unknown fields are kept: what is read from a server, changed and written back loses nothing.
public struct KubeObject: Sendable {
    /// A list of thousands is kept as text; what someone works with, as a tree. Callers don't see the difference.
    enum Content: Sendable {
        case tree(JSONValue)
        case packed(PackedJSON)
    }

    private(set) var content: Content

    /// Makes an object of any JSON. Missing members read as empty.
    public init(_ json: JSONValue) { content = .tree(json) }

    init(packed: PackedJSON) { content = .packed(packed) }

    /// The whole object as JSON. On a packed object (``packed()``) each read builds the tree: read members by their
    /// path, or take ``decoded()`` first.
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

    /// Makes an object of a resource's type with its metadata, followed by `members` (`spec`, `data`, …) in their
    /// order.
    public init(
        _ resource: APIResource, namespace: String? = nil, name: String,
        members: KeyValuePairs<String, JSONValue> = [:]
    ) {
        self.init(["apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind)])
        json["metadata"] = .compact(["name": .string(name), "namespace": namespace.map(JSONValue.string)])
        for (key, value) in members { json[key] = value }
    }

    /// The value at a chain of member names: `object["spec", "replicas"]`. Setting makes the objects on the way;
    /// setting nil removes the member.
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

    /// The `apiVersion` of the object; empty where it has none.
    public var apiVersion: String { self["apiVersion"]?.string ?? "" }
    /// The kind of the object; empty where it has none.
    public var kind: String { self["kind"]?.string ?? "" }
    /// The API group and version that `apiVersion` names; nil where it can't be read.
    public var groupVersion: GroupVersion? { GroupVersion(apiVersion: apiVersion) }

    /// The member `metadata`; an empty object where it is missing.
    public var metadata: JSONValue { self["metadata"] ?? .object([:]) }
    /// The name of the object; empty where the server still has to make one from `generateName`.
    public var name: String { metadata("name")?.string ?? "" }
    /// The namespace of the object; nil where it is in none.
    public var namespace: String? { metadata("namespace")?.string }
    /// The UID that the server gave the object; empty before it was created.
    public var uid: String { metadata("uid")?.string ?? "" }
    /// The number of the specification's state, which the server counts up with each change of it; zero before it was
    /// created.
    public var generation: Int { metadata("generation")?.int ?? 0 }
    /// The namespace and the name of the object.
    public var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }

    /// The version of the stored object, which a write carries so that it fails on an old state. Opaque; two of them
    /// can be compared for equality. Setting an empty one removes it.
    public var resourceVersion: String {
        get { metadata("resourceVersion")?.string ?? "" }
        set { json[path: ["metadata", "resourceVersion"]] = newValue.isEmpty ? nil : .string(newValue) }
    }

    /// The time when the object was created; nil before that.
    public var creationTimestamp: KubeTime? { time("creationTimestamp") }
    /// The time when the object is to be gone, its grace period included; nil while nobody has deleted it.
    public var deletionTimestamp: KubeTime? { time("deletionTimestamp") }
    /// Whether the object was deleted and waits for its finalizers or its grace period.
    public var isBeingDeleted: Bool { metadata("deletionTimestamp")?.string != nil }

    /// The labels of the object. Setting no labels removes the member.
    public var labels: [String: String] {
        get { strings("labels") }
        set { json[path: ["metadata", "labels"]] = newValue.isEmpty ? nil : JSONValue(newValue) }
    }
    /// The annotations of the object. Setting no annotations removes the member.
    public var annotations: [String: String] {
        get { strings("annotations") }
        set { json[path: ["metadata", "annotations"]] = newValue.isEmpty ? nil : JSONValue(newValue) }
    }
    /// The finalizers that keep a deleted object until they are removed. Setting none removes the member.
    public var finalizers: [String] {
        get { metadata("finalizers")?.array?.compactMap(\.string) ?? [] }
        set { json[path: ["metadata", "finalizers"]] = newValue.isEmpty ? nil : JSONValue(newValue) }
    }
    /// The owners with which the object is garbage-collected. Those without kind or name are left out; setting none
    /// removes the member.
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
    /// Whether both have equal JSON, packed or not.
    public static func == (a: KubeObject, b: KubeObject) -> Bool {
        if case .packed(let x) = a.content, case .packed(let y) = b.content, x.bytes == y.bytes { return true }
        return a.json == b.json
    }

    /// Hashes the object's JSON, packed or not.
    public func hash(into hasher: inout Hasher) { hasher.combine(json) }
}

/// The namespace and the name of an object, without its kind. A reconcile request is such a key.
public struct ObjectKey: Sendable, Hashable, CustomStringConvertible, Comparable {
    /// The namespace; nil for an object that is in none.
    public var namespace: String?
    /// The name within the namespace.
    public var name: String

    /// Makes a key; without a namespace it is that of an object in none.
    public init(namespace: String? = nil, name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// The form `namespace/name`, or the name alone.
    public var description: String { namespace.map { "\($0)/\(name)" } ?? name }

    /// Orders by namespace and then by name; objects without a namespace come first.
    public static func < (a: ObjectKey, b: ObjectKey) -> Bool {
        (a.namespace ?? "", a.name) < (b.namespace ?? "", b.name)
    }
}

/// A reference from an object to its owner in the same namespace (or in none), as in `metadata.ownerReferences`.
public struct OwnerReference: Sendable, Hashable {
    /// The API version of the owner.
    public var apiVersion: String
    /// The kind of the owner.
    public var kind: String
    /// The name of the owner.
    public var name: String
    /// The UID of the owner: one of the same name that was created later is another.
    public var uid: String
    /// Whether the owner manages the object. At most one owner does.
    public var controller: Bool
    /// Whether a foreground deletion of the owner waits until this object is gone.
    public var blockOwnerDeletion: Bool

    /// Makes a reference of its fields; one that manages the object and holds up the owner's foreground deletion by
    /// default.
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

/// A page of a collection: some objects, the version of the whole and the way to the next page.
public struct KubeList: Sendable {
    /// The objects of this page in the server's order.
    public var items: [KubeObject]
    /// The version to start a watch from.
    public var resourceVersion: String
    /// The token for the next page; nil on the last one.
    public var continueToken: String?
    /// The number of items that the parser doesn't take (``JSONParser/Failure/isUnsupported``). They aren't in
    /// ``items``: whoever may write one object could otherwise keep everybody from reading the others.
    public var unreadableItems = 0

    /// Makes a page of its parts; without a token it is the last one.
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

/// An event of a watch: a change of one object, a bookmark, or the reason why the watch ended.
public enum WatchEvent: Sendable {
    /// The object was created, existed when the watch began, or came to satisfy the watch's selectors.
    case added(KubeObject)
    /// The object was changed and satisfies the selectors as before.
    case modified(KubeObject)
    /// The object was deleted or no longer satisfies the selectors; this is its last state.
    case deleted(KubeObject)
    /// Progress without a change: everything up to `resourceVersion` has been delivered (KEP-956).
    /// `initialEventsEnd` marks the end of the objects that `sendInitialEvents` asked for (KEP-3157).
    case bookmark(resourceVersion: String, initialEventsEnd: Bool)
    /// The server ended the watch, for example 410 when the version is too old.
    case error(APIStatus)

    /// Reads an event as the API server sends it; nil for a type that this client doesn't know.
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
