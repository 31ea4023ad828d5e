/// An error with the text that Helm and Go's packages have for it.
package struct HelmError: Error, CustomStringConvertible {
    package let message: ByteString

    package init(_ message: String) {
        self.message = ByteString(message)
    }

    package init(message: ByteString) {
        self.message = message
    }

    package var description: String { message.text }
}
