public import KubeModel

/// What an event is about: `involvedObject` of a core/v1 `Event`.
public struct EventReference: Sendable, Hashable {
    public var apiVersion: String
    public var kind: String
    public var namespace: String?
    public var name: String
    public var uid: String

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
