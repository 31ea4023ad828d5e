public import KubeModel

/// The `exec` of a kubeconfig's user: a program that prints a credential (client.authentication.k8s.io, KEP-541).
public struct ExecPlugin: Sendable, Hashable {
    /// The version that it speaks: `client.authentication.k8s.io/v1` or `/v1beta1`.
    public var apiVersion: String
    /// The program: a path, or a name that is looked up in `$PATH`.
    public var command: String
    /// The arguments of the program, which may be secrets.
    public var arguments: [String]
    /// The variables that are added to the process's own environment. Their values may be secrets.
    public var environment: [String: String]
    /// Advice for installing the program where it is missing; errors end with it.
    public var installHint: String?
    /// The cluster that the program is told of in `KUBERNETES_EXEC_INFO`, where it asks for that
    /// (`provideClusterInfo`).
    public var cluster: JSONValue?

    /// Makes a plug-in of its parts; nothing is run.
    public init(
        apiVersion: String, command: String, arguments: [String] = [], environment: [String: String] = [:],
        installHint: String? = nil, cluster: JSONValue? = nil
    ) {
        self.apiVersion = apiVersion
        self.command = command
        self.arguments = arguments
        self.environment = environment
        self.installHint = installHint
        self.cluster = cluster
    }

    static let v1 = "client.authentication.k8s.io/v1"
    static let versions = [v1, "client.authentication.k8s.io/v1beta1"]
    /// The extension of a kubeconfig's cluster that plug-ins are told.
    static let extensionName = "client.authentication.k8s.io/exec"

    /// The value of `KUBERNETES_EXEC_INFO`. Nobody can answer questions: a client of this kind is never interactive.
    var info: JSONValue {
        .compact([
            "kind": "ExecCredential", "apiVersion": .string(apiVersion),
            "spec": .compact(["cluster": cluster, "interactive": .bool(false)]),
        ])
    }
}

/// Arguments and variables of plug-ins may be secrets: printing or dumping a value shows the program only.
extension ExecPlugin: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The program alone, without arguments and variables.
    public var description: String { "credential plug-in \(command)" }
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// A mirror without children, so that dumping a value shows no secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension KubeconfigFields {
    func execPlugin(
        for cluster: ClusterConfiguration, _ clusterConfig: JSONValue?
    ) throws(KubeClientError) -> ExecPlugin {
        let exec = KubeconfigFields(json["exec"] ?? .null, source: source + ": exec", folder: folder)
        let version = try exec.required("apiVersion")
        guard ExecPlugin.versions.contains(version) else {
            throw exec.failure(
                "apiVersion \(version) is not supported, only \(ExecPlugin.versions.joined(separator: " and "))",
                code: .unsupported)
        }
        try exec.checkInteractiveMode(version)
        let name = try exec.required("command")
        return ExecPlugin(
            apiVersion: version, command: name.contains("/") ? try exec.path("command") ?? name : name,
            arguments: try exec.texts("args"), environment: try exec.environment(),
            installHint: try exec.text("installHint"),
            cluster: try exec.flag("provideClusterInfo") ? try cluster.execInfo(config: clusterConfig) : nil)
    }

    private func checkInteractiveMode(_ version: String) throws(KubeClientError) {
        switch try text("interactiveMode") {
        case "Never", "IfAvailable": return
        case nil where version != ExecPlugin.v1: return
        case nil: throw failure("interactiveMode is missing")
        case "Always":
            throw failure(
                "interactiveMode Always needs a terminal, which skyflo does not use for credentials", code: .unsupported
            )
        case let other?: throw failure("interactiveMode must be Never, IfAvailable or Always, not \(other)")
        }
    }

    private func environment() throws(KubeClientError) -> [String: String] {
        guard has("env"), let value = json["env"] else { return [:] }
        guard let elements = value.array else { throw failure("env must be a list") }
        var result: [String: String] = [:]
        for (position, element) in elements.enumerated() {
            let variable = KubeconfigFields(element, source: "\(source): env[\(position)]")
            result[try variable.required("name")] = try variable.text("value") ?? ""
        }
        return result
    }
}

extension ClusterConfiguration {
    fileprivate func execInfo(config: JSONValue?) throws(KubeClientError) -> JSONValue {
        let authority = try certificateAuthority.map { (source) throws(KubeClientError) in
            JSONValue.string(Base64.encode(try source.read()))
        }
        return .compact([
            "server": .string(server), "tls-server-name": tlsServerName.map(JSONValue.string),
            "insecure-skip-tls-verify": insecureSkipTLSVerify ? .bool(true) : nil,
            "certificate-authority-data": authority, "proxy-url": proxyURL.map(JSONValue.string), "config": config,
        ])
    }
}
