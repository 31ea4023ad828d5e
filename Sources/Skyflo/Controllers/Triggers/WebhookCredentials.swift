import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import Synchronization
import WorkflowEngine

/// Whether who calls a webhook shows what its Secret has. Secrets are read when they are needed, and remembered for a minute; where
/// something else is shown, again after some seconds, so that a changed one counts soon and guessing reads no more of them.
final class WebhookCredentials: Sendable {
    static let lifetime = Duration.seconds(60)
    static let pause = Duration.seconds(5)
    /// What is shorter can be guessed.
    static let shortest = 16

    /// Why nobody can call it.
    struct Unusable: Error, Sendable, Hashable {
        /// Names the Secret and its keys, never a value.
        var message: String
    }

    private struct Place: Hashable {
        var skyfloAI: ObjectKey
        /// As whom it was read.
        var identity: Impersonation?
        var settings: AlertmanagerSettings
    }

    private struct Known: Sendable {
        var token: SharedSecret?
        /// `user:password`
        var basic: SharedSecret?
        var readAt: Duration

        func accepts(_ shown: Shown) -> Bool {
            switch shown {
            case .token(let bytes): token?.matches(bytes) ?? false
            case .basic(let bytes): basic?.matches(bytes) ?? false
            }
        }
    }

    /// What a header `Authorization` has.
    enum Shown: Sendable, Equatable {
        case token([UInt8])
        case basic([UInt8])

        /// nil for what is neither.
        init?(_ header: String?) {
            guard let header, header.utf8.count <= 8192 else { return nil }
            let parts = header.split(separator: " ", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            let value = parts[1].drop { $0 == " " }
            switch parts[0].lowercased() {
            case "bearer": self = .token(Array(value.utf8))
            case "basic":
                guard let bytes = Base64.decode(String(value)) else { return nil }
                self = .basic(bytes)
            default: return nil
            }
        }
    }

    private let entries = Mutex<[Place: Known]>([:])

    /// - Throws: ``Unusable``; what the API server says.
    func accept(
        _ header: String?, for settings: AlertmanagerSettings, of skyflo: SkyfloAI, api: any KubeAPI,
        clock: any RuntimeClock
    ) async throws -> Bool {
        guard let shown = Shown(header) else { return false }
        let place = Place(skyfloAI: skyflo.object.key, identity: skyflo.secretsIdentity, settings: settings)
        let now = clock.uptime
        if let known = entries.withLock({ $0[place] }), now - known.readAt < Self.lifetime {
            if known.accepts(shown) { return true }
            guard now - known.readAt >= Self.pause else { return false }
        }
        let read: Known
        do {
            read = try await Self.read(
                settings, namespace: skyflo.object.namespace, api: SecretsAPI(api, for: skyflo), at: now)
        } catch let forbidden as SecretForbidden {
            throw Unusable(message: forbidden.description)
        }
        entries.withLock { entries in
            entries = entries.filter { now - $0.value.readAt < Self.lifetime }
            entries[place] = read
        }
        return read.accepts(shown)
    }

    private static func read(
        _ settings: AlertmanagerSettings, namespace: String?, api: any KubeAPI, at now: Duration
    ) async throws -> Known {
        guard let secret = try await api.find(.secrets, namespace: namespace, name: settings.secret) else {
            throw Unusable(message: "Secret \(settings.secret) does not exist")
        }
        guard SkyfloAI.mayHoldKey(secret) else {
            throw Unusable(
                message: "Secret \(settings.secret) is not of type Opaque; credentials are read from those only")
        }
        func bytes(_ key: String) throws -> [UInt8]? {
            guard let bytes = secret["data", key]?.string.flatMap(Base64.decode) else { return nil }
            // A file that a Secret is made of often ends with a line feed.
            let text = String(decoding: bytes, as: UTF8.self)
            return Array(text.prefix { !$0.isNewline }.utf8)
        }
        func long(_ key: String) throws -> [UInt8]? {
            guard let bytes = try bytes(key) else { return nil }
            guard bytes.count >= shortest else {
                throw Unusable(
                    message:
                        "the key \(key) of Secret \(settings.secret) has fewer than \(shortest) characters, which can be guessed"
                )
            }
            return bytes
        }
        let token = try long(settings.tokenKey)
        var basic: [UInt8]?
        if let user = try bytes(settings.usernameKey), let password = try long(settings.passwordKey) {
            basic = user + [UInt8(ascii: ":")] + password
        }
        guard token != nil || basic != nil else {
            throw Unusable(
                message:
                    "Secret \(settings.secret) has neither a key \(settings.tokenKey) nor keys \(settings.usernameKey) and "
                    + settings.passwordKey)
        }
        return Known(token: token.map { SharedSecret($0) }, basic: basic.map { SharedSecret($0) }, readAt: now)
    }
}
