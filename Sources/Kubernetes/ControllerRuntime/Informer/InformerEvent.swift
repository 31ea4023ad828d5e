public import KubeModel

/// A change of an informer's cache.
public enum InformerEvent: Sendable {
    /// An object came into the cache. `isInitial`: it existed already when the informer (or the handler) started.
    case added(KubeObject, isInitial: Bool)
    /// An object changed, or is told again by a resync.
    case updated(old: KubeObject, new: KubeObject)
    /// An object was removed; this is the last state that is known. When the deletion happened during a disconnect that
    /// may not be the very last one.
    case deleted(KubeObject)

    /// The object as it is now, or was last.
    public var object: KubeObject {
        switch self {
        case .added(let object, _), .updated(_, let object), .deleted(let object): object
        }
    }

    /// The object before an update; nil for other events.
    public var old: KubeObject? { if case .updated(let old, _) = self { old } else { nil } }

    /// Whether nothing changed: the informer tells what it has once more (see its `resyncPeriod`).
    public var isResync: Bool {
        guard case .updated(let old, let new) = self else { return false }
        return !new.resourceVersion.isEmpty && old.resourceVersion == new.resourceVersion
    }

    var isInitial: Bool { if case .added(_, let isInitial) = self { isInitial } else { false } }

    /// The object that the cache holds after this event; nil for none.
    var remaining: KubeObject? { if case .deleted = self { nil } else { object } }
}
