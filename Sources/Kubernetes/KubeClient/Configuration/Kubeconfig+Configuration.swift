import FoundationEssentials
import HTTPTransport
import KubeModel

extension Kubeconfig {
    /// What the context says, or the current one.
    func configuration(context chosen: String?) throws(KubeClientError) -> ClusterConfiguration {
        let files = sources.joined(separator: ":")
        guard let name = chosen ?? currentContext else {
            throw KubeClientError(
                .configuration, message: "\(files): current-context is not set, and no context was chosen")
        }
        guard let entry = contexts[name] else {
            throw KubeClientError(.configuration, message: "context \"\(name)\" does not exist in \(files)")
        }
        let context = fields(entry, what: "context \"\(name)\"")
        var result = try cluster(of: context)
        result.namespace = try context.text("namespace") ?? "default"
        if let user = try context.text("user") {
            guard let entry = users[user] else { throw context.failure("user \"\(user)\" does not exist in \(files)") }
            let extensions = clusters[try context.required("cluster")]?.value["extensions"]?.array ?? []
            let config = extensions.first { $0["name"]?.string == ExecPlugin.extensionName }?["extension"]
            try apply(fields(entry, what: "user \"\(user)\""), to: &result, clusterConfig: config)
        }
        return result
    }

    private func fields(_ entry: Entry, what: String) -> KubeconfigFields {
        KubeconfigFields(entry.value, source: "\(entry.source): \(what)", folder: entry.folder)
    }

    private func cluster(of context: KubeconfigFields) throws(KubeClientError) -> ClusterConfiguration {
        let name = try context.required("cluster")
        guard let entry = clusters[name] else {
            throw context.failure("cluster \"\(name)\" does not exist in \(sources.joined(separator: ":"))")
        }
        let cluster = fields(entry, what: "cluster \"\(name)\"")
        let result = ClusterConfiguration(
            server: try cluster.required("server"),
            certificateAuthority: try cluster.pem("certificate-authority"),
            insecureSkipTLSVerify: try cluster.flag("insecure-skip-tls-verify"),
            tlsServerName: try cluster.text("tls-server-name"),
            proxyURL: try cluster.text("proxy-url"))
        if result.insecureSkipTLSVerify, result.certificateAuthority != nil {
            throw cluster.failure("insecure-skip-tls-verify and certificate-authority exclude each other")
        }
        return result
    }

    private func apply(
        _ user: KubeconfigFields, to result: inout ClusterConfiguration, clusterConfig: JSONValue?
    ) throws(KubeClientError) {
        result.clientCertificate = try user.pem("client-certificate")
        result.clientKey = try user.pem("client-key")
        if (result.clientCertificate == nil) != (result.clientKey == nil) {
            throw user.failure("client-certificate and client-key must both be set")
        }
        result.credentials = try user.credentials(for: result, clusterConfig)
        result.impersonation = try user.impersonation()
    }
}

extension KubeconfigFields {
    /// `FIELD-data` in base64, which wins, or the path in `FIELD`.
    fileprivate func pem(_ field: String) throws(KubeClientError) -> PEMSource? {
        if let encoded = try text(field + "-data") {
            guard let data = Data(base64Encoded: encoded, options: .ignoreUnknownCharacters), !data.isEmpty else {
                throw failure("\(field)-data is not base64")
            }
            return .data([UInt8](data))
        }
        return try path(field).map(PEMSource.file)
    }

    func path(_ field: String) throws(KubeClientError) -> String? {
        guard let path = try text(field) else { return nil }
        guard !path.hasPrefix("/"), let folder else { return path }
        return "\(folder)/\(path)"
    }

    fileprivate func credentials(
        for cluster: ClusterConfiguration, _ clusterConfig: JSONValue?
    ) throws(KubeClientError) -> Credentials {
        if has("exec") {
            if has("token") || has("tokenFile") || has("username") || has("auth-provider") {
                throw failure("exec and another credential exclude each other")
            }
            return .exec(try execPlugin(for: cluster, clusterConfig))
        }
        if has("auth-provider") {
            let name = json["auth-provider", "name"]?.string ?? "?"
            throw failure("auth-provider \"\(name)\" is not supported; use a token", code: .unsupported)
        }
        let token = try token()
        let tokenFile = try path("tokenFile")
        let user = try text("username").map(CredentialText.withoutLineEnds)
        if user != nil, token != nil || tokenFile != nil {
            throw failure("token and username exclude each other")
        }
        if let tokenFile { return .tokenFile(path: tokenFile, fallback: token) }
        if let token { return .token(token) }
        if let user {
            let password = CredentialText.withoutLineEnds(try text("password") ?? "")
            return .basic(user: user, password: password)
        }
        return .none
    }

    private func token() throws(KubeClientError) -> String? {
        guard let token = try text("token").map(CredentialText.trimmed), !token.isEmpty else { return nil }
        guard CredentialText.fitsHeader(token) else { throw failure("the token \(CredentialText.refusal)") }
        return token
    }

    fileprivate func impersonation() throws(KubeClientError) -> Impersonation? {
        for field in ["as-uid", "as-user-extra"] where has(field) {
            throw failure("\(field) is not supported", code: .unsupported)
        }
        let groups = try texts("as-groups")
        guard let user = try text("as") else {
            if groups.isEmpty { return nil }
            throw failure("as-groups needs as")
        }
        return Impersonation(user: user, groups: groups)
    }
}
