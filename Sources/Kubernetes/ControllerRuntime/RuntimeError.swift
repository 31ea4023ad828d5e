/// What goes wrong in this module itself; errors of an API server come as `APIStatus` or `KubeClientError`.
public struct RuntimeError: Error, Sendable, CustomStringConvertible {
    /// A struct over a private enum, so that codes can be added without breaking anyone's `switch`.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String { case stopped, leadershipLost, misuse, overdue, incomplete, ownership }
        private let value: Value
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

    public var code: Code
    public var message: String
    public var cause: (any Error)?

    public init(_ code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    public var description: String { cause.map { "\(message): \($0)" } ?? message }
}
