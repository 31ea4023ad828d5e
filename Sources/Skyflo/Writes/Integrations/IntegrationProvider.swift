import Integrations
import KubeClient
import KubeModel
import SkyfloAPI

/// The systems outside of the cluster that a conversation's SkyfloAI names, as it names them at the moment.
package protocol IntegrationProvider: MCPServerProvider {
    /// Those of a kind that are enabled, in the order of the spec.
    func integrations(of kind: IntegrationKind) -> [IntegrationDescription]

    /// - Throws: ``Integrations/IntegrationError`` where its settings or its Secret can't be used.
    func transport(to name: String, of kind: IntegrationKind) async throws -> any IntegrationTransport

    /// What the address of a page, a repository or an image's label leads to in a system, as a path without slashes at its
    /// ends; nil where it leads to another host.
    func path(ofAddress url: String, in name: String, of kind: IntegrationKind) -> String?
}

extension IntegrationProvider {
    package func path(ofAddress url: String, in name: String, of kind: IntegrationKind) -> String? { nil }
}

/// What may be said of an integration: neither its address nor its credential is part of it.
package struct IntegrationDescription: Sendable, Hashable {
    package var name: String
    package var isReadOnly: Bool
    /// Patterns of what conversations may name in it; none allow all.
    package var allowedNames: [String]

    package init(name: String, isReadOnly: Bool = false, allowedNames: [String] = []) {
        self.name = name
        self.isReadOnly = isReadOnly
        self.allowedNames = allowedNames
    }
}

/// Where none is configured.
package struct NoIntegrations: IntegrationProvider {
    package init() {}

    package func integrations(of kind: IntegrationKind) -> [IntegrationDescription] { [] }

    package func transport(to name: String, of kind: IntegrationKind) async throws -> any IntegrationTransport {
        throw IntegrationError(.configuration, message: "no integration is configured")
    }
}

extension APIResource {
    /// No such resource is served. To an authorizer it is a name like any other: who may `get` one may have its system
    /// asked, and who may `update` one may have it changed.
    package static let integrations = APIResource(
        group: "skyflo.ai", version: "v1", plural: "integrations", kind: "Integration")
}

/// Integrations for whoever has leave to write.
package struct IntegrationWriter: Sendable {
    let provider: any IntegrationProvider
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
        let transport = try await provider.transport(to: name, of: .jenkins)
        let response = try await transport.send(request)
        // Jenkins refuses before it does anything, so that this is no second time. API tokens need no crumb.
        guard response.status == 403, response.text.contains("No valid crumb") else { return response }
        var crumbed = request
        crumbed.extraHeaders = try await JenkinsCrumb.headers(from: transport)
        return try await transport.send(crumbed)
    }
}
