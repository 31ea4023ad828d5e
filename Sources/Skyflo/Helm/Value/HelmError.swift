/// An error with the text that Helm and Go's packages have for it.
package struct HelmError: Error, CustomStringConvertible {
    package let message: ByteString
    /// The errors that it wraps, outermost first: each further line of Helm's message is made of one.
    let causes: [ByteString]
    /// Whether an execution of a template is among the error and what it wraps.
    let isExecution: Bool

    package init(_ message: String) {
        self.init(message: ByteString(message))
    }

    package init(message: ByteString) {
        self.message = message
        causes = []
        isExecution = false
    }

    /// `fmt.Errorf("… %w", cause)`
    init(message: ByteString, wrapping cause: HelmError, isExecution: Bool = false) {
        self.message = message
        causes = [cause.message] + cause.causes
        self.isExecution = isExecution || cause.isExecution
    }

    init(executionMessage message: ByteString) {
        self.message = message
        causes = []
        isExecution = true
    }

    package var description: String { message.text }
}
