/// What the operator's own pod can prove to cloud providers, from its environment, and which namespaces may use that.
///
/// Whoever writes a SkyfloAI would otherwise act with the operator's identity: an administrator names the namespaces.
package struct OperatorIdentity: Sendable {
    private let environment: [String: String]
    private let namespaces: Set<String>

    /// - Parameters:
    ///   - environment: of the process. Its names are those of the providers' own SDKs; admission webhooks set them.
    ///   - namespaces: of SkyfloAIs; `*` for all.
    package init(environment: [String: String] = [:], namespaces: Set<String> = []) {
        self.environment = environment
        self.namespaces = namespaces
    }

    /// Also for SkyfloAIs with secrets of their own: gateways and private endpoints of an installation.
    package var azureAuthority: String? { value("AZURE_AUTHORITY_HOST") }
    package var stsURL: String? { value("AWS_ENDPOINT_URL_STS") }

    /// - Throws: `rejected` where the namespace may not use it.
    private func check(_ namespace: String?, for what: String) throws(LanguageModelError) {
        guard namespaces.contains("*") || namespace.map(namespaces.contains) == true else {
            throw LanguageModelError(
                .rejected,
                message:
                    "\(what) isn't named, and SkyfloAIs of the namespace \(namespace ?? "") may not use the operator's own "
                    + "identity (its option --cloud-identity-namespaces)")
        }
    }

    private func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    private func needed(_ name: String, unless given: String? = nil) throws(LanguageModelError) -> String {
        guard let value = given ?? value(name) else {
            throw LanguageModelError(
                .rejected, message: "the operator has no identity of this kind: \(name) isn't set for it")
        }
        return value
    }

    /// Workload identity of Microsoft Entra ID. Tokens go to Azure only.
    package func entraID(
        tenantID: String?, clientID: String?, endpoint: ModelEndpoint, namespace: String?
    ) throws(LanguageModelError) -> IdentityGrant {
        try check(namespace, for: "a clientSecretRef")
        guard AzureOpenAIAPI.isAzure(endpoint), endpoint.isSecure else {
            throw LanguageModelError(
                .rejected,
                message: "the operator's own identity is shown to https addresses of Azure only, not to \(endpoint)")
        }
        return .entraID(
            try EntraGrant(
                tenantID: needed("AZURE_TENANT_ID", unless: tenantID),
                clientID: needed("AZURE_CLIENT_ID", unless: clientID),
                proof: .tokenFile(needed("AZURE_FEDERATED_TOKEN_FILE")), authority: azureAuthority, endpoint: endpoint))
    }

    /// A role by web identity (IRSA), or what EKS Pod Identity gives.
    ///
    /// - Parameter roleARN: nil for the operator's own.
    package func aws(
        roleARN: String?, sessionName: String?, region: String, namespace: String?
    ) throws(LanguageModelError) -> IdentityGrant {
        try check(namespace, for: "an apiKeySecretRef")
        if let file = value("AWS_WEB_IDENTITY_TOKEN_FILE") {
            let role = try AWSRole(
                arn: needed("AWS_ROLE_ARN", unless: roleARN),
                sessionName: sessionName ?? value("AWS_ROLE_SESSION_NAME"),
                region: region, stsURL: stsURL)
            return .awsWebIdentity(role, tokenFile: file)
        }
        guard let url = value("AWS_CONTAINER_CREDENTIALS_FULL_URI") else {
            throw LanguageModelError(
                .rejected,
                message: "the operator has no identity of this kind: neither AWS_WEB_IDENTITY_TOKEN_FILE nor "
                    + "AWS_CONTAINER_CREDENTIALS_FULL_URI is set for it")
        }
        guard roleARN == nil else {
            throw LanguageModelError(
                .rejected, message: "with EKS Pod Identity the role is that of the association; roleARN can't be set")
        }
        return .awsContainer(
            AWSContainerIdentity(url: url, tokenFile: value("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")))
    }

    /// Workload identity of GKE. Tokens go to Google only.
    package func google(endpoint: ModelEndpoint, namespace: String?) throws(LanguageModelError) -> IdentityGrant {
        try check(namespace, for: "a credentialsSecretRef")
        guard endpoint.hostName.lowercased().hasSuffix(".googleapis.com"), endpoint.isSecure else {
            throw LanguageModelError(
                .rejected,
                message: "the operator's own identity is shown to https addresses of Google only, not to \(endpoint)")
        }
        return .googleMetadata(GoogleMetadataIdentity(host: value("GCE_METADATA_HOST")))
    }
}
