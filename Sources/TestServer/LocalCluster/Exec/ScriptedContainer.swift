import KubeModel

/// What a simulated container has inside: its environment and a few files.
struct ScriptedContainer: Sendable {
    let pod: KubeObject
    let container: JSONValue

    static let shells: Set<String> = ["sh", "bash", "ash"]
    static let programs: Set<String> = shells.union([
        "echo", "printf", "cat", "ls", "env", "printenv", "hostname", "pwd", "whoami", "id", "true", "false",
    ])

    var workingDirectory: String { container["workingDir"]?.string ?? "/" }

    /// Only values that stand in the pod; what comes from ConfigMaps and Secrets isn't there.
    var environment: [(name: String, value: String)] {
        let own = (container["env"]?.array ?? []).compactMap { variable in
            variable["name"]?.string.map { ($0, variable["value"]?.string ?? "") }
        }
        return [
            ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"), ("HOSTNAME", pod.name),
        ] + own + [("HOME", "/root")]
    }

    private static let tokens = "/var/run/secrets/kubernetes.io/serviceaccount"

    var files: [String: String] {
        [
            "/etc/hostname": pod.name + "\n",
            "/etc/hosts": "127.0.0.1\tlocalhost\n\(pod["status", "podIP"]?.string ?? "")\t\(pod.name)\n",
            "/etc/os-release": "NAME=\"Simulated\"\nID=simulated\n", "\(Self.tokens)/namespace": pod.namespace ?? "",
        ]
    }

    /// The names in a folder; nil when there is no such folder.
    func entries(of path: String) -> [String]? {
        let folder = path.hasSuffix("/") ? path : path + "/"
        let roots = ["/bin/", "/etc/", "/root/", "/tmp/", "/usr/", "/var/"]
        let all = roots + Array(files.keys)
        let names = all.compactMap { file -> String? in
            guard file.hasPrefix(folder) else { return nil }
            return file.dropFirst(folder.count).split(separator: "/").first.map(String.init)
        }
        let isFolder = folder == "/" || all.contains { $0.hasPrefix(folder) }
        return isFolder ? Set(names).sorted() : nil
    }

    func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : workingDirectory + (workingDirectory.hasSuffix("/") ? "" : "/") + path
    }
}
