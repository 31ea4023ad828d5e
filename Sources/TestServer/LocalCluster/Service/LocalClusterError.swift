/// Why a cluster doesn't run.
public struct LocalClusterError: Error, Sendable, CustomStringConvertible {
    public struct Code: Sendable, Hashable {
        private enum Value { case hostNotLoopback, stopped }

        private let value: Value

        /// It serves loopback only.
        public static let hostNotLoopback = Code(value: .hostNotLoopback)
        /// It has run already.
        public static let stopped = Code(value: .stopped)
    }

    public var code: Code
    public var message: String
    public var cause: (any Error)?

    init(_ code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    public var description: String { message }
}
