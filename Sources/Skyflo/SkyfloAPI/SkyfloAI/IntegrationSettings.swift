import KubeModel

/// `spec.integrations` of a SkyfloAI.
package struct IntegrationSettings: Sendable, Hashable {
    package var jenkins: [JenkinsSettings]

    init(_ json: JSONValue) { jenkins = (json["jenkins"]?.array ?? []).compactMap(JenkinsSettings.init) }
}

/// One Jenkins that conversations may use: an entry of `spec.integrations.jenkins`.
package struct JenkinsSettings: Sendable, Hashable {
    /// What a certificate authority is read from: a key of a Secret or a ConfigMap.
    package struct Reference: Sendable, Hashable {
        package var name: String
        package var key: String
    }

    /// What conversations call it.
    package var name: String
    package var url: String
    /// The Secret with a user name and a token or a password.
    package var secret: String
    package var usernameKey: String
    /// nil: the key `token`, else `password`.
    package var tokenKey: String?
    package var caSecret: Reference?
    package var caConfigMap: Reference?
    package var isEnabled: Bool
    package var isReadOnly: Bool
    /// Full names of jobs, with `*` for any characters; none allow all.
    package var allowedJobs: [String]
    /// For one request with its answer.
    package var timeoutSeconds: Int

    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let url = json["url"]?.string,
            let secret = json["secretRef", "name"]?.string
        else { return nil }
        self.name = name
        self.url = url
        self.secret = secret
        usernameKey = json["secretRef", "usernameKey"]?.string ?? "username"
        tokenKey = json["secretRef", "tokenKey"]?.string
        caSecret = Reference(json["caSecretRef"])
        caConfigMap = Reference(json["caConfigMapRef"])
        isEnabled = json["enabled"]?.bool ?? true
        isReadOnly = json["readOnly"]?.bool ?? false
        allowedJobs = json["allowedJobs"]?.array?.compactMap(\.string) ?? []
        timeoutSeconds = json["timeoutSeconds"]?.int ?? 15
    }
}

extension JenkinsSettings.Reference {
    init?(_ json: JSONValue?) {
        guard let name = json?["name"]?.string else { return nil }
        self.init(name: name, key: json?["key"]?.string ?? "ca.crt")
    }
}
