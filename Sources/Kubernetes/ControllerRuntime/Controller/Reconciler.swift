public import KubeModel

/// Brings the world of one object closer to what is wanted.
///
/// It gets a name, never an event: it looks at what is there now, and it must be able to be called again at any time.
/// One name is never reconciled twice at the same time.
public protocol Reconciler: Sendable {
    /// - Returns: when to come again, apart from changes of the object.
    /// - Throws: anything; it comes again after a delay that grows from failure to failure. Only after a
    ///   ``TerminalError`` it doesn't.
    func reconcile(_ request: ObjectKey) async throws -> ReconcileResult
}

public enum ReconcileResult: Sendable, Hashable {
    /// Nothing more to do until something changes.
    case done
    /// Come again after that time, or earlier when something changes, in which case this delay no longer counts.
    case requeue(after: Duration)
    /// Come again as after a failure, without it being one: after a delay that grows each time until something else is
    /// returned. For waiting on what tells nobody when it is ready.
    case retry
}

/// A failure that no repetition cures: it is logged and counted, and the object is left alone until it changes.
public struct TerminalError: Error, Sendable, CustomStringConvertible {
    public var cause: any Error

    public init(_ cause: any Error) { self.cause = cause }

    public var description: String { "\(cause)" }
}
