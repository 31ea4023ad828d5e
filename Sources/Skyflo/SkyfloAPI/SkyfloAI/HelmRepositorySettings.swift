import KubeModel

/// One repository of charts that conversations may use: an entry of `spec.helm.repositories` of a SkyfloAI.
package struct HelmRepositorySettings: Sendable, Hashable {
    /// What conversations call it.
    package var name: String
    /// `https://…` of the folder that has `index.yaml`, or `oci://HOST/PATH`.
    package var url: String
    /// The Secret with a user name and a password, or a token; nil for a repository that everybody may read.
    package var secret: String?
    /// nil: the key `username`, where there is one.
    package var usernameKey: String?
    /// nil: the key `token`, else `password`.
    package var tokenKey: String?
    package var caSecret: IntegrationSettings.Reference?
    package var caConfigMap: IntegrationSettings.Reference?
    package var isEnabled: Bool
    /// Names of charts, with `*` for any characters; none allow all.
    package var allowedCharts: [String]
    /// Hosts that the repository may lead to besides its own. They get no credential.
    package var allowedHosts: [String]
    /// The host that gives tokens for a registry where that isn't the registry itself. It gets the credential.
    package var tokenHost: String?
    /// Whether a registry is asked without TLS.
    package var isPlainHTTP: Bool
    /// For one request with its answer.
    package var timeoutSeconds: Int

    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let url = json["url"]?.string else { return nil }
        self.name = name
        self.url = url
        secret = json["secretRef", "name"]?.string
        usernameKey = json["secretRef", "usernameKey"]?.string
        tokenKey = json["secretRef", "tokenKey"]?.string
        caSecret = .init(json["caSecretRef"])
        caConfigMap = .init(json["caConfigMapRef"])
        isEnabled = json["enabled"]?.bool ?? true
        allowedCharts = json["allowedCharts"]?.array?.compactMap(\.string) ?? []
        allowedHosts = json["allowedHosts"]?.array?.compactMap(\.string) ?? []
        tokenHost = json["tokenHost"]?.string
        isPlainHTTP = json["plainHTTP"]?.bool ?? false
        timeoutSeconds = json["timeoutSeconds"]?.int ?? 30
    }

    /// All of `spec.helm`, in the order of the spec.
    static func all(_ json: JSONValue?) -> [HelmRepositorySettings] {
        (json?["repositories"]?.array ?? []).compactMap { HelmRepositorySettings($0) }
    }
}

/// How a repository of charts was found: an entry of `status.helmRepositories`.
package struct HelmRepositoryStatus: Sendable, Hashable {
    package var name = ""
    package var isReached = false
    /// Since when it is as it is.
    package var since: KubeTime?
    /// Why it isn't reached.
    package var message = ""

    package init() {}

    package init(name: String, isReached: Bool, message: String) {
        self.name = name
        self.isReached = isReached
        self.message = message
    }
}

extension HelmRepositoryStatus: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        members.code(&name, as: "name")
        members.code(&isReached, as: "reached")
        members.code(&since, as: "since")
        members.code(&message, as: "message")
    }
}
