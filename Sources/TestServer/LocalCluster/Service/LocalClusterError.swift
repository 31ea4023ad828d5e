/// The reason why a cluster doesn't run.
public struct LocalClusterError: Error, Sendable, CustomStringConvertible {
    /// The kind of a failure.
    public struct Code: Sendable, Hashable {
        private enum Value { case hostNotLoopback, stopped }

        private let value: Value

        /// The host is none of loopback, and nothing else is served.
        public static let hostNotLoopback = Code(value: .hostNotLoopback)
        /// The cluster has run already.
        public static let stopped = Code(value: .stopped)
    }

    /// The kind of the failure, for programs.
    public var code: Code
    /// A sentence for people.
    public var message: String
    /// The error behind it, if there is one.
    public var cause: (any Error)?

    init(_ code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The same as ``message``.
    public var description: String { message }
}
