import KubeModel

/// A server of the Model Context Protocol whose tools conversations may use: an entry of `spec.mcpServers` of a SkyfloAI.
package struct MCPServerSettings: Sendable, Hashable {
    /// A header of each request.
    package struct Header: Sendable, Hashable {
        package var name: String
        /// nil where it is read from a Secret.
        package var value: String?
        package var secretRef: IntegrationSettings.Reference?
    }

    /// How a token is got for the operator itself (OAuth, client credentials).
    package struct OAuth: Sendable, Hashable {
        /// Of the token endpoint.
        package var tokenURL: String
        package var clientID: String
        package var clientSecretRef: IntegrationSettings.Reference
        package var scopes: [String]
    }

    /// What conversations call it: the toolset of its tools, and a part of their names.
    package var name: String
    package var url: String
    /// For the model: what the server's tools are for.
    package var purpose: String
    package var headers: [Header]
    /// nil where the headers say all.
    package var oauth: OAuth?
    package var caSecret: IntegrationSettings.Reference?
    package var caConfigMap: IntegrationSettings.Reference?
    package var isEnabled: Bool
    package var isReadOnly: Bool
    /// The names of tools that change nothing, by the word of whoever writes the SkyfloAI. All others write.
    package var reads: [String]
    /// Of the tools' descriptions and schemas, as `status.mcpServers[].digest` shows it; nil accepts what is seen first.
    package var acceptedDigest: String?
    /// For one request with its answer.
    package var timeoutSeconds: Int

    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let url = json["url"]?.string else { return nil }
        self.name = name
        self.url = url
        purpose = json["purpose"]?.string ?? ""
        headers = (json["headers"]?.array ?? []).compactMap(Header.init)
        oauth = json["oauth"].flatMap(OAuth.init)
        caSecret = IntegrationSettings.Reference(json["caSecretRef"])
        caConfigMap = IntegrationSettings.Reference(json["caConfigMapRef"])
        isEnabled = json["enabled"]?.bool ?? true
        isReadOnly = json["readOnly"]?.bool ?? false
        reads = json["reads"]?.array?.compactMap(\.string) ?? []
        acceptedDigest = json["acceptedDigest"]?.string
        timeoutSeconds = json["timeoutSeconds"]?.int ?? 30
    }

    /// Names of toolsets that are not a server's.
    package static let reservedNames: Set<String> = [
        "argo", "argocd", "git", "helm", "jenkins", "kubernetes", "prometheus",
    ]

    /// Those whose name can be told from that of a toolset of our own, each name once.
    static func all(_ json: JSONValue?) -> [MCPServerSettings] {
        var seen = reservedNames
        return (json?.array ?? []).compactMap(MCPServerSettings.init).filter { seen.insert($0.name).inserted }
    }
}

extension MCPServerSettings.OAuth {
    init?(_ json: JSONValue) {
        guard let tokenURL = json["tokenURL"]?.string, let clientID = json["clientID"]?.string,
            let secret = json["clientSecretRef", "name"]?.string
        else { return nil }
        self.tokenURL = tokenURL
        self.clientID = clientID
        clientSecretRef = .init(name: secret, key: json["clientSecretRef", "key"]?.string ?? "client-secret")
        scopes = json["scopes"]?.array?.compactMap(\.string) ?? []
    }
}

extension MCPServerSettings.Header {
    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string else { return nil }
        self.name = name
        value = json["value"]?.string
        secretRef = json["secretRef", "name"]?.string.map {
            IntegrationSettings.Reference(name: $0, key: json["secretRef", "key"]?.string ?? "token")
        }
    }
}
