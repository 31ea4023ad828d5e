/// How a client proves who it is, apart from a TLS client certificate.
///
/// Printing, interpolating or dumping a value never shows a secret.
public enum Credentials: Sendable, Hashable {
    /// Nothing is sent: an anonymous client, or one that has only a certificate.
    case none
    case token(String)
    /// A token that is replaced on disk while the process runs (projected ServiceAccount tokens, KEP-1205).
    /// `fallback` is sent as long as the file could not be read once.
    case tokenFile(path: String, fallback: String?)
    case basic(user: String, password: String)
    /// A program that is asked for a token or a certificate (KEP-541).
    case exec(ExecPlugin)
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String {
        switch self {
        case .none: "none"
        case .token: "token (redacted)"
        case .tokenFile(let path, _): "token of \(path) (redacted)"
        case .basic(let user, _): "password of \(user) (redacted)"
        case .exec(let plugin): plugin.description
        }
    }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
