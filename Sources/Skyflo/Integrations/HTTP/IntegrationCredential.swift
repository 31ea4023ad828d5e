import HTTPTransport
import KubeModel

/// A user's name and password or API token, or a token alone. Printing a value shows neither.
package struct IntegrationCredential: Sendable, Hashable {
    /// The user's name; nil for a token alone. It is no secret, and is shown with the integration's status by the system's own
    /// word only.
    package let username: String?
    private let secret: String

    /// - Throws: ``IntegrationError`` where they can't be sent in a header.
    package init(username: String, secret: String) throws(IntegrationError) {
        let name = CredentialText.trimmed(username)
        self.username = name
        self.secret = try Self.checked(secret)
        guard !name.contains(":"), CredentialText.fitsHeader(name) else { throw Self.unfit }
    }

    /// - Parameter token: sent as a bearer token.
    /// - Throws: ``IntegrationError`` where it can't be sent in a header.
    package init(token: String) throws(IntegrationError) {
        username = nil
        secret = try Self.checked(token)
    }

    private static func checked(_ secret: String) throws(IntegrationError) -> String {
        let text = CredentialText.withoutLineEnds(secret)
        guard !text.isEmpty else {
            throw IntegrationError(.configuration, message: "the integration's Secret has an empty token or password")
        }
        guard CredentialText.fitsHeader(text) else { throw unfit }
        return text
    }

    private static let unfit = IntegrationError(
        .configuration,
        message: "the integration's user name or token has a colon or a control character in the wrong place")

    /// The value of the header `Authorization`.
    var authorization: String { basic.map { "Basic \($0)" } ?? "Bearer \(secret)" }

    /// For a system that is asked without one first.
    package var header: IntegrationRequest.Field { .init("Authorization", value: authorization) }

    private var basic: String? { username.map { Base64.encode(Array("\($0):\(secret)".utf8)) } }

    /// What must not be read in any answer.
    package var texts: [[UInt8]] {
        ([secret] + (basic.map { [$0] } ?? [])).map { Array($0.utf8) }.filter { $0.count >= 4 }
    }
}

extension IntegrationCredential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[redacted]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
