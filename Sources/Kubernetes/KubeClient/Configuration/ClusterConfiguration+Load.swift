import HTTPTransport

extension ClusterConfiguration {
    /// Reads one kubeconfig file. Paths in it are relative to its folder.
    ///
    /// - Parameters:
    ///   - path: The path of the file.
    ///   - context: The context that is taken instead of the file's `current-context`.
    /// - Returns: The configuration of that context's cluster and user.
    /// - Throws: ``KubeClientError`` (`configuration`, or `unsupported` for what this client doesn't do).
    public static func kubeconfig(
        path: String, context: String? = nil
    ) throws(KubeClientError) -> ClusterConfiguration {
        try Kubeconfig(path: path).configuration(context: context)
    }

    /// Reads a kubeconfig from a text. Paths in it are relative to the process's working folder.
    public static func kubeconfig(
        text: String, context: String? = nil
    ) throws(KubeClientError) -> ClusterConfiguration {
        try Kubeconfig(text: text, source: "kubeconfig", folder: nil).configuration(context: context)
    }

    /// Finds the cluster by the rules of client-go: the file given; else the files of `$KUBECONFIG`, merged; else the
    /// pod that this process runs in; else `~/.kube/config`. `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` count where the
    /// cluster has no `proxy-url`, in a pod as well.
    public static func load(
        kubeconfigPath: String? = nil, context: String? = nil, environment: [String: String]
    ) throws(KubeClientError) -> ClusterConfiguration {
        var result = try find(kubeconfigPath, context: context, environment: environment)
        result.proxies = ProxyEnvironment(environment)
        return result
    }

    private static func find(
        _ kubeconfigPath: String?, context: String?, environment: [String: String]
    ) throws(KubeClientError) -> ClusterConfiguration {
        if let kubeconfigPath, !kubeconfigPath.isEmpty {
            return try kubeconfig(path: kubeconfigPath, context: context)
        }
        if let list = environment["KUBECONFIG"], !list.isEmpty {
            return try merged(list).configuration(context: context)
        }
        if context == nil, isInCluster(environment) { return try inCluster(environment: environment) }
        guard let home = environment["HOME"], ConfigurationFile.exists(home + "/.kube/config") else {
            throw KubeClientError(
                .configuration,
                message: "no cluster is configured: neither --kubeconfig nor $KUBECONFIG is given, this is not a pod, "
                    + "and ~/.kube/config does not exist")
        }
        return try kubeconfig(path: home + "/.kube/config", context: context)
    }

    /// The files of `$KUBECONFIG` as one. Files that don't exist are left out, as kubectl does.
    private static func merged(_ list: String) throws(KubeClientError) -> Kubeconfig {
        var result: Kubeconfig?
        for path in list.split(separator: ":").map(String.init) where ConfigurationFile.exists(path) {
            let next = try Kubeconfig(path: path)
            if result == nil { result = next } else { result?.merge(next) }
        }
        guard let result else {
            throw KubeClientError(.configuration, message: "none of the files of $KUBECONFIG exists: \(list)")
        }
        return result
    }
}
