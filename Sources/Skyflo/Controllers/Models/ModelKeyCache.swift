import ControllerRuntime
import KubeClient
import KubeModel
import LanguageModels
import SkyfloAPI
import Synchronization

/// The keys of models as they were read from Secrets within the last minute.
///
/// One that the provider refuses is read again at once (``ResolvedReferences/withNewKey(_:)``). A change of the SkyfloAI
/// that names a Secret makes all that was read for it count no more.
final class ModelKeyCache: Sendable {
    static let lifetime = Duration.seconds(60)

    private struct Place: Hashable {
        var skyfloAI: ObjectKey
        var secret: String
        var key: String
        var use: ModelKey.Use
    }

    private struct Entry {
        var credential: Credential
        /// Of the clock's uptime.
        var readAt: Duration
        var uid: String
        var generation: Int
    }

    private let entries = Mutex<[Place: Entry]>([:])

    /// - Parameter isNew: it is read whatever is remembered.
    /// - Returns: nil for a model that needs no key.
    /// - Throws: ``ModelKey/Failure``, which is never remembered; what the API server says.
    func credential(
        of model: SkyfloAI.Model, in skyflo: SkyfloAI, isNew: Bool = false, api: any KubeAPI, clock: any RuntimeClock
    ) async throws -> Credential? {
        guard let reference = model.apiKeySecretRef else { return nil }
        return try await credential(
            reference, use: .apiKey, of: model.name, in: skyflo, isNew: isNew, api: api, clock: clock)
    }

    /// - Parameter model: its name, for messages.
    func credential(
        _ reference: SkyfloAI.Model.SecretReference, use: ModelKey.Use, of model: String, in skyflo: SkyfloAI,
        isNew: Bool, api: any KubeAPI, clock: any RuntimeClock
    ) async throws -> Credential {
        if !isNew, let known = known(reference, use: use, object: skyflo.object, clock: clock) { return known }
        let (namespace, readAt) = (skyflo.object.namespace, clock.uptime)
        let found: KubeObject?
        do {
            found = try await SecretsAPI(api, for: skyflo).find(
                use.resource, namespace: namespace, name: reference.name)
        } catch let refused as SecretForbidden {
            throw ModelKey.Failure(message: "model \(model): \(refused)", isForbidden: true)
        }
        let place = "\(use.resource.kind) \(namespace ?? "")/\(reference.name)"
        let credential = try ModelKey.read(found, key: reference.key, place: place, of: model, use: use)
        remember(credential, reference: reference, use: use, of: skyflo, readAt: readAt)
        return credential
    }

    private func known(
        _ reference: SkyfloAI.Model.SecretReference, use: ModelKey.Use, object: KubeObject, clock: any RuntimeClock
    ) -> Credential? {
        let place = Place(skyfloAI: object.key, secret: reference.name, key: reference.key, use: use)
        guard let entry = entries.withLock({ $0[place] }), entry.uid == object.uid,
            entry.generation == object.generation, clock.uptime - entry.readAt < Self.lifetime
        else { return nil }
        return entry.credential
    }

    /// - Parameter readAt: of the clock's uptime.
    func remember(
        _ credential: Credential, reference: SkyfloAI.Model.SecretReference, use: ModelKey.Use = .apiKey,
        of skyflo: SkyfloAI, readAt: Duration
    ) {
        let object = skyflo.object
        let place = Place(skyfloAI: object.key, secret: reference.name, key: reference.key, use: use)
        entries.withLock { entries in
            entries = entries.filter { readAt - $0.value.readAt < Self.lifetime }
            entries[place] = Entry(
                credential: credential, readAt: readAt, uid: object.uid, generation: object.generation)
        }
    }
}
