import KubeModel

/// The settings of a command in a container (`PodExecOptions` of core/v1). It has no terminal: output and errors stay
/// apart.
public struct ExecOptions: Sendable {
    /// The container; nil for the pod's only one, or the one that its annotation
    /// `kubectl.kubernetes.io/default-container` names.
    public var container: String?
    /// The longest time from the request to the command's end.
    public var timeout: Duration
    /// The most bytes that output and errors may have together.
    public var outputLimit: Int

    /// Makes options; without arguments one minute and 10 MiB of output.
    public init(container: String? = nil, timeout: Duration = .seconds(60), outputLimit: Int = 10 << 20) {
        self.container = container
        self.timeout = timeout
        self.outputLimit = outputLimit
    }

    func request(_ command: [String], pod: String, namespace: String, hasInput: Bool) -> KubeRequest {
        var query = command.map { KubeRequest.QueryItem("command", value: $0) }
        if let container { query.append(.init("container", value: container)) }
        query += ["stdout", "stderr"].map { .init($0, value: "true") }
        if hasInput { query.append(.init("stdin", value: "true")) }
        return KubeRequest(
            .get, path: APIResource.pods.path(namespace: namespace, name: pod, subresource: "exec"), query: query,
            accept: "application/json, */*")
    }
}

/// A command in a container of a pod: a program with its arguments, no shell between.
public struct ContainerCommand: Sendable {
    /// The program and its arguments.
    public var command: [String]
    /// The name of the pod.
    public var pod: String
    /// The namespace of the pod.
    public var namespace: String
    /// The container, the time and the amount of output.
    public var options: ExecOptions

    /// Makes a command; nothing is run.
    public init(_ command: [String], pod: String, namespace: String, options: ExecOptions = ExecOptions()) {
        self.command = command
        self.pod = pod
        self.namespace = namespace
        self.options = options
    }

    /// The request by which the command is asked for, for those who count or log requests.
    public var request: KubeRequest { options.request(command, pod: pod, namespace: namespace, hasInput: false) }
}

/// The output of a command, and its exit code.
public struct ExecResult: Sendable, Hashable {
    /// The bytes that the command wrote to its standard output.
    public var output: [UInt8]
    /// The bytes that the command wrote to its standard error.
    public var error: [UInt8]
    /// The exit code of the command; zero for success.
    public var exitCode: Int

    /// Makes a result of its parts.
    public init(output: [UInt8] = [], error: [UInt8] = [], exitCode: Int = 0) {
        self.output = output
        self.error = error
        self.exitCode = exitCode
    }

    /// The standard output as text. Bytes that are no UTF-8 become U+FFFD.
    public var outputText: String { String(decoding: output, as: UTF8.self) }
    /// The standard error as text. Bytes that are no UTF-8 become U+FFFD.
    public var errorText: String { String(decoding: error, as: UTF8.self) }
}
