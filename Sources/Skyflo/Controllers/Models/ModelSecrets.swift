import ControllerRuntime
import KubeClient
import KubeModel
import LanguageModels
import SkyfloAPI

/// What a model's description refers to in Secrets and ConfigMaps, read.
package struct ModelSecrets: Sendable, Hashable {
    package var apiKey: Credential?
    /// By the headers' names.
    package var headers: [String: Credential] = [:]
    /// In PEM; nil for the system's.
    package var authorities: String?

    package init(apiKey: Credential? = nil) { self.apiKey = apiKey }
}

extension ModelKeyCache {
    /// Everything that a model needs.
    ///
    /// - Parameter isNew: it is read whatever is remembered.
    /// - Throws: ``ModelKey/Failure``; what the API server says.
    func secrets(
        of model: SkyfloAI.Model, in skyflo: SkyfloAI, isNew: Bool = false, api: any KubeAPI, clock: any RuntimeClock
    ) async throws -> ModelSecrets {
        var secrets = ModelSecrets(
            apiKey: try await credential(of: model, in: skyflo, isNew: isNew, api: api, clock: clock))
        let reader = Reader(cache: self, model: model.name, skyflo: skyflo, isNew: isNew, api: api, clock: clock)
        for header in model.headers {
            if let reference = header.secretRef {
                secrets.headers[header.name] = try await reader.read(reference, .header)
            } else {
                secrets.headers[header.name] = Credential(header.value ?? "")
            }
        }
        if let bundle = model.caBundle {
            secrets.authorities = bundle
        } else if let reference = model.caSecretRef {
            secrets.authorities = try await reader.read(reference, .authorities).secret
        } else if let reference = model.caConfigMapRef {
            secrets.authorities = try await reader.read(reference, .publicAuthorities).secret
        }
        return secrets
    }

    private struct Reader {
        var cache: ModelKeyCache
        var model: String
        var skyflo: SkyfloAI
        var isNew: Bool
        var api: any KubeAPI
        var clock: any RuntimeClock

        func read(_ reference: SkyfloAI.Model.SecretReference, _ use: ModelKey.Use) async throws -> Credential {
            try await cache.credential(
                reference, use: use, of: model, in: skyflo, isNew: isNew, api: api, clock: clock)
        }
    }
}
