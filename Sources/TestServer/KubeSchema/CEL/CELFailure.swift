/// The reason why an expression can't be compiled, or why its evaluation ended without a value.
public struct CELFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of a failure.
    public struct Code: Sendable, Hashable {
        private enum Value { case syntax, check, result, evaluation, budget }
        private let value: Value
        private init(_ value: Value) { self.value = value }

        /// The source is no expression.
        public static let syntax = Code(.syntax)
        /// The expression names something that doesn't exist, or can't have a value by its types.
        public static let check = Code(.check)
        /// It is an expression, but not of the type that is needed.
        public static let result = Code(.result)
        /// The values don't fit: a missing key, a division by zero, an operator without a meaning for them.
        public static let evaluation = Code(.evaluation)
        /// Evaluation took more steps than allowed.
        public static let budget = Code(.budget)
    }

    /// The kind of the failure, for programs.
    public var code: Code
    /// The fault in the words of the API server.
    public var message: String

    init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// The same as ``message``.
    public var description: String { message }
}
