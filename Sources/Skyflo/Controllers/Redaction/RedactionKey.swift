import ControllerRuntime
import KubeClient
import KubeModel
import Logging
import SkyfloAPI

/// The key of an installation, which its redaction tokens are made with and its transcripts' credentials are encrypted with.
///
/// It lies in a Secret beside the operator, made once by whichever worker comes first, so that tokens stay the same over
/// restarts and for all workers, and can't be compared with those of another cluster.
struct RedactionKey: Sendable {
    static let secretName = "skyflo-redaction-key"
    private static let member = "key"
    private static let bytes = 32

    struct Failure: Error, Sendable, CustomStringConvertible {
        var description: String
    }

    let api: any KubeAPI
    let namespace: String
    let clock: any RuntimeClock
    let logger: Logger

    /// Reads the key, and makes it where there is none.
    ///
    /// - Throws: ``Failure`` where the Secret can't be used; what the API server refuses; `KubeClientError` when it still
    ///   doesn't answer after half a minute; `CancellationError`.
    func load() async throws -> [UInt8] {
        try await withRetry("reading the redaction key", clock: clock, logger: logger) { try await find() }
    }

    private func find() async throws -> [UInt8] {
        if let secret = try await api.find(.secrets, namespace: namespace, name: Self.secretName) {
            return try Self.key(in: secret)
        }
        do {
            let made = try await api.create(
                newSecret, in: .secrets, options: WriteOptions(fieldManager: SkyfloGroup.fieldManager))
            logger.notice("redaction key made", metadata: ["secret": "\(namespace)/\(Self.secretName)"])
            return try Self.key(in: made)
        } catch let status as APIStatus where status.reason == .alreadyExists {
            return try Self.key(in: try await api.get(.secrets, namespace: namespace, name: Self.secretName))
        }
    }

    private var newSecret: KubeObject {
        var generator = SystemRandomNumberGenerator()
        let key = (0..<Self.bytes).map { _ in UInt8.random(in: 0...255, using: &generator) }
        var secret = KubeObject(
            .secrets, namespace: namespace, name: Self.secretName,
            members: [
                "type": "skyflo.ai/redaction-key", "data": .object([Self.member: .string(Base64.encode(key))]),
                // Another key would make unreadable what was encrypted with this one.
                "immutable": true,
            ])
        secret.labels = ["app.kubernetes.io/name": "skyflo"]
        return secret
    }

    static func key(in secret: KubeObject) throws(Failure) -> [UInt8] {
        guard let key = secret["data", member]?.string.flatMap(Base64.decode), key.count >= bytes else {
            throw Failure(
                description:
                    "the Secret \(secret.namespace ?? "")/\(secretName) has no \"\(member)\" of \(bytes) bytes "
                    + "or more. Delete it to have a new one made; redacted values then change, and what was encrypted "
                    + "is lost")
        }
        return key
    }
}
