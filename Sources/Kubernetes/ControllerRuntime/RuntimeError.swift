/// A failure in this module itself; errors of an API server come as `APIStatus` or `KubeClientError`.
public struct RuntimeError: Error, Sendable, CustomStringConvertible {
    /// The kind of a failure. A struct over a private enum, so that codes can be added without breaking anyone's
    /// `switch`.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String { case stopped, leadershipLost, misuse, overdue, incomplete, ownership }
        private let value: Value
        /// The name of the code, such as `leadershipLost`.
        public var description: String { value.rawValue }

        /// The informer that was waited for has ended: nothing will change any more.
        public static let stopped = Code(value: .stopped)
        /// The lease couldn't be renewed in time, or someone else holds it. The process must not write any more.
        public static let leadershipLost = Code(value: .leadershipLost)
        /// Something was started twice, or changed while it ran.
        public static let misuse = Code(value: .misuse)
        /// Something took longer than it was allowed to.
        public static let overdue = Code(value: .overdue)
        /// A server began something and doesn't end it as the API promises.
        public static let incomplete = Code(value: .incomplete)
        /// An object can't be owned as was asked for.
        public static let ownership = Code(value: .ownership)
    }

    /// The kind of the failure, for programs.
    public var code: Code
    /// A sentence for people.
    public var message: String
    /// The error behind it, if there is one.
    public var cause: (any Error)?

    /// Makes an error of its parts.
    public init(_ code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The message, with the cause where there is one.
    public var description: String { cause.map { "\(message): \($0)" } ?? message }
}
