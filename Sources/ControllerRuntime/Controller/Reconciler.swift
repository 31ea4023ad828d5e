public import KubeModel

/// Brings the world of one object closer to what is wanted.
///
/// It gets a name, never an event: it looks at what is there now, and it must be able to be called again at any time.
/// One name is never reconciled twice at the same time.
public protocol Reconciler: Sendable {
    /// - Returns: when to come again, apart from changes of the object.
    /// - Throws: anything; it comes again after a delay that grows from failure to failure.
    func reconcile(_ request: ObjectKey) async throws -> ReconcileResult
}

public enum ReconcileResult: Sendable, Hashable {
    /// Nothing more to do until something changes.
    case done
    /// Come again after that time, or earlier when something changes, in which case this delay no longer counts.
    case requeue(after: Duration)
}
