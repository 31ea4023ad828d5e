import KubeModel

/// One system outside of the cluster that conversations may use: an entry of a list of `spec.integrations` of a SkyfloAI.
package struct IntegrationSettings: Sendable, Hashable {
    /// What a certificate authority is read from: a key of a Secret or a ConfigMap.
    package struct Reference: Sendable, Hashable {
        package var name: String
        package var key: String
    }

    /// A header by which a server tells its tenants apart.
    package struct Tenant: Sendable, Hashable {
        package var header: String
        package var value: String
    }

    package var kind: IntegrationKind
    /// What conversations call it.
    package var name: String
    package var url: String
    /// The Secret with a user name, a token or a password; nil for a system that is asked without.
    package var secret: String?
    /// nil: the key `username`, where a user name is needed or present.
    package var usernameKey: String?
    /// nil: the key `token`, else `password`.
    package var tokenKey: String?
    package var caSecret: Reference?
    package var caConfigMap: Reference?
    package var isEnabled: Bool
    package var isReadOnly: Bool
    /// Names of jobs, repositories and the like, with `*` for any characters; none allow all.
    package var allowedNames: [String]
    /// For one request with its answer.
    package var timeoutSeconds: Int
    package var tenant: Tenant?
    /// Hosts that the system may send on to for logs, which it is asked for without a credential.
    package var logHosts: [String]

    init?(_ json: JSONValue, kind: IntegrationKind) {
        guard let name = json["name"]?.string, let url = json["url"]?.string else { return nil }
        self.kind = kind
        self.name = name
        self.url = url
        secret = json["secretRef", "name"]?.string
        usernameKey = json["secretRef", "usernameKey"]?.string
        tokenKey = json["secretRef", "tokenKey"]?.string
        caSecret = Reference(json["caSecretRef"])
        caConfigMap = Reference(json["caConfigMapRef"])
        isEnabled = json["enabled"]?.bool ?? true
        isReadOnly = json["readOnly"]?.bool ?? false
        allowedNames = kind.allowList.flatMap { json[$0]?.array?.compactMap(\.string) } ?? []
        timeoutSeconds = json["timeoutSeconds"]?.int ?? 15
        tenant = Tenant(json["tenant"])
        logHosts = json["logHosts"]?.array?.compactMap(\.string) ?? []
        // Without the Secret, nothing of such a system is usable.
        if secret == nil, kind.login == .user { return nil }
    }

    /// All of `spec.integrations`, by kind and then in the order of the spec.
    static func all(_ json: JSONValue?) -> [IntegrationSettings] {
        IntegrationKind.allCases.flatMap { kind in
            (json?[kind.rawValue]?.array ?? []).compactMap { IntegrationSettings($0, kind: kind) }
        }
    }
}

extension IntegrationSettings.Reference {
    init?(_ json: JSONValue?) {
        guard let name = json?["name"]?.string else { return nil }
        self.init(name: name, key: json?["key"]?.string ?? "ca.crt")
    }
}

extension IntegrationSettings.Tenant {
    init?(_ json: JSONValue?) {
        guard let value = json?["value"]?.string else { return nil }
        self.init(header: json?["header"]?.string ?? "X-Scope-OrgID", value: value)
    }
}
