public import KubeModel

/// Brings the world of one object closer to what is wanted.
///
/// It gets a name, never an event: it looks at what exists now, and it must be able to be called again at any time. One
/// name is never reconciled twice at the same time.
public protocol Reconciler: Sendable {
    /// Looks at the object of that name, which may not exist any more, and does what is needed.
    ///
    /// - Parameter request: The namespace and the name of the object.
    /// - Returns: When to come again, apart from changes of the object.
    /// - Throws: Anything; the name comes again after a delay that grows from failure to failure. Only after a
    ///   ``TerminalError`` it doesn't.
    func reconcile(_ request: ObjectKey) async throws -> ReconcileResult
}

/// The answer of a reconcile without failure: when the name comes again.
public enum ReconcileResult: Sendable, Hashable {
    /// Nothing more is to do until something changes.
    case done
    /// The name comes again after that time, or earlier when something changes, in which case this delay no longer
    /// counts.
    case requeue(after: Duration)
    /// The name comes again as after a failure, without it being one: after a delay that grows each time until
    /// something else is returned. It is for waiting on what tells nobody when it is ready.
    case retry
}

/// A failure that no repetition cures: it is logged and counted, and the object is left alone until it changes.
public struct TerminalError: Error, Sendable, CustomStringConvertible {
    /// The failure itself.
    public var cause: any Error

    /// Marks a failure as one that no repetition cures.
    public init(_ cause: any Error) { self.cause = cause }

    /// The description of the failure.
    public var description: String { "\(cause)" }
}
