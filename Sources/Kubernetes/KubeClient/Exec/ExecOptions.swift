import KubeModel

/// How a command is run in a container (`PodExecOptions` of core/v1). There is no terminal: output and errors stay apart.
public struct ExecOptions: Sendable {
    /// nil: the pod's only container, or the one that its annotation `kubectl.kubernetes.io/default-container` names.
    public var container: String?
    /// From the request to the command's end.
    public var timeout: Duration
    /// Of output and errors together, in bytes.
    public var outputLimit: Int

    public init(container: String? = nil, timeout: Duration = .seconds(60), outputLimit: Int = 10 << 20) {
        self.container = container
        self.timeout = timeout
        self.outputLimit = outputLimit
    }

    func request(_ command: [String], pod: String, namespace: String, hasInput: Bool) -> KubeRequest {
        var query = command.map { KubeRequest.QueryItem("command", $0) }
        if let container { query.append(.init("container", container)) }
        query += ["stdout", "stderr"].map { .init($0, "true") }
        if hasInput { query.append(.init("stdin", "true")) }
        return KubeRequest(
            .get, APIResource.pods.path(namespace: namespace, name: pod, subresource: "exec"), query: query,
            accept: "application/json, */*")
    }
}

/// A command in a container of a pod: a program with its arguments, no shell between.
public struct ContainerCommand: Sendable {
    public var command: [String]
    public var pod: String
    public var namespace: String
    public var options: ExecOptions

    public init(_ command: [String], pod: String, namespace: String, _ options: ExecOptions = ExecOptions()) {
        self.command = command
        self.pod = pod
        self.namespace = namespace
        self.options = options
    }

    /// By which the command is asked for, for those who count or log requests.
    public var request: KubeRequest { options.request(command, pod: pod, namespace: namespace, hasInput: false) }
}

/// What a command wrote, and how it ended.
public struct ExecResult: Sendable, Hashable {
    public var output: [UInt8]
    public var error: [UInt8]
    public var exitCode: Int

    public init(output: [UInt8] = [], error: [UInt8] = [], exitCode: Int = 0) {
        self.output = output
        self.error = error
        self.exitCode = exitCode
    }

    /// Bytes that are no UTF-8 become U+FFFD.
    public var outputText: String { String(decoding: output, as: UTF8.self) }
    public var errorText: String { String(decoding: error, as: UTF8.self) }
}
