import KubeModel

/// The sessions of one Secret, and what may be done with them; no I/O.
struct SessionBook {
    /// Of one Secret; there are sixteen.
    static let limit = 128
    /// Of one person in one Secret: whoever signs in again and again ends sessions of their own, not of others.
    static let limitPerUser = 8
    /// In bytes, as they are stored; well below ``StateSecret/sizeLimit``, so that what is there can still be changed.
    static let sizeLimit = 700 * 1024

    private(set) var sessions: [String: SessionRecord]

    init(_ entries: StateSecret.Entries) {
        sessions = entries.reduce(into: [:]) { $0[$1.key] = SessionRecord(id: $1.key, json: $1.value) }
    }

    var entries: StateSecret.Entries { sessions.mapValues(\.json) }

    /// Adds one; those that are over go, and where there are too many, those that were used longest ago.
    mutating func add(_ session: SessionRecord, at now: KubeTime) {
        sessions = sessions.filter { !$0.value.isOver(at: now) }
        var own = sessions.values.filter { $0.user == session.user }.sorted { $0.usedAt < $1.usedAt }[...]
        while own.count >= Self.limitPerUser, let oldest = own.popFirst() { sessions[oldest.id] = nil }
        while sessions.count >= Self.limit, let oldest = sessions.values.min(by: { $0.usedAt < $1.usedAt }) {
            sessions[oldest.id] = nil
        }
        sessions[session.id] = session
        makeRoom(for: session.id)
    }

    /// Ends those that were used longest ago until the others fit into the Secret.
    private mutating func makeRoom(for id: String) {
        // Base64, and the name beside it.
        let sizes = sessions.mapValues { JSONWriter.string($0.json).utf8.count * 4 / 3 + 64 }
        var size = sizes.values.reduce(0, +)
        for session in sessions.values.sorted(by: { $0.usedAt < $1.usedAt }) where session.id != id {
            guard size > Self.sizeLimit else { return }
            size -= sizes[session.id] ?? 0
            sessions[session.id] = nil
        }
    }

    enum Rotation: Sendable, Hashable {
        /// Goes on with a new token.
        case rotated(SessionRecord, token: String)
        /// The token before, a moment ago: the session goes on with the same new token.
        case repeated(SessionRecord, token: String)
        /// Goes on when the provider was asked, which nobody else does meanwhile.
        case toBeAsked(SessionRecord)
        /// Another request asks the provider.
        case isBeingAsked
        /// A token that was used before: somebody else has it. The session has ended.
        case reused(user: String)
        case none
    }

    /// A token that isn't one of the last two was never given out, or was used earlier: either way whoever shows it has
    /// something that isn't theirs, and the session ends for both.
    ///
    /// - Parameter answered: the session as the provider has it now; nil where it wasn't asked. The token is used up afterwards
    ///   only, so that what goes wrong between leaves the browser with one that counts.
    mutating func rotate(_ token: RefreshToken, answered: SessionRecord? = nil, at now: KubeTime) -> Rotation {
        guard var session = sessions[token.session] else { return .none }
        guard !session.isOver(at: now) else {
            sessions[token.session] = nil
            return .none
        }
        if SecretText.isEqual(token.digest, to: session.refreshDigest) {
            if session.origin == .provider, session.providerToken != nil, answered == nil {
                return ask(about: &session, at: now)
            }
            if session.seed.isEmpty { session.seed = SecretText.random() }
            let next = token.next(seed: session.seed)
            session.previousDigest = session.refreshDigest
            session.refreshDigest = next.digest
            (session.rotatedAt, session.usedAt, session.askedUntil) = (now, now, nil)
            if let answered {
                (session.groups, session.checkedAt) = (answered.groups, answered.checkedAt)
                session.providerToken = answered.providerToken
            }
            sessions[session.id] = session
            makeRoom(for: session.id)
            return .rotated(session, token: next.text)
        }
        if let previous = session.previousDigest, SecretText.isEqual(token.digest, to: previous),
            now.seconds(since: session.rotatedAt) <= SessionRecord.graceSeconds
        {
            return .repeated(session, token: token.next(seed: session.seed).text)
        }
        sessions[session.id] = nil
        return .reused(user: session.user)
    }

    private mutating func ask(about session: inout SessionRecord, at now: KubeTime) -> Rotation {
        if let until = session.askedUntil, now < until { return .isBeingAsked }
        session.askedUntil = now.adding(seconds: SessionRecord.askingSeconds)
        sessions[session.id] = session
        return .toBeAsked(session)
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
