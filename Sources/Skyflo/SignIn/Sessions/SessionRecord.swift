import Crypto
import KubeModel
import Synchronization

/// A session as it is stored: who it is, until when, and the digest of the token that goes on with it.
package struct SessionRecord: Sendable, Hashable {
    package enum Origin: String, Sendable { case local, provider }

    /// How long a session lasts that isn't gone on with.
    static let idleSeconds = 12 * 3600.0
    static let ageSeconds = 7 * 86_400.0
    /// Of a provider that gives no refresh token: it can't be asked again whether what it said is still so.
    static let uncheckedSeconds = 3600.0
    /// Two pages may go on at the same moment, and an answer may get lost; the token before counts so long, and gives the same
    /// next one again.
    static let graceSeconds = 60.0
    /// How long one request may take to ask the provider; others with the same token wait for it.
    static let askingSeconds = 45.0
    /// Of ``agent``, in bytes of UTF-8: one character may have any number of them.
    static let agentLimit = 200
    /// How long a provider may be out of reach before its sessions end.
    static let outageSeconds = 3600.0

    package internal(set) var id: String
    package internal(set) var origin: Origin
    package internal(set) var user: String
    /// What the provider said; of a local account its roles say it, each time.
    package internal(set) var groups: [String] = []
    /// Of a local account: which state of it the session was opened in.
    var epoch = 0
    package internal(set) var startedAt: KubeTime
    package internal(set) var usedAt: KubeTime
    package internal(set) var expiresAt: KubeTime
    /// Proves that a form is from one of this session's pages.
    package internal(set) var formKey: String
    /// Which browser, as it says itself; for the person's own list.
    package internal(set) var agent: String
    var refreshDigest: String
    var previousDigest: String?
    /// Whoever has this and a refresh token has the next one: a token that is shown twice gives the same one. Empty in records
    /// of earlier versions.
    var seed = ""
    var rotatedAt: KubeTime
    /// Of the provider: what asks it again, and who it has to be.
    var providerToken: String?
    var subject: String?
    /// When the provider last said that it is still so.
    var checkedAt: KubeTime
    /// Until when a request may ask the provider; nil where none does.
    var askedUntil: KubeTime?

    func isOver(at now: KubeTime) -> Bool { now >= expiresAt || now.seconds(since: usedAt) >= Self.idleSeconds }

    /// Whether nobody is served before the provider was asked again.
    func isUnchecked(at now: KubeTime) -> Bool {
        origin == .provider && now.seconds(since: checkedAt) >= Self.outageSeconds + AccessToken.lifetime
    }

    /// What is stored of what a browser calls itself.
    static func brief(_ agent: String) -> String {
        var result = String.UnicodeScalarView()
        var bytes = 0
        for scalar in agent.unicodeScalars {
            bytes += UTF8.width(scalar)
            guard bytes <= agentLimit else { break }
            result.append(scalar)
        }
        return String(result)
    }
}

extension SessionRecord {
    init?(id: String, json: JSONValue) {
        func time(_ name: String) -> KubeTime? { json[name]?.string.flatMap { KubeTime($0) } }
        guard let origin = json["origin"]?.string.flatMap(Origin.init), let user = json["user"]?.string,
            let startedAt = time("startedAt"), let usedAt = time("usedAt"), let expiresAt = time("expiresAt"),
            let formKey = json["formKey"]?.string, let digest = json["refresh"]?.string,
            let rotatedAt = time("rotatedAt"), let checkedAt = time("checkedAt")
        else { return nil }
        self.init(
            id: id, origin: origin, user: user, groups: json["groups"]?.array?.compactMap(\.string) ?? [],
            epoch: json["epoch"]?.int ?? 0, startedAt: startedAt, usedAt: usedAt, expiresAt: expiresAt,
            formKey: formKey,
            agent: json["agent"]?.string ?? "", refreshDigest: digest, previousDigest: json["previous"]?.string,
            seed: json["seed"]?.string ?? "", rotatedAt: rotatedAt, providerToken: json["providerToken"]?.string,
            subject: json["subject"]?.string,
            checkedAt: checkedAt, askedUntil: time("askedUntil"))
    }

    var json: JSONValue {
        .compact([
            "origin": .string(origin.rawValue), "user": .string(user), "groups": JSONValue(groups),
            "epoch": JSONValue(epoch), "startedAt": .string(startedAt.microTime), "usedAt": .string(usedAt.microTime),
            "expiresAt": .string(expiresAt.microTime), "formKey": .string(formKey), "agent": .string(agent),
            "refresh": .string(refreshDigest), "previous": previousDigest.map(JSONValue.string),
            "seed": .string(seed), "askedUntil": askedUntil.map { .string($0.microTime) },
            "rotatedAt": .string(rotatedAt.microTime), "providerToken": providerToken.map(JSONValue.string),
            "subject": subject.map(JSONValue.string), "checkedAt": .string(checkedAt.microTime),
        ])
    }
}

/// What shows that a session may be gone on with: which one, and a secret of which only the digest is stored.
struct RefreshToken: Sendable, Hashable {
    var session: String
    var secret: String

    init(session: String) {
        self.session = session
        secret = SecretText.random()
    }

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, Self.isHexadecimal(parts[0], count: 32), Self.isHexadecimal(parts[1], count: 64) else {
            return nil
        }
        (session, secret) = (parts[0], parts[1])
    }

    /// The one after this.
    /// - Parameter seed: of the session.
    func next(seed: String) -> RefreshToken {
        var next = self
        let key = SymmetricKey(data: Array(seed.utf8))
        next.secret = Array(HMAC<SHA256>.authenticationCode(for: Array(secret.utf8), using: key)).hexadecimal
        return next
    }

    var text: String { "\(session).\(secret)" }
    var digest: String { SecretText.digest(secret) }

    static func isHexadecimal(_ text: String, count: Int) -> Bool {
        text.utf8.count == count && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
