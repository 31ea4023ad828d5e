import Crypto
import KubeModel
import Synchronization

/// The keys of a server: what signs access tokens, and what seals what browsers keep for it.
struct ServerKey: Sendable, Hashable {
    /// How long a key is used for new things.
    static let useSeconds = 7 * 86_400.0
    /// And how long what was made with it is still taken: as long as anything made with it may matter.
    static let graceSeconds = 86_400.0

    let id: String
    let signing: [UInt8]
    let sealing: [UInt8]
    let createdAt: KubeTime

    static func new(at now: KubeTime) -> ServerKey {
        ServerKey(
            id: SecretText.random(bytes: 8),
            signing: Array(Curve25519.Signing.PrivateKey().rawRepresentation), sealing: SecretText.randomBytes(32),
            createdAt: now)
    }

    init(id: String, signing: [UInt8], sealing: [UInt8], createdAt: KubeTime) {
        (self.id, self.signing, self.sealing, self.createdAt) = (id, signing, sealing, createdAt)
    }

    init?(id: String, json: JSONValue) {
        guard let signing = json["signing"]?.string.flatMap(Base64.decode), signing.count == 32,
            let sealing = json["sealing"]?.string.flatMap(Base64.decode), sealing.count == 32,
            let createdAt = json["createdAt"]?.string.flatMap({ KubeTime($0) })
        else { return nil }
        self.init(id: id, signing: signing, sealing: sealing, createdAt: createdAt)
    }

    var json: JSONValue {
        [
            "signing": .string(Base64.encode(signing)), "sealing": .string(Base64.encode(sealing)),
            "createdAt": .string(createdAt.description),
        ]
    }
}

/// The keys that count at a moment, the newest first.
struct KeyRing: Sendable, Hashable {
    private(set) var keys: [ServerKey]

    init(_ entries: StateSecret.Entries) {
        keys = entries.compactMap { ServerKey(id: $0.key, json: $0.value) }.sorted {
            ($1.createdAt, $0.id) < ($0.createdAt, $1.id)
        }
    }

    func key(_ id: String) -> ServerKey? { keys.first { $0.id == id } }

    /// What new things are made with; nil where there has to be a new one.
    func current(at now: KubeTime) -> ServerKey? {
        keys.first.flatMap { now.seconds(since: $0.createdAt) < ServerKey.useSeconds ? $0 : nil }
    }

    /// Adds a new key where the newest is too old, and drops what is taken no longer.
    mutating func rotate(at now: KubeTime) {
        if current(at: now) == nil { keys.insert(.new(at: now), at: 0) }
        let newest = keys.first
        keys.removeAll {
            $0 != newest && now.seconds(since: $0.createdAt) > ServerKey.useSeconds + ServerKey.graceSeconds
        }
    }

    var entries: StateSecret.Entries { Dictionary(keys.map { ($0.id, $0.json) }) { first, _ in first } }
}

/// The keys of the Secret, as last read. All replicas use the same ones.
final class ServerKeys: Sendable {
    private struct State: Sendable {
        var ring: KeyRing?
        var readAt = ContinuousClock.now
    }

    /// How often a key that nobody knows is looked for.
    private static let pause = Duration.seconds(5)

    private let secret: StateSecret
    private let now: @Sendable () -> KubeTime
    private let state = Mutex(State())

    init(_ secret: StateSecret, now: @escaping @Sendable () -> KubeTime) {
        self.secret = secret
        self.now = now
    }

    /// The key for what is made now; one is added where the newest is too old.
    func current() async throws -> ServerKey {
        if let known = state.withLock(\.ring)?.current(at: now()) { return known }
        let ring = try await secret.change { entries in
            var ring = KeyRing(entries)
            ring.rotate(at: now())
            entries = ring.entries
            return ring
        }
        state.withLock { $0 = State(ring: ring) }
        guard let key = ring.keys.first else { throw SignInRefusal(.unavailable, "There is no key to sign with.") }
        return key
    }

    /// The key of that id: one that isn't known may be another replica's new one.
    func key(_ id: String) async throws -> ServerKey? {
        let known = state.withLock { $0 }
        if let key = known.ring?.key(id) { return counts(key) ? key : nil }
        guard known.ring == nil || known.readAt.duration(to: .now) > Self.pause else { return nil }
        let ring = KeyRing(try await secret.read())
        state.withLock { $0 = State(ring: ring) }
        return ring.key(id).flatMap { counts($0) ? $0 : nil }
    }

    private func counts(_ key: ServerKey) -> Bool {
        now().seconds(since: key.createdAt) <= ServerKey.useSeconds + ServerKey.graceSeconds
    }
}
