import ControllerRuntime
import KubeClient
import KubeModel
import LanguageModels
import SkyfloAPI

/// What a model's description refers to in Secrets and ConfigMaps, read.
package struct ModelSecrets: Sendable, Hashable {
    package var apiKey: Credential?
    /// What requests to Amazon are signed with, unless an API key is all that is needed.
    package var aws: AWSCredentials?
    /// Of Microsoft Entra ID.
    package var clientSecret: Credential?
    /// Of Google: the file of a service account.
    package var serviceAccount: Credential?
    /// That of the SkyfloAI; nil where there is none.
    package var namespace: String?
    /// By the headers' names.
    package var headers: [String: Credential] = [:]
    /// In PEM; nil for the system's.
    package var authorities: String?

    package init(apiKey: Credential? = nil) { self.apiKey = apiKey }

    /// All that shows who asks, as one: whether it was replaced.
    package var identity: Credential? {
        let keys = [aws?.accessKeyID, aws?.secretAccessKey, aws?.sessionToken, clientSecret, serviceAccount]
        let parts = keys.compactMap { $0?.secret }
        return parts.isEmpty ? apiKey : Credential(parts.joined(separator: "\n"))
    }
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
        secrets.namespace = skyflo.object.namespace
        let reader = Reader(cache: self, model: model.name, skyflo: skyflo, isNew: isNew, api: api, clock: clock)
        if model.provider == .bedrock, let reference = model.apiKeySecretRef, let id = secrets.apiKey,
            reference.key != SkyfloAI.Model.Provider.bedrockAPIKeyName
        {
            secrets.aws = try await reader.keys(of: id, beside: reference)
        }
        if let reference = model.auth?.entraID?.clientSecretRef {
            secrets.clientSecret = try await reader.read(reference, .apiKey)
        }
        if let reference = model.auth?.google?.credentialsSecretRef {
            secrets.serviceAccount = try await reader.read(reference, .document)
        }
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

        /// The rest of Amazon's credentials, from the Secret with the access key's id.
        func keys(
            of id: Credential, beside reference: SkyfloAI.Model.SecretReference
        ) async throws -> AWSCredentials {
            typealias Provider = SkyfloAI.Model.Provider
            var other = reference
            other.key = Provider.secretAccessKeyName
            let secret = try await read(other, .apiKey)
            other.key = Provider.sessionTokenName
            let token = try await read(other, .sessionToken)
            return AWSCredentials(
                accessKeyID: id, secretAccessKey: secret, sessionToken: token.secret.isEmpty ? nil : token)
        }

        func read(_ reference: SkyfloAI.Model.SecretReference, _ use: ModelKey.Use) async throws -> Credential {
            try await cache.credential(
                reference, use: use, of: model, in: skyflo, isNew: isNew, api: api, clock: clock)
        }
    }
}
