import KubeModel

/// The whole state of the cluster as a value: collections, one version counter for all of them, and the latest changes
/// of each collection. It does no I/O and knows no clock; ``ClusterStore`` makes it shared and wakes watchers.
struct StoreCore {
    struct Collection {
        var objects: [ObjectKey: StoredObject] = [:]
        var history: [StoreEvent] = []
        /// Changes up to this version are no longer in ``history``.
        var compacted: UInt64 = 0
        /// In the order of the keys; nil until somebody lists the collection.
        var sorted: [StoredObject]?
    }

    enum Failure: Error, Equatable { case exists, notFound, changed }

    /// As the watch cache of a real server, a collection remembers a window of changes, not all.
    let historyLimit: Int
    private(set) var version: UInt64
    /// No change up to here can be told of any collection.
    private var floor: UInt64 = 0
    private(set) var collections: [ResourceID: Collection] = [:]
    private var byUID: [String: ObjectID] = [:]
    private var dependents: [String: Set<ObjectID>] = [:]

    init(historyLimit: Int = 1024, version: UInt64 = 1) {
        self.historyLimit = historyLimit
        self.version = version
    }

    // MARK: Reading

    func get(_ id: ObjectID) -> StoredObject? { collections[id.resource]?.objects[id.key] }

    func object(uid: String) -> ObjectID? { byUID[uid] }

    /// Whatever names `uid` in its ownerReferences.
    func dependents(of uid: String) -> Set<ObjectID> { dependents[uid] ?? [] }

    /// In the order of the keys (namespace, name), as etcd returns them.
    mutating func list(_ resource: ResourceID, namespace: String?) -> [StoredObject] {
        guard let collection = collections[resource] else { return [] }
        let all = collection.sorted ?? collection.objects.values.sorted { $0.key < $1.key }
        if collection.sorted == nil { collections[resource]?.sorted = all }
        guard let namespace else { return all }
        let start = all.partitioningIndex { ($0.key.namespace ?? "") >= namespace }
        let end = all.partitioningIndex { ($0.key.namespace ?? "") > namespace }
        return Array(all[start..<end])
    }

    /// Changes after `version`, oldest first; nil when some of them are already forgotten.
    func events(_ resource: ResourceID, after version: UInt64) -> [StoreEvent]? {
        guard version >= floor else { return nil }
        guard let collection = collections[resource] else { return [] }
        guard version >= collection.compacted else { return nil }
        let start = collection.history.partitioningIndex { $0.version > version }
        return Array(collection.history[start...])
    }

    /// Changes of all collections after `version` in their order; nil when some of them are already forgotten.
    func events(after version: UInt64) -> [StoreEvent]? {
        var all: [StoreEvent] = []
        for resource in collections.keys {
            guard let events = events(resource, after: version) else { return nil }
            all += events
        }
        return all.sorted { $0.version < $1.version }
    }

    /// Every object as if it had just changed, for a reader that has missed changes.
    var allAsEvents: [StoreEvent] {
        collections.flatMap { resource, collection in
            collection.objects.values.map {
                StoreEvent(kind: .modified, resource: resource, object: $0, previous: nil)
            }
        }.sorted { $0.version < $1.version }
    }

    /// The collection as it was at `version`, made by undoing what came later; nil when that is forgotten.
    func list(_ resource: ResourceID, namespace: String?, at version: UInt64) -> [StoredObject]? {
        guard let later = events(resource, after: version) else { return nil }
        var objects = collections[resource]?.objects ?? [:]
        for event in later.reversed() { objects[event.object.key] = event.previous }
        return objects.filter { namespace == nil || $0.key.namespace == namespace }
            .sorted { $0.key < $1.key }.map(\.value)
    }

    /// The oldest version that a watch of this collection can resume from.
    func oldest(_ resource: ResourceID) -> UInt64 { max(floor, collections[resource]?.compacted ?? 0) }

    // MARK: Changing

    /// Adds an object under the next version, which it carries as `metadata.resourceVersion`.
    mutating func create(_ object: KubeObject, in resource: ResourceID) throws(Failure) -> StoreEvent {
        let id = ObjectID(resource, key: object.key)
        guard get(id) == nil else { throw .exists }
        return commit(id, object: object, kind: .added, previous: nil)
    }

    /// Replaces the object when it still has the version `expected`.
    mutating func replace(_ object: KubeObject, in resource: ResourceID, expected: UInt64) throws(Failure) -> StoreEvent
    {
        let id = ObjectID(resource, key: object.key)
        guard let previous = get(id) else { throw .notFound }
        guard previous.version == expected else { throw .changed }
        return commit(id, object: object, kind: .modified, previous: previous)
    }

    /// Removes the object when it still has the version `expected`. `final` is what watchers see of it, where it differs
    /// from what is stored.
    mutating func remove(_ id: ObjectID, expected: UInt64, final: KubeObject? = nil) throws(Failure) -> StoreEvent {
        guard let previous = get(id) else { throw .notFound }
        guard previous.version == expected else { throw .changed }
        return commit(id, object: final ?? previous.object, kind: .deleted, previous: previous)
    }

    /// Ends the history before this moment, as it is for a server that has just started.
    mutating func forgetHistory() { floor = version }

    /// Forgets a collection with its history, for a kind that is no longer served.
    mutating func drop(_ resource: ResourceID) { collections[resource] = nil }

    private mutating func commit(
        _ id: ObjectID, object: KubeObject, kind: StoreEvent.Kind, previous: StoredObject?
    ) -> StoreEvent {
        version += 1
        var object = object
        object.resourceVersion = String(version)
        let stored = StoredObject(object, version: version)
        if let previous { unlink(id, object: previous.object) }
        var collection = collections.removeValue(forKey: id.resource) ?? Collection()
        switch kind {
        case .added, .modified:
            collection.put(stored)
            link(id, object: object)
        case .deleted: collection.remove(id.key)
        }
        let event = StoreEvent(kind: kind, resource: id.resource, object: stored, previous: previous)
        collection.remember(event, limit: historyLimit)
        collections[id.resource] = collection
        return event
    }

    private mutating func link(_ id: ObjectID, object: KubeObject) {
        byUID[object.uid] = id
        for owner in object.ownerReferences { dependents[owner.uid, default: []].insert(id) }
    }

    private mutating func unlink(_ id: ObjectID, object: KubeObject) {
        byUID[object.uid] = nil
        for owner in object.ownerReferences {
            dependents[owner.uid]?.remove(id)
            if dependents[owner.uid]?.isEmpty == true { dependents[owner.uid] = nil }
        }
    }
}

extension StoreCore.Collection {
    fileprivate mutating func put(_ stored: StoredObject) {
        let isNew = objects.updateValue(stored, forKey: stored.key) == nil
        guard let at = sorted?.partitioningIndex(where: { $0.key >= stored.key }) else { return }
        if isNew { sorted?.insert(stored, at: at) } else { sorted?[at] = stored }
    }

    fileprivate mutating func remove(_ key: ObjectKey) {
        objects[key] = nil
        if let at = sorted?.partitioningIndex(where: { $0.key >= key }) { sorted?.remove(at: at) }
    }

    /// Drops half at once, so that a full history doesn't move with every change.
    fileprivate mutating func remember(_ event: StoreEvent, limit: Int) {
        history.append(event)
        guard history.count > limit else { return }
        let surplus = history.count - max(1, limit / 2)
        compacted = history[surplus - 1].version
        history.removeFirst(surplus)
    }
}

extension Array {
    /// The first place whose element fulfils `predicate`, where all after it do, too.
    func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
