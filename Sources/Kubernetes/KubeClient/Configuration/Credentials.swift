/// The proof of a client's identity, apart from a TLS client certificate.
///
/// Printing, interpolating or dumping a value never shows a secret.
public enum Credentials: Sendable, Hashable {
    /// No credential is sent: an anonymous client, or one that has only a certificate.
    case none
    /// A bearer token that stays the same.
    case token(String)
    /// A token that is replaced on disk while the process runs (projected ServiceAccount tokens, KEP-1205).
    /// `fallback` is sent as long as the file could not be read once.
    case tokenFile(path: String, fallback: String?)
    /// A user name and a password (RFC 7617). API servers themselves take none since Kubernetes 1.19; proxies before
    /// them may.
    case basic(user: String, password: String)
    /// A program that is asked for a token or a certificate (KEP-541).
    case exec(ExecPlugin)
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The kind of the credential and where it is from, without the secret.
    public var description: String {
        switch self {
        case .none: "none"
        case .token: "token (redacted)"
        case .tokenFile(let path, _): "token of \(path) (redacted)"
        case .basic(let user, _): "password of \(user) (redacted)"
        case .exec(let plugin): plugin.description
        }
    }
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// A mirror without children, so that dumping a value shows no secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
