/// One event of a `text/event-stream`.
package struct ServerSentEvent: Sendable, Hashable {
    /// Empty where the stream names none; the standard's default is `message`.
    package var type: String
    /// The `data` lines, joined by line feeds.
    package var data: String
    /// Whether `data` came as valid UTF-8.
    package var isValid: Bool

    package init(type: String = "", data: String, isValid: Bool = true) {
        self.type = type
        self.data = data
        self.isValid = isValid
    }
}
