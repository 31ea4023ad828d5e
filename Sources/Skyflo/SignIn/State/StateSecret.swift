import Concurrency
import KubeClient
import KubeModel

/// One Secret that all replicas share: JSON values by their keys, changed by compare-and-swap.
///
/// The names of these Secrets are fixed and few, so that a Role can name them (`resourceNames`): whoever serves the pages may
/// read no other Secret of the namespace.
struct StateSecret: Sendable {
    typealias Entries = [String: JSONValue]

    /// What a Secret may hold of the API server's 1 MiB.
    static let sizeLimit = 900 * 1024
    private static let attempts = 12
    private static let backoff = Backoff(base: .milliseconds(5), maximum: .milliseconds(200), jitter: 0.8)

    let api: any KubeAPI
    let namespace: String
    let name: String

    /// - Throws: ``SignInRefusal`` of kind `unavailable` where the API server doesn't let it be read.
    func read() async throws -> Entries {
        do {
            return try await load().entries
        } catch let status as APIStatus {
            throw refusal(status)
        }
    }

    /// One entry; the others aren't parsed.
    /// - Throws: as ``read()``.
    func entry(_ key: String) async throws -> JSONValue? {
        do {
            let object = try await api.find(.secrets, namespace: namespace, name: name)
            return object?["data"]?.object?[key]?.string.flatMap(Base64.decode).flatMap { try? JSONParser.parse($0) }
        } catch let status as APIStatus {
            throw refusal(status)
        }
    }

    /// A refusal of the server's own request is nothing that the person may not do.
    private func refusal(_ status: APIStatus) -> SignInRefusal {
        SignInRefusal(
            .unavailable,
            "The Secret \(namespace)/\(name) of this server can't be read or written (HTTP \(status.code)).")
    }

    /// Changes the entries; where somebody else changed them in the meantime, `decide` is asked again with theirs.
    /// - Throws: what `decide` does; ``SignInRefusal`` where it would get too large, or may not be written.
    func change<Result: Sendable>(_ decide: (inout Entries) throws -> Result) async throws -> Result {
        do {
            return try await swap(decide)
        } catch let status as APIStatus {
            throw refusal(status)
        }
    }

    private func swap<Result: Sendable>(_ decide: (inout Entries) throws -> Result) async throws -> Result {
        for attempt in 1...Self.attempts {
            var (object, entries) = try await load()
            let before = entries
            let result = try decide(&entries)
            guard entries != before else { return result }
            do {
                try await store(entries, in: &object)
                return result
            } catch let status as APIStatus where status.code == 409 {
                try await Concurrency.sleep(for: Self.backoff.delay(failures: attempt, random: .random(in: 0...1)))
            }
        }
        throw SignInRefusal(.unavailable, "Too many changes at once. Try again in a moment.")
    }

    private func load() async throws -> (object: KubeObject?, entries: Entries) {
        guard let object = try await api.find(.secrets, namespace: namespace, name: name) else { return (nil, [:]) }
        var entries: Entries = [:]
        for (key, value) in object["data"]?.object ?? [:] {
            guard let bytes = value.string.flatMap(Base64.decode), let json = try? JSONParser.parse(bytes) else {
                continue
            }
            entries[key] = json
        }
        return (object, entries)
    }

    private func store(_ entries: Entries, in object: inout KubeObject?) async throws {
        let data = entries.sorted { $0.key < $1.key }.map { key, value in
            (key, JSONValue.string(Base64.encode(Array(JSONWriter.string(value).utf8))))
        }
        let size = data.reduce(0) { $0 + $1.0.utf8.count + ($1.1.string?.utf8.count ?? 0) }
        guard size <= Self.sizeLimit else {
            throw SignInRefusal(.unavailable, "The Secret \(namespace)/\(name) is full.")
        }
        if var known = object {
            known["data"] = .object(JSONObject(data))
            known["metadata", "managedFields"] = nil
            _ = try await api.update(known, in: .secrets, options: WriteOptions(fieldManager: "skyflo-web"))
        } else {
            var new = KubeObject(.secrets, namespace: namespace, name: name)
            new["metadata", "labels"] = ["app.kubernetes.io/name": "skyflo", "app.kubernetes.io/component": "web"]
            new["type"] = "Opaque"
            new["data"] = .object(JSONObject(data))
            _ = try await api.create(new, in: .secrets, options: WriteOptions(fieldManager: "skyflo-web"))
        }
    }
}

/// The Secrets of the pages' server in one namespace.
package struct SignInSecrets: Sendable {
    let api: any KubeAPI
    let namespace: String

    /// - Parameter api: of the server itself; it needs `get` and `update` of the Secrets ``names``, and `create` where they
    ///   don't exist yet.
    package init(api: any KubeAPI, namespace: String) {
        self.api = api
        self.namespace = namespace
    }

    static let shards = Array("0123456789abcdef").map(String.init)

    /// Of all of them, as a Role names them.
    package static let names =
        ["skyflo-web-accounts", "skyflo-web-keys", "skyflo-web-setup"] + shards.map { "skyflo-web-sessions-\($0)" }

    var accounts: StateSecret { secret("skyflo-web-accounts") }
    var keys: StateSecret { secret("skyflo-web-keys") }
    var setUp: StateSecret { secret("skyflo-web-setup") }
    func sessions(_ shard: String) -> StateSecret { secret("skyflo-web-sessions-\(shard)") }

    private func secret(_ name: String) -> StateSecret { StateSecret(api: api, namespace: namespace, name: name) }
}
