import KubeModel

/// A part of the system that a SkyfloAI may ask for, by the member of `spec` that it is.
package enum ComponentKind: String, Sendable, Hashable, CaseIterable {
    /// The Command Center, `skyflo web`.
    case ui
    /// The operator itself: its replicas are the workers.
    case engine
    /// The MCP server, `skyflo mcp`.
    case mcp

    /// What people call it.
    package var title: String {
        switch self {
        case .ui: "the Command Center"
        case .engine: "the operator"
        case .mcp: "the MCP server"
        }
    }
}

/// The settings of one component: `spec.ui`, `spec.engine` or `spec.mcp`.
package struct ComponentSettings: Sendable, Hashable {
    /// nil where none is named: the operator's own.
    package var image: String?
    /// nil leaves it to the API server, or to an autoscaler.
    package var replicas: Int?
    /// ResourceRequirements as they are written; nil for the operator's defaults.
    package var resources: JSONValue?
    package var environment: [EnvironmentVariable] = []
    /// A Secret of type kubernetes.io/tls that the user keeps; nil for one that the operator keeps.
    package var tlsSecretName: String?
    /// What the pages call the cluster; of the Command Center.
    package var clusterName: String?
    /// Addresses of proxies whose X-Forwarded-For is believed; of the Command Center.
    package var trustedProxies: [String] = []
    /// Whether Conversations that it makes only read; of the MCP server.
    package var isReadOnly = false
    /// Origins of web pages that may call it; of the MCP server.
    package var origins: [String] = []
    package var ingress: IngressSettings?
    package var gateway: GatewaySettings?
    /// Members of the reference system's manifests that are there and have no meaning here, such as `databaseConfig`.
    package var foreignMembers: [String] = []

    package init() {}

    /// nil where the spec doesn't ask for the component.
    init?(_ json: JSONValue?, of kind: ComponentKind) {
        guard let json, json.object != nil else { return nil }
        image = json["image"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        replicas = json["replicas"]?.int
        resources = json["resources"].flatMap { $0.object?.isEmpty == false ? $0 : nil }
        environment = (json["env"]?.array ?? []).compactMap(EnvironmentVariable.init)
        foreignMembers = ["databaseConfig", "redisConfig", "kubeconfigSecret"].filter { json[$0] != nil }
        guard kind != .engine else { return }
        tlsSecretName = json["tlsSecretName"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        ingress = json["ingress"].flatMap(IngressSettings.init)
        gateway = json["gateway"].flatMap(GatewaySettings.init)
        if kind == .ui {
            clusterName = json["clusterName"]?.string
            trustedProxies = json["trustedProxies"]?.array?.compactMap(\.string) ?? []
        } else {
            isReadOnly = json["readOnly"]?.bool ?? false
            origins = json["origins"]?.array?.compactMap(\.string) ?? []
        }
    }

    /// The names under which people reach it from outside.
    package var publicHosts: [String] { (ingress.map { [$0.host] } ?? []) + (gateway?.hostnames ?? []) }
}

/// A variable of a component's environment.
package struct EnvironmentVariable: Sendable, Hashable {
    package var name: String
    package var value: String
    /// Whether its value is to come from elsewhere, such as a Secret.
    package var hasSource: Bool

    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, !name.isEmpty else { return nil }
        self.name = name
        value = json["value"]?.string ?? ""
        hasSource = json["valueFrom"].map { !$0.isNull } ?? false
    }
}

/// How a component is reached through an Ingress: `ingress` of a component.
package struct IngressSettings: Sendable, Hashable {
    /// nil for the cluster's default class.
    package var className: String?
    package var host: String
    /// nil for the certificate that the Ingress controller has by default.
    package var tlsSecretName: String?
    package var annotations: [String: String]

    init?(_ json: JSONValue) {
        guard let host = json["host"]?.string, !host.isEmpty else { return nil }
        self.host = host
        className = json["className"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        tlsSecretName = json["tlsSecretName"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        annotations = (json["annotations"]?.object ?? [:]).reduce(into: [:]) { $0[$1.key] = $1.value.string }
    }
}

/// How a component is reached through the Gateway API: `gateway` of a component.
package struct GatewaySettings: Sendable, Hashable {
    /// ParentReferences as they are written.
    package var parentRefs: [JSONValue]
    package var hostnames: [String]

    init?(_ json: JSONValue) {
        guard let parents = json["parentRefs"]?.array, !parents.isEmpty else { return nil }
        parentRefs = parents
        hostnames = json["hostnames"]?.array?.compactMap(\.string) ?? []
    }
}

/// What all components' pods share of the spec.
package struct ComponentPlacement: Sendable, Hashable {
    package var imagePullSecrets: [String] = []
    package var nodeSelector: [String: String] = [:]
    package var tolerations: [JSONValue] = []
    package var affinity: JSONValue?

    package init() {}

    init(_ spec: JSONValue?) {
        imagePullSecrets = (spec?["imagePullSecrets"]?.array ?? []).compactMap { $0["name"]?.string }
        nodeSelector = (spec?["nodeSelector"]?.object ?? [:]).reduce(into: [:]) { $0[$1.key] = $1.value.string }
        tolerations = spec?["tolerations"]?.array ?? []
        affinity = spec?["affinity"].flatMap { $0.object?.isEmpty == false ? $0 : nil }
    }
}
