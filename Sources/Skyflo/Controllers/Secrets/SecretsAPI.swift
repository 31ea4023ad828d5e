import KubeClient
import KubeModel
import SkyfloAPI

/// What a SkyfloAI names of Secrets and ConfigMaps may not be read.
struct SecretForbidden: Error, CustomStringConvertible {
    /// Names who may not read what, never a value.
    var description: String
}

/// Reads what a SkyfloAI names of Secrets and ConfigMaps: as the ServiceAccount that it names for that, else with the
/// operator's own rights, which are none outside of its own namespace unless somebody gave them to it.
struct SecretsAPI: KubeAPI {
    private let api: any KubeAPI
    /// nil for the operator itself.
    let identity: Impersonation?
    private let skyfloAI: ObjectKey

    init(_ api: any KubeAPI, for skyflo: SkyfloAI) {
        self.api = api
        identity = skyflo.secretsIdentity
        skyfloAI = skyflo.object.key
    }

    /// - Throws: ``SecretForbidden`` for a 403; else as other APIs do.
    func send(_ request: KubeRequest, as other: Impersonation?) async throws -> KubeResponse {
        guard request.method == .get else {
            throw KubeClientError(
                .unsupported, message: "not sent: \(request.method.rawValue) through a reader of Secrets")
        }
        let response = try await reader.send(request, as: other)
        guard response.status == 403 else { return response }
        let denied = PermissionDenied(request, identity: identity, message: response.failure.message)
        throw SecretForbidden(description: "\(denied). \(advice)")
    }

    func stream<Result: Sendable>(
        _ request: KubeRequest, as other: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        throw KubeClientError(.unsupported, message: "a reader of Secrets follows nothing")
    }

    private var reader: any KubeAPI { identity.map { api.impersonating($0) } ?? api }

    private var advice: String {
        identity == nil
            ? "Name a ServiceAccount that may, in spec.secretsServiceAccountName of SkyfloAI \(skyfloAI)"
            : "Give the ServiceAccount that right"
    }
}

extension SkyfloAI {
    /// Whose rights Secrets are read with; nil for the operator's own.
    var secretsIdentity: Impersonation? {
        secretsServiceAccountName.map { .serviceAccount(namespace: object.namespace ?? "default", name: $0) }
    }

    /// Whether it names any Secret or ConfigMap.
    var namesSecrets: Bool {
        !runbooks.isEmpty || triggers.contains { if case .alertmanager = $0.source { true } else { false } }
            || integrations.contains { $0.secret != nil || $0.caSecret != nil || $0.caConfigMap != nil }
            || helmRepositories.contains { $0.secret != nil || $0.caSecret != nil || $0.caConfigMap != nil }
            || mcpServers.contains { server in
                server.caSecret != nil || server.caConfigMap != nil || server.oauth != nil
                    || server.headers.contains { $0.secretRef != nil }
            }
            || models.contains { model in
                model.apiKeySecretRef != nil || model.caSecretRef != nil || model.caConfigMapRef != nil
                    || model.headers.contains { $0.secretRef != nil }
                    || model.auth?.entraID?.clientSecretRef != nil || model.auth?.google?.credentialsSecretRef != nil
            }
    }
}
