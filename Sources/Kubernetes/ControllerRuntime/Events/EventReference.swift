public import KubeModel

/// The object that an event is about: `involvedObject` of a core/v1 `Event`.
public struct EventReference: Sendable, Hashable {
    /// The API version of the object.
    public var apiVersion: String
    /// The kind of the object.
    public var kind: String
    /// The namespace of the object; nil for one without. The event itself is then in `default`.
    public var namespace: String?
    /// The name of the object.
    public var name: String
    /// The UID of the object; empty where it isn't known.
    public var uid: String

    /// Makes the reference of an object.
    public init(_ object: KubeObject) {
        apiVersion = object.apiVersion
        kind = object.kind
        namespace = object.namespace
        name = object.name
        uid = object.uid
    }

    var json: JSONValue {
        .compact([
            "apiVersion": .string(apiVersion), "kind": .string(kind), "namespace": namespace.map(JSONValue.string),
            "name": .string(name), "uid": uid.isEmpty ? nil : .string(uid),
        ])
    }
}

/// Something to tell about an object.
struct EventNotice: Sendable, Hashable {
    var type: EventRecorder.EventType
    var object: EventReference
    var reason: String
    var message: String
}
