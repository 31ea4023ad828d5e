import LanguageModels
import SkyfloAPI

extension BuiltInModelProvider {
    /// How the credential of a model is got; nil where the Secret has all that is needed.
    ///
    /// - Throws: `LanguageModelError` where it can't be, or may not be in that namespace.
    func grant(for description: SkyfloAI.Model, _ secrets: ModelSecrets) throws -> IdentityGrant? {
        guard let auth = description.auth else { return nil }
        if let entra = auth.entraID { return try grant(entra, for: description, using: secrets) }
        if let aws = auth.aws { return try grant(aws, for: description, using: secrets) }
        if let account = secrets.serviceAccount { return .google(try GoogleServiceAccount(json: account)) }
        return try auth.google.map { _ in
            try identity.google(
                endpoint: vertexAI(description, using: secrets, token: nil).endpoint, namespace: secrets.namespace)
        }
    }

    private func grant(
        _ entra: SkyfloAI.Model.Auth.EntraID, for description: SkyfloAI.Model, using secrets: ModelSecrets
    ) throws -> IdentityGrant {
        guard let endpoint = description.baseURL.flatMap({ ModelEndpoint(base: $0) }) else {
            throw LanguageModelError(.rejected, message: "auth.entraID needs the baseURL of a resource of Azure")
        }
        guard let secret = secrets.clientSecret else {
            return try identity.entraID(
                tenantID: entra.tenantID, clientID: entra.clientID, endpoint: endpoint, namespace: secrets.namespace)
        }
        guard let tenantID = entra.tenantID, let clientID = entra.clientID else {
            throw LanguageModelError(
                .rejected, message: "auth.entraID needs tenantID and clientID with a clientSecretRef")
        }
        return .entraID(
            try EntraGrant(
                tenantID: tenantID, clientID: clientID, proof: .secret(secret), authority: identity.azureAuthority,
                endpoint: endpoint))
    }

    private func grant(
        _ aws: SkyfloAI.Model.Auth.AWS, for description: SkyfloAI.Model, using secrets: ModelSecrets
    ) throws -> IdentityGrant {
        let region = description.region ?? ""
        guard let keys = secrets.aws else {
            if secrets.apiKey != nil {
                throw LanguageModelError(.rejected, message: "auth.aws takes access keys, not an API key of Bedrock")
            }
            return try identity.aws(
                roleARN: aws.roleARN, sessionName: aws.sessionName, region: region, namespace: secrets.namespace)
        }
        guard let arn = aws.roleARN else {
            throw LanguageModelError(.rejected, message: "auth.aws needs a roleARN, which the keys take on")
        }
        let role = try AWSRole(
            arn: arn, sessionName: aws.sessionName, externalID: aws.externalID, region: region, stsURL: identity.stsURL)
        return .awsRole(role, by: keys)
    }

    func vertexAI(
        _ description: SkyfloAI.Model, using secrets: ModelSecrets, token: Credential?
    ) throws -> VertexAIAPI {
        let account = try secrets.serviceAccount.map { try GoogleServiceAccount(json: $0) }
        guard let project = description.project ?? account?.projectID else {
            throw LanguageModelError(.rejected, message: "the provider VertexAI needs a project")
        }
        return try VertexAIAPI(
            model: description.model, project: project, location: description.region ?? "global",
            baseURL: description.baseURL, token: token ?? secrets.apiKey)
    }
}
