import HTTPTransport
import KubeModel

/// A user's name and password or API token. Printing a value shows neither.
package struct IntegrationCredential: Sendable, Hashable {
    /// The user's name. It is no secret, and is shown with the integration's status by the system's own word only.
    package let username: String
    private let secret: String

    /// - Throws: ``IntegrationError`` where they can't be sent in a header.
    package init(username: String, secret: String) throws(IntegrationError) {
        self.username = CredentialText.trimmed(username)
        self.secret = CredentialText.withoutLineEnds(secret)
        guard !self.secret.isEmpty else {
            throw IntegrationError(.configuration, message: "the integration's Secret has an empty token or password")
        }
        guard !self.username.contains(":"), CredentialText.fitsHeader(self.username),
            CredentialText.fitsHeader(self.secret)
        else {
            throw IntegrationError(
                .configuration,
                message: "the integration's user name or token has a colon or a control character in the wrong place")
        }
    }

    /// The value of the header `Authorization`.
    var authorization: String { "Basic " + Base64.encode(Array("\(username):\(secret)".utf8)) }

    /// What must not be read in any answer.
    var texts: [[UInt8]] {
        [secret, Base64.encode(Array("\(username):\(secret)".utf8))].map { Array($0.utf8) }.filter { $0.count >= 4 }
    }
}

extension IntegrationCredential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[redacted]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
