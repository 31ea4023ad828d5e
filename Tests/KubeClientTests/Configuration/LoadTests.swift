import KubeClient
import Testing

@Suite struct LoadTests {
    private static func config(_ name: String, current: Bool = true) -> String {
        """
        \(current ? "current-context: \(name)" : "")
        contexts: [{name: \(name), context: {cluster: \(name), user: shared}}]
        clusters: [{name: \(name), cluster: {server: "https://\(name)"}}]
        users: [{name: shared, user: {token: of-\(name)}}]
        """
    }

    private static let pod = ["KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443"]

    @Test func `the file given comes before everything`() async throws {
        try await withTemporaryFolder { folder in
            let path = try folder.write("given", Self.config("given"))
            let other = try folder.write("other", Self.config("other"))
            let environment = Self.pod.merging(["KUBECONFIG": other, "HOME": folder.path]) { $1 }
            let cluster = try ClusterConfiguration.load(kubeconfigPath: path, context: nil, environment: environment)
            #expect(cluster.server == "https://given")
        }
    }

    @Test func `files of the variable are merged, and the first to say something wins`() async throws {
        try await withTemporaryFolder { folder in
            let first = try folder.write("first", Self.config("first", current: false))
            let second = try folder.write("second", Self.config("second"))
            let environment = ["KUBECONFIG": "\(folder.path)/missing:\(first):\(second)"]
            let current = try ClusterConfiguration.load(kubeconfigPath: nil, context: nil, environment: environment)
            #expect(current.server == "https://second")
            #expect(current.credentials == .token("of-first"))
            let chosen = try ClusterConfiguration.load(context: "first", environment: environment)
            #expect(chosen.server == "https://first")
        }
    }

    @Test func `a variable without any file that exists is an error`() {
        let error = #expect(throws: KubeClientError.self) {
            try ClusterConfiguration.load(environment: ["KUBECONFIG": "/no/a:/no/b"])
        }
        #expect(error?.message == "none of the files of $KUBECONFIG exists: /no/a:/no/b")
    }

    @Test func `the home folder comes last`() async throws {
        try await withTemporaryFolder { folder in
            try folder.write(".kube/config", Self.config("home"))
            #expect(try ClusterConfiguration.load(environment: ["HOME": folder.path]).server == "https://home")
        }
    }

    @Test func `nothing at all says what was looked for`() {
        let error = #expect(throws: KubeClientError.self) { try ClusterConfiguration.load(environment: [:]) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("no cluster is configured") == true)
    }

    @Test func `a pod has its service account`() async throws {
        try await withTemporaryFolder { folder in
            try folder.write("token", "secret\n")
            try folder.write("ca.crt", "PEM")
            try folder.write("namespace", "shop\n")
            let cluster = try ClusterConfiguration.inCluster(root: folder.path, environment: Self.pod)
            #expect(cluster.server == "https://10.96.0.1:443")
            #expect(cluster.credentials == .tokenFile(path: folder.path + "/token", fallback: nil))
            #expect(cluster.certificateAuthority == .file(folder.path + "/ca.crt"))
            #expect(cluster.namespace == "shop")
        }
    }

    @Test func `a pod of an IPv6 cluster has brackets in its address`() async throws {
        try await withTemporaryFolder { folder in
            try folder.write("token", "secret")
            try folder.write("ca.crt", "PEM")
            let environment = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"]
            let cluster = try ClusterConfiguration.inCluster(root: folder.path, environment: environment)
            #expect(cluster.server == "https://[fd00::1]:443")
            #expect(cluster.namespace == "default")
        }
    }

    @Test(arguments: ["token", "ca.crt"])
    func `a pod without its files can't start`(missing: String) async throws {
        try await withTemporaryFolder { folder in
            for name in ["token", "ca.crt"] where name != missing { try folder.write(name, "x") }
            let error = #expect(throws: KubeClientError.self) {
                try ClusterConfiguration.inCluster(root: folder.path, environment: Self.pod)
            }
            #expect(error?.message == "cannot read \(folder.path)/\(missing): no such file")
        }
    }

    @Test func `outside of a pod the variables are named`() {
        let error = #expect(throws: KubeClientError.self) { try ClusterConfiguration.inCluster(environment: [:]) }
        #expect(error?.message.contains("KUBERNETES_SERVICE_HOST") == true)
    }
}
