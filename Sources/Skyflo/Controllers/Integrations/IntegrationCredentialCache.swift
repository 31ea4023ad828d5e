import ControllerRuntime
import Integrations
import KubeClient
import KubeModel
import SkyfloAPI
import Synchronization

/// What a request to an integration needs of Secrets.
struct IntegrationAccess: Sendable, Hashable {
    /// nil for a system that is asked without one.
    var credential: IntegrationCredential?
    /// In PEM; nil for the authorities of the system.
    var certificates: String?
}

/// What of Secrets and ConfigMaps a system outside of the cluster is asked with, as a SkyfloAI names it.
struct AccessReferences: Sendable, Hashable {
    /// nil for a system that is asked without a credential.
    var secret: String?
    var usernameKey: String?
    var tokenKey: String?
    var login: IntegrationKind.Login
    var caSecret: IntegrationSettings.Reference?
    var caConfigMap: IntegrationSettings.Reference?
}

extension IntegrationSettings {
    fileprivate var references: AccessReferences {
        AccessReferences(
            secret: secret, usernameKey: usernameKey, tokenKey: tokenKey, login: kind.login, caSecret: caSecret,
            caConfigMap: caConfigMap)
    }
}

extension HelmRepositorySettings {
    fileprivate var references: AccessReferences {
        AccessReferences(
            secret: secret, usernameKey: usernameKey, tokenKey: tokenKey, login: .userOrToken, caSecret: caSecret,
            caConfigMap: caConfigMap)
    }
}

/// What was read of integrations' Secrets within the last minute. One that is refused is read again at once.
final class IntegrationCredentialCache: Sendable {
    static let lifetime = Duration.seconds(60)

    private struct Place: Hashable {
        var skyfloAI: ObjectKey
        var identity: Impersonation?
        var references: AccessReferences
    }

    private let entries = Mutex<[Place: (access: IntegrationAccess, readAt: Duration)]>([:])

    /// - Throws: ``Integrations/IntegrationError``, which is never remembered, and names Secrets and keys, never a value; what
    ///   the API server says.
    func access(
        to settings: IntegrationSettings, of skyflo: SkyfloAI, isNew: Bool, api: any KubeAPI, clock: any RuntimeClock
    ) async throws -> IntegrationAccess {
        try await access(by: settings.references, of: skyflo, isNew: isNew, api: api, clock: clock)
    }

    /// - Throws: as for an integration.
    func access(
        to settings: HelmRepositorySettings, of skyflo: SkyfloAI, isNew: Bool, api: any KubeAPI,
        clock: any RuntimeClock
    ) async throws -> IntegrationAccess {
        try await access(by: settings.references, of: skyflo, isNew: isNew, api: api, clock: clock)
    }

    private func access(
        by references: AccessReferences, of skyflo: SkyfloAI, isNew: Bool, api: any KubeAPI, clock: any RuntimeClock
    ) async throws -> IntegrationAccess {
        let place = Place(skyfloAI: skyflo.object.key, identity: skyflo.secretsIdentity, references: references)
        let readAt = clock.uptime
        if !isNew, let known = entries.withLock({ $0[place] }), readAt - known.readAt < Self.lifetime {
            return known.access
        }
        let (namespace, reader) = (skyflo.object.namespace, SecretsAPI(api, for: skyflo))
        let access: IntegrationAccess
        do {
            access = IntegrationAccess(
                credential: try await Self.credential(references, namespace: namespace, api: reader),
                certificates: try await Self.certificates(
                    secret: references.caSecret, configMap: references.caConfigMap, namespace: namespace, api: reader))
        } catch let refused as SecretForbidden {
            throw Self.failure("\(refused)")
        }
        entries.withLock { entries in
            entries = entries.filter { readAt - $0.value.readAt < Self.lifetime }
            entries[place] = (access, readAt)
        }
        return access
    }

    private static func credential(
        _ references: AccessReferences, namespace: String?, api: any KubeAPI
    ) async throws -> IntegrationCredential? {
        guard let name = references.secret else { return nil }
        guard let secret = try await api.find(.secrets, namespace: namespace, name: name) else {
            throw failure("Secret \(name) does not exist")
        }
        // As of models' keys: what it holds is sent to an address that the same SkyfloAI names.
        guard SkyfloAI.mayHoldKey(secret) else {
            throw failure("Secret \(name) is not of type Opaque; credentials are read from those only")
        }
        let usernameKey = references.usernameKey ?? "username"
        let username = references.login == .token ? nil : text(secret, usernameKey)
        // A key that is named has to be there: whoever names one doesn't mean to go without.
        let needsUser =
            references.login == .user || (references.login == .userOrToken && references.usernameKey != nil)
        guard username != nil || !needsUser else { throw failure("Secret \(name) has no key \(usernameKey)") }
        let keys = references.tokenKey.map { [$0] } ?? ["token", "password"]
        guard let token = keys.lazy.compactMap({ text(secret, $0) }).first else {
            throw failure("Secret \(name) has no key \(keys.joined(separator: " and no key "))")
        }
        guard let username else { return try IntegrationCredential(token: token) }
        return try IntegrationCredential(username: username, secret: token)
    }

    /// Certificate authorities, in PEM; nil where none are named.
    static func certificates(
        secret: IntegrationSettings.Reference?, configMap: IntegrationSettings.Reference?, namespace: String?,
        api: any KubeAPI
    ) async throws -> String? {
        if let reference = secret {
            let secret = try await api.find(.secrets, namespace: namespace, name: reference.name)
            guard let pem = secret.flatMap({ text($0, reference.key) }) else {
                throw failure("Secret \(reference.name) with a key \(reference.key) does not exist")
            }
            return pem
        }
        guard let reference = configMap else { return nil }
        let map = try await api.find(.configMaps, namespace: namespace, name: reference.name)
        guard let pem = map?["data", reference.key]?.string else {
            throw failure("ConfigMap \(reference.name) with a key \(reference.key) does not exist")
        }
        return pem
    }

    private static func text(_ secret: KubeObject, _ key: String) -> String? {
        secret["data", key]?.string.flatMap(Base64.decode).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func failure(_ message: String) -> IntegrationError {
        IntegrationError(.configuration, message: message)
    }
}

extension APIResource {
    fileprivate static let configMaps = APIResource(group: "", version: "v1", plural: "configmaps", kind: "ConfigMap")
}
