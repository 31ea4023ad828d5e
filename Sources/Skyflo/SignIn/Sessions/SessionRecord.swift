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
    /// Two pages may go on at the same moment; the token before counts so long, and gives no further one.
    static let graceSeconds = 10.0
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
    var rotatedAt: KubeTime
    /// Of the provider: what asks it again, and who it has to be.
    var providerToken: String?
    var subject: String?
    /// When the provider last said that it is still so.
    var checkedAt: KubeTime

    func isOver(at now: KubeTime) -> Bool {
        now >= expiresAt || now.seconds(since: usedAt) >= Self.idleSeconds
            || (origin == .provider && now.seconds(since: checkedAt) >= Self.outageSeconds + AccessToken.lifetime)
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
            rotatedAt: rotatedAt, providerToken: json["providerToken"]?.string, subject: json["subject"]?.string,
            checkedAt: checkedAt)
    }

    var json: JSONValue {
        .compact([
            "origin": .string(origin.rawValue), "user": .string(user), "groups": JSONValue(groups),
            "epoch": JSONValue(epoch), "startedAt": .string(startedAt.microTime), "usedAt": .string(usedAt.microTime),
            "expiresAt": .string(expiresAt.microTime), "formKey": .string(formKey), "agent": .string(agent),
            "refresh": .string(refreshDigest), "previous": previousDigest.map(JSONValue.string),
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

    var text: String { "\(session).\(secret)" }
    var digest: String { SecretText.digest(secret) }

    static func isHexadecimal(_ text: String, count: Int) -> Bool {
        text.utf8.count == count && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

/// The sessions of one Secret, and what may be done with them; no I/O.
struct SessionBook {
    /// Of one Secret; there are sixteen.
    static let limit = 128

    private(set) var sessions: [String: SessionRecord]

    init(_ entries: StateSecret.Entries) {
        sessions = entries.reduce(into: [:]) { $0[$1.key] = SessionRecord(id: $1.key, json: $1.value) }
    }

    var entries: StateSecret.Entries { sessions.mapValues(\.json) }

    /// Adds one; those that are over go, and where there are too many, those that were used longest ago.
    mutating func add(_ session: SessionRecord, at now: KubeTime) {
        sessions = sessions.filter { !$0.value.isOver(at: now) }
        while sessions.count >= Self.limit, let oldest = sessions.values.min(by: { $0.usedAt < $1.usedAt }) {
            sessions[oldest.id] = nil
        }
        sessions[session.id] = session
    }

    enum Rotation: Sendable, Hashable {
        /// Goes on with a new token.
        case rotated(SessionRecord, token: String)
        /// The token before, a moment ago: the session goes on, its newer token is with the browser already.
        case repeated(SessionRecord)
        /// A token that was used before: somebody else has it. The session has ended.
        case reused(user: String)
        case none
    }

    /// A token that isn't one of the last two was never given out, or was used earlier: either way whoever shows it has
    /// something that isn't theirs, and the session ends for both.
    mutating func rotate(_ token: RefreshToken, at now: KubeTime) -> Rotation {
        guard var session = sessions[token.session] else { return .none }
        guard !session.isOver(at: now) else {
            sessions[token.session] = nil
            return .none
        }
        if SecretText.isEqual(token.digest, to: session.refreshDigest) {
            let next = RefreshToken(session: session.id)
            session.previousDigest = session.refreshDigest
            session.refreshDigest = next.digest
            (session.rotatedAt, session.usedAt) = (now, now)
            sessions[session.id] = session
            return .rotated(session, token: next.text)
        }
        if let previous = session.previousDigest, SecretText.isEqual(token.digest, to: previous),
            now.seconds(since: session.rotatedAt) <= SessionRecord.graceSeconds
        {
            return .repeated(session)
        }
        sessions[session.id] = nil
        return .reused(user: session.user)
    }

    mutating func change(_ id: String, _ body: (inout SessionRecord) -> Void) {
        if var session = sessions[id] {
            body(&session)
            sessions[id] = session
        }
    }

    mutating func end(_ id: String) { sessions[id] = nil }

    mutating func endAll(of user: String, but kept: String?) {
        sessions = sessions.filter { $0.value.user != user || $0.key == kept }
    }
}
