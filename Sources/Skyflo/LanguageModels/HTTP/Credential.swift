import HTTPTransport

/// A secret text, such as an API key. It prints as `[redacted]` wherever it is interpolated, dumped or logged.
package struct Credential: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    /// The secret itself. Only for the header that carries it.
    package let secret: String

    /// White space and a byte order mark around the text are dropped: keys that are read from files end in a line feed.
    package init(_ text: String) { secret = CredentialText.trimmed(text) }

    package var description: String { "[redacted]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// Whether an HTTP header can carry it: visible ASCII and blanks (RFC 9110, section 5.5).
    package var fitsHeader: Bool { secret.utf8.allSatisfy { (0x20...0x7E).contains($0) } }
}
