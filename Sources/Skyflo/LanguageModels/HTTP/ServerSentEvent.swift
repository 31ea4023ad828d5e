/// One event of a `text/event-stream`.
struct ServerSentEvent: Sendable, Hashable {
    /// Empty where the stream names none; the standard's default is `message`.
    var type: String = ""
    /// The `data` lines, joined by line feeds.
    var data: String
    /// Whether `data` came as valid UTF-8.
    var isValid = true
}
