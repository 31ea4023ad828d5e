import Integrations
import KubeClient
import KubeModel

/// The systems outside of the cluster that a conversation's SkyfloAI names, as it names them at the moment.
package protocol IntegrationProvider: Sendable {
    /// Those that are enabled, in the order of the spec.
    var jenkins: [IntegrationDescription] { get }

    /// - Throws: ``Integrations/IntegrationError`` where its settings or its Secret can't be used.
    func transport(toJenkins name: String) async throws -> any IntegrationTransport
}

/// What may be said of an integration: neither its address nor its credential is part of it.
package struct IntegrationDescription: Sendable, Hashable {
    package var name: String
    package var isReadOnly: Bool
    /// Patterns; none allow all.
    package var allowedJobs: [String]

    package init(name: String, isReadOnly: Bool = false, allowedJobs: [String] = []) {
        self.name = name
        self.isReadOnly = isReadOnly
        self.allowedJobs = allowedJobs
    }
}

/// Where none is configured.
package struct NoIntegrations: IntegrationProvider {
    package init() {}

    package let jenkins: [IntegrationDescription] = []

    package func transport(toJenkins name: String) async throws -> any IntegrationTransport {
        throw IntegrationError(.configuration, message: "no integration is configured")
    }
}

extension APIResource {
    /// No such resource is served. To an authorizer it is a name like any other: who may `get` one may have its system
    /// asked, and who may `update` one may have it changed.
    package static let integrations = APIResource(
        group: "skyflo.ai", version: "v1", plural: "integrations", kind: "Integration")
}

/// Integrations for those parts of a turn that may ask and change nothing.
package struct IntegrationReader: Sendable {
    private let provider: any IntegrationProvider
    /// Of the conversation: its ServiceAccount needs the right to use an integration there.
    package let namespace: String

    package init(_ provider: any IntegrationProvider = NoIntegrations(), namespace: String = "") {
        self.provider = provider
        self.namespace = namespace
    }

    package static let none = IntegrationReader()

    package var jenkins: [IntegrationDescription] { provider.jenkins }

    /// A Jenkins that answers, and that nothing can be changed through.
    ///
    /// - Parameter name: nil for the only one.
    /// - Throws: ``ToolFailure`` where there is none of that name, where the identity may not use it, or where its settings
    ///   can't be used; `CancellationError`.
    package func jenkins(_ name: String?, api: ReadOnlyAPI) async throws -> JenkinsClient {
        let described = try description(of: name)
        try await requireRight(.get, to: described.name, api: api)
        return try await client(described)
    }

    func client(_ described: IntegrationDescription) async throws -> JenkinsClient {
        do {
            return JenkinsClient(
                try await provider.transport(toJenkins: described.name), name: described.name,
                jobs: JenkinsJobPatterns(described.allowedJobs), isReadOnly: described.isReadOnly)
        } catch let error as IntegrationError {
            throw ToolFailure("Jenkins \(described.name): \(error.message)")
        }
    }

    func description(of name: String?) throws(ToolFailure) -> IntegrationDescription {
        let all = provider.jenkins
        guard let first = all.first else {
            throw ToolFailure(
                "no Jenkins is configured: spec.integrations.jenkins of the SkyfloAI has none that is enabled")
        }
        let names = all.map(\.name).joined(separator: ", ")
        guard let name else {
            guard all.count == 1 else { throw ToolFailure("integration: say which Jenkins is meant: \(names)") }
            return first
        }
        guard let found = all.first(where: { $0.name == name }) else {
            throw ToolFailure(
                "integration: there is no Jenkins \(JSONWriter.string(.string(String(name.prefix(63))))); there is \(names)"
            )
        }
        return found
    }

    func requireRight(_ method: KubeRequest.Method, to name: String, api: ReadOnlyAPI) async throws {
        let path = APIResource.integrations.path(namespace: namespace, name: name)
        try await AccessReview.requireForTool(KubeRequest(method, path: path), api: api)
    }
}

/// Integrations for whoever has leave to write.
package struct IntegrationWriter: Sendable {
    private let provider: any IntegrationProvider
    package let reader: IntegrationReader

    package init(_ provider: any IntegrationProvider = NoIntegrations(), namespace: String = "") {
        self.provider = provider
        reader = IntegrationReader(provider, namespace: namespace)
    }

    package static let none = IntegrationWriter()

    /// Posts what was approved, once.
    ///
    /// - Throws: ``Integrations/IntegrationError``, `CancellationError`.
    func post(_ request: IntegrationRequest, toJenkins name: String) async throws -> IntegrationResponse {
        let transport = try await provider.transport(toJenkins: name)
        let response = try await transport.send(request)
        // Jenkins refuses before it does anything, so that this is no second time. API tokens need no crumb.
        guard response.status == 403, response.text.contains("No valid crumb") else { return response }
        var crumbed = request
        crumbed.extraHeaders = try await JenkinsCrumb.headers(from: transport)
        return try await transport.send(crumbed)
    }
}
