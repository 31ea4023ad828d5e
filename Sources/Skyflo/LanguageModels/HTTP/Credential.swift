import HTTPTransport

/// A secret text, such as an API key. It prints as `[redacted]` wherever it is interpolated, dumped or logged.
public struct Credential: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The secret itself. Only for the header that carries it.
    public let secret: String

    /// White space and a byte order mark around the text are dropped: keys that are read from files end in a line feed.
    public init(_ text: String) { secret = CredentialText.trimmed(text) }

    public var description: String { "[redacted]" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Whether an HTTP header can carry it: visible ASCII and blanks (RFC 9110, section 5.5).
    public var fitsHeader: Bool { secret.utf8.allSatisfy { (0x20...0x7E).contains($0) } }
}
