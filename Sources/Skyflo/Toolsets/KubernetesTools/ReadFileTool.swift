import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// Reads one text file of a container, by the program `head` of its image: the API has no other way to a file.
///
/// So it is a command in a container like any other: it is asked for, and it runs once only. What is fixed is what is run,
/// so that whoever approves it needs to look at a path and no more.
struct ReadFileTool: KubernetesTool {
    let name = "k8s_read_file"
    let title = "Read File in Kubernetes Container"
    let isIdempotent = true
    let requests: [ToolRequest]? = [.read("pods", "namespaces"), .create("pods/exec")]
    let description = """
        Propose to read one small text file of a container, like its configuration as the program sees it. It runs head in the \
        container, so it needs an approval like k8s_exec, and an image that has head. Not for credentials, /proc, /sys or \
        /dev. What is in a ConfigMap is better read there.
        """
    let parameters = ToolParameters([
        .podName,
        .required("path", kind: .string(.text(maximum: 1024)), description: "Absolute path: /etc/nginx/nginx.conf"),
        .namespace, .containerName,
    ])

    /// Bytes that are read; the result has no room for more.
    private static let limit = 15_000
    private static let timeoutSeconds = 30

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let name = try arguments.requiredString("name")
        try Names.check(name, of: .pods)
        let path = try ContainerPath(try arguments.requiredString("path"))
        let namespace = arguments.string("namespace") ?? context.namespace
        let pod = try await context.object(ResourceMatch(.pods), namespace: namespace, name: name)
        let container = try PodContainers(pod: pod).choose(
            arguments.string("container"), also: ["ephemeralContainers"])
        try ExecTool.checkRuns(container, in: pod)
        if let mount = path.secretMount(of: container, in: pod) {
            throw ToolFailure("path: files under \(mount) are not read: a Secret or a token is mounted there")
        }
        let planned = PlannedCommand(
            target: LiveTarget(resource: .pods, namespace: namespace, object: pod).target, container: container,
            command: ["head", "-c", String(Self.limit), "--", path.text], timeoutSeconds: Self.timeoutSeconds,
            labels: pod.labels)
        return .proposal(
            WriteProposal(
                summary: "Read file \(path.text) in pod \(namespace)/\(name), container \(container)",
                writes: [PlannedWrite(.command(planned))], risk: .medium,
                warnings: ["it runs the program head of the container's image; at most \(Self.limit) bytes are read"]))
    }
}

/// An absolute path of a file in a container that nothing but a file's name is read into.
struct ContainerPath: Sendable, Hashable {
    let text: String
    private let parts: [String]

    init(_ text: String) throws(ToolFailure) {
        self.text = text
        parts = text.split(separator: "/").map(String.init)
        let excerpt = ToolParameters.excerpt(text)
        guard text.hasPrefix("/"), !text.hasSuffix("/"), !text.contains("//"), !parts.contains("."),
            !parts.contains("..")
        else { throw ToolFailure("path: \"\(excerpt)\" is no absolute path of a file without . and ..") }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw ToolFailure("path: \"\(excerpt)\" contains a control character")
        }
        if let root = Self.devices.first(where: { parts.first == $0 }) {
            throw ToolFailure("path: what is in /\(root) is no file of the container and is not read")
        }
        guard !isCredential else {
            throw ToolFailure("path: \(excerpt) is not read: programs keep keys there")
        }
    }

    /// Of processes and the node: environments, memory, devices.
    private static let devices = ["proc", "sys", "dev"]
    private static let directories: Set<String> = [
        ".ssh", ".aws", ".gnupg", ".azure", ".kube", ".docker", "gcloud", "secrets",
    ]
    private static let names: Set<String> = [
        "shadow", "gshadow", ".netrc", ".pgpass", ".git-credentials", ".npmrc", ".pypirc", ".htpasswd", "kubeconfig",
        ".vault-token", ".my.cnf", "credentials", "credentials.json", "token", ".env",
    ]
    private static let endings = [".key", ".p12", ".pfx", ".jks", ".keystore", ".keytab"]

    private var isCredential: Bool {
        guard let last = parts.last?.lowercased() else { return true }
        return parts.dropLast().contains { Self.directories.contains($0.lowercased()) } || Self.names.contains(last)
            || last.hasPrefix("id_") || Self.endings.contains(where: last.hasSuffix)
    }

    /// The mount of a volume with credentials that the path is in: of a Secret, a token, a driver that fetches them.
    func secretMount(of container: String, in pod: KubeObject) -> String? {
        let volumes = pod["spec", "volumes"]?.array ?? []
        let secret = Set(volumes.filter(Self.hasCredentials).compactMap { $0["name"]?.string })
        let containers = ["containers", "initContainers", "ephemeralContainers"].flatMap {
            pod["spec", $0]?.array ?? []
        }
        let mounts = containers.filter { $0["name"]?.string == container }.flatMap { $0["volumeMounts"]?.array ?? [] }
        return mounts.first { mount in
            guard secret.contains(mount["name"]?.string ?? ""), let path = mount["mountPath"]?.string else {
                return false
            }
            return parts.starts(with: path.split(separator: "/").map(String.init))
        }?["mountPath"]?.string
    }

    private static func hasCredentials(_ volume: JSONValue) -> Bool {
        if volume["secret"] != nil || volume["csi"] != nil { return true }
        return (volume["projected", "sources"]?.array ?? []).contains {
            $0["secret"] != nil || $0["serviceAccountToken"] != nil || $0["podCertificate"] != nil
        }
    }
}
