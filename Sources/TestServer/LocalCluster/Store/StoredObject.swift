import KubeModel
import Synchronization

/// One version of an object as the store keeps it. Immutable, so that readers, watchers and the history share it.
final class StoredObject: Sendable {
    let object: KubeObject
    let version: UInt64
    /// Read once: every list asks each object of its collection for these two.
    let key: ObjectKey
    let labels: [String: String]
    /// Encoded at most once, however many watchers and readers want it.
    private let encoded = Mutex<[UInt8]?>(nil)

    init(_ object: KubeObject, version: UInt64) {
        self.object = object
        self.version = version
        key = object.key
        labels = object.labels
    }

    var json: [UInt8] {
        encoded.withLock { cache in
            if let cache { return cache }
            let bytes = JSONWriter.bytes(object.json)
            cache = bytes
            return bytes
        }
    }
}

/// Which collection: group and plural. All versions of a resource share one collection.
struct ResourceID: Hashable, Sendable, Comparable, CustomStringConvertible {
    var group: String
    var plural: String

    init(_ group: String, plural: String) {
        self.group = group
        self.plural = plural
    }

    init(_ resource: APIResource) { self.init(resource.group, plural: resource.plural) }

    var description: String { group.isEmpty ? plural : "\(plural).\(group)" }

    static func < (a: ResourceID, b: ResourceID) -> Bool { (a.group, a.plural) < (b.group, b.plural) }
}

/// One object in one collection.
struct ObjectID: Hashable, Sendable {
    var resource: ResourceID
    var key: ObjectKey

    init(_ resource: ResourceID, key: ObjectKey) {
        self.resource = resource
        self.key = key
    }
}

/// A committed change, as the history keeps it and watches deliver it.
struct StoreEvent: Sendable {
    enum Kind: Sendable { case added, modified, deleted }

    var kind: Kind
    var resource: ResourceID
    /// After the change; of a deletion the last state, with the version of the deletion.
    var object: StoredObject
    var previous: StoredObject?

    var version: UInt64 { object.version }
}
