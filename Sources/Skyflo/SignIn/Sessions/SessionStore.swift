import Concurrency
import KubeModel

/// The sessions of all replicas, in sixteen Secrets by the first digit of their ids.
struct SessionStore: Sendable {
    private static let atOnce = 8

    let secrets: SignInSecrets
    let now: @Sendable () -> KubeTime

    func open(_ make: (_ id: String, _ refreshDigest: String) -> SessionRecord) async throws -> (
        record: SessionRecord, token: String
    ) {
        let token = RefreshToken(session: SecretText.random(bytes: 16))
        let record = make(token.session, token.digest)
        try await change(record.id) { $0.add(record, at: now()) }
        return (record, token.text)
    }

    /// - Returns: nil for one that isn't there, is over, or wasn't confirmed by its provider for too long.
    func find(_ id: String) async throws -> SessionRecord? {
        guard RefreshToken.isHexadecimal(id, count: 32) else { return nil }
        guard let json = try await secrets.sessions(Self.shard(of: id)).entry(id),
            let record = SessionRecord(id: id, json: json), !record.isOver(at: now()), !record.isUnchecked(at: now())
        else { return nil }
        return record
    }

    /// - Parameter answered: as ``SessionBook/rotate(_:answered:at:)`` takes it.
    func rotate(_ token: RefreshToken, answered: SessionRecord? = nil) async throws -> SessionBook.Rotation {
        try await change(token.session) { $0.rotate(token, answered: answered, at: now()) }
    }

    func update(_ id: String, _ body: (inout SessionRecord) -> Void) async throws {
        try await change(id) { $0.change(id, body) }
    }

    func end(_ id: String) async throws {
        guard RefreshToken.isHexadecimal(id, count: 32) else { return }
        try await change(id) { $0.end(id) }
    }

    /// - Parameter kept: the one that goes on; nil for none.
    func endAll(of user: String, but kept: String? = nil) async throws {
        _ = try await SignInSecrets.shards.concurrentMap(atOnce: Self.atOnce) { shard in
            try await secrets.sessions(shard).change { entries in
                var book = SessionBook(entries)
                book.endAll(of: user, but: kept)
                entries = book.entries
            }
        }
    }

    /// The newest first.
    func all(of user: String) async throws -> [SessionRecord] {
        let found = try await SignInSecrets.shards.concurrentMap(atOnce: Self.atOnce) { shard in
            Array(SessionBook(try await secrets.sessions(shard).read()).sessions.values)
        }
        let moment = now()
        return found.flatMap(\.self).filter { $0.user == user && !$0.isOver(at: moment) }.sorted {
            ($1.startedAt, $0.id) < ($0.startedAt, $1.id)
        }
    }

    private static func shard(of id: String) -> String { String(id.prefix(1)) }

    private func change<Result: Sendable>(
        _ id: String, _ body: (inout SessionBook) throws -> Result
    ) async throws -> Result {
        try await secrets.sessions(Self.shard(of: id)).change { entries in
            var book = SessionBook(entries)
            let result = try body(&book)
            entries = book.entries
            return result
        }
    }
}
