import HTTPTransport
import KubeModel

/// Whom a person is in the cluster: the user and the groups that requests for them impersonate.
///
/// Whatever a provider or an account says, nobody becomes one of the cluster's own: names that begin with `system:` are
/// refused here, and so is what could be read as another name on the way (a blank around it, a control character).
package struct PersonIdentity: Sendable, Hashable {
    /// The largest size of a name, in bytes.
    static let nameLimit = 256
    /// The largest number of groups.
    static let groupLimit = 256
    /// What local accounts are called by, and nobody else.
    package static let localPrefix = "skyflo:"

    package let user: String
    package let groups: [String]

    /// - Throws: ``SignInRefusal`` for a name that nobody may have.
    package init(user: String, groups: [String]) throws(SignInRefusal) {
        try Self.check(user, what: "user name")
        guard groups.count <= Self.groupLimit else {
            throw SignInRefusal(
                .forbidden, "You are in \(groups.count) groups; at most \(Self.groupLimit) can be taken into account.")
        }
        for group in groups { try Self.check(group, what: "group") }
        self.user = user
        self.groups = Set(groups).sorted()
    }

    /// As requests name it.
    package var impersonation: Impersonation { Impersonation(user: user, groups: groups) }

    private static func check(_ name: String, what: String) throws(SignInRefusal) {
        guard !name.isEmpty, name.utf8.count <= nameLimit else {
            throw SignInRefusal(.forbidden, "A \(what) of yours is empty or longer than \(nameLimit) bytes.")
        }
        guard CredentialText.fitsHeader(name), name.first?.isWhitespace == false, name.last?.isWhitespace == false
        else {
            throw SignInRefusal(
                .forbidden, "A \(what) of yours has a blank at an end, or a control character, and can't be sent.")
        }
        guard !name.lowercased().hasPrefix("system:") else {
            throw SignInRefusal(
                .forbidden, "A \(what) of yours begins with system:, which the cluster keeps for itself.")
        }
    }
}

/// Why somebody isn't signed in, in a sentence for whoever tried. It holds no credential.
package struct SignInRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Kind: Int, Sendable {
        /// Something about the request itself: a password that is too short, a name that can't be one.
        case invalid = 422
        case unauthorized = 401
        case forbidden = 403
        case conflict = 409
        case tooMany = 429
        /// A provider or the API server doesn't answer.
        case unavailable = 503
    }

    package var kind: Kind
    package var message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }
}
