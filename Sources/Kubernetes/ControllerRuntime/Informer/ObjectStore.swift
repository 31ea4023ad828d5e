import KubeModel

/// The objects that a reflector knows, and how they change by what it hears: a value without I/O.
///
/// Changes come from two sides: from the server (``replace(with:resourceVersion:into:)``, ``put(_:into:)``,
/// ``remove(_:into:)``), in the server's order, and from writers in this process (``insert(_:into:)``), who know the
/// result of a write before the watch does. Nothing newer is ever replaced by something older, so it doesn't matter who
/// is first.
struct ObjectStore: Sendable {
    typealias IndexFunction = @Sendable (KubeObject) -> [String]

    private struct Index: Sendable {
        var values: IndexFunction
        var keys: [String: Set<ObjectKey>] = [:]
    }

    private(set) var objects: [ObjectKey: KubeObject] = [:]
    /// How far the server has told: everything up to this version has been seen. Empty before the first list.
    private(set) var progress = ""
    private var indices: [String: Index] = [:]

    // MARK: From the server

    /// Makes the content what a list says.
    mutating func replace(with list: [KubeObject], resourceVersion: String, into events: inout [InformerEvent]) {
        // A list is never older than what was seen before, unless the server was restored from a backup. Then what is
        // here comes from a history that no longer exists, and nothing of it may be kept for being "newer".
        let isRewound = ResourceVersion.compare(resourceVersion, progress) == .older
        let isInitial = progress.isEmpty
        var gone = objects
        for object in list {
            let key = object.key
            gone[key] = nil
            if let old = objects[key], !isRewound, isOlderOrSame(object, version: old.resourceVersion) { continue }
            set(object, at: key, isInitial: isInitial, into: &events)
        }
        for (key, object) in gone {
            // A writer's result from after the list: the watch will tell about it.
            if !isRewound, ResourceVersion.compare(object.resourceVersion, resourceVersion) == .newer { continue }
            unset(key)
            events.append(.deleted(object))
        }
        progress = resourceVersion
    }

    /// An object was added or changed.
    mutating func put(_ object: KubeObject, into events: inout [InformerEvent]) {
        let key = object.key
        // Where an object isn't here although all that happened up to its version was told, it was deleted since: a server
        // that repeats itself must not bring it back, for nothing would ever take it away again.
        let known = objects[key]?.resourceVersion ?? progress
        advance(to: object.resourceVersion)
        if isOlderOrSame(object, version: known) { return }
        set(object, at: key, isInitial: false, into: &events)
    }

    /// An object was deleted (or no longer matches the selectors).
    mutating func remove(_ object: KubeObject, into events: inout [InformerEvent]) {
        advance(to: object.resourceVersion)
        guard let old = objects[object.key] else { return }
        // A writer has already made a new object of the same name.
        if ResourceVersion.compare(object.resourceVersion, old.resourceVersion) == .older { return }
        unset(object.key)
        events.append(.deleted(object))
    }

    /// Everything up to this version has been told.
    mutating func advance(to resourceVersion: String) {
        if ResourceVersion.compare(resourceVersion, progress) == .older { return }
        progress = resourceVersion
    }

    // MARK: From writers

    /// The result of a write. Ignored unless it is certainly newer than all that is known about the object.
    mutating func insert(_ object: KubeObject, into events: inout [InformerEvent]) {
        let key = object.key
        // Where the object isn't here, it may have been deleted already. It was, if the server has told about later
        // versions than the writer's: then the object would be here if it existed.
        let known = objects[key]?.resourceVersion ?? progress
        guard ResourceVersion.compare(object.resourceVersion, known) == .newer else { return }
        set(object, at: key, isInitial: false, into: &events)
    }

    // MARK: Inside

    private func isOlderOrSame(_ object: KubeObject, version: String) -> Bool {
        switch ResourceVersion.compare(object.resourceVersion, version) {
        case .older, .same: true
        case .newer, nil: false
        }
    }

    private mutating func set(
        _ object: KubeObject, at key: ObjectKey, isInitial: Bool, into events: inout [InformerEvent]
    ) {
        let old = objects.updateValue(object, forKey: key)
        if !indices.isEmpty { reindex(key, from: old, to: object) }
        guard let old else { return events.append(.added(object, isInitial: isInitial)) }
        guard old.uid == object.uid else {
            // Deleted and made anew in between: not a change of the old one.
            events.append(.deleted(old))
            events.append(.added(object, isInitial: false))
            return
        }
        events.append(.updated(old: old, new: object))
    }

    private mutating func unset(_ key: ObjectKey) {
        let old = objects.removeValue(forKey: key)
        if !indices.isEmpty { reindex(key, from: old, to: nil) }
    }
}

// MARK: - Indices

extension ObjectStore {
    mutating func addIndex(_ name: String, values: @escaping IndexFunction) {
        var index = Index(values: values)
        for (key, object) in objects {
            for value in values(object) { index.keys[value, default: []].insert(key) }
        }
        indices[name] = index
    }

    func byIndex(_ name: String, value: String) -> [KubeObject] {
        (indices[name]?.keys[value] ?? []).compactMap { objects[$0] }
    }

    private mutating func reindex(_ key: ObjectKey, from old: KubeObject?, to new: KubeObject?) {
        for name in indices.keys {
            guard let values = indices[name]?.values else { continue }
            let before = old.map(values) ?? []
            let after = new.map(values) ?? []
            guard before != after else { continue }
            for value in before {
                indices[name]?.keys[value]?.remove(key)
                if indices[name]?.keys[value]?.isEmpty == true { indices[name]?.keys[value] = nil }
            }
            for value in after { indices[name]?.keys[value, default: []].insert(key) }
        }
    }
}
