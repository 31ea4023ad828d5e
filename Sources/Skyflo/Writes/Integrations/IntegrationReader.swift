import Integrations
import KubeClient
import KubeModel
import SkyfloAPI

/// An integration that answers, and that nothing can be changed through.
package struct IntegrationConnection: Sendable {
    package let kind: IntegrationKind
    package let description: IntegrationDescription
    package let transport: ReadingTransport

    /// For systems that answer in JSON.
    package var client: IntegrationClient {
        IntegrationClient(
            transport, system: kind.title, name: description.name, allowed: NamePatterns(description.allowedNames))
    }
}

/// Integrations for those parts of a turn that may ask and change nothing.
package struct IntegrationReader: Sendable {
    let provider: any IntegrationProvider
    /// Of the conversation: its ServiceAccount needs the right to use an integration there.
    package let namespace: String
    /// What is sent at most, and whose declaration that is; nil for all that reads.
    private var limits: (routes: [IntegrationRoute], sender: String)?

    package init(_ provider: any IntegrationProvider = NoIntegrations(), namespace: String = "") {
        self.provider = provider
        self.namespace = namespace
    }

    package static let none = IntegrationReader()

    /// The same for a tool, which sends what it declares.
    package func limited(to routes: [IntegrationRoute], of sender: String) -> IntegrationReader {
        var reader = self
        reader.limits = (routes, sender)
        return reader
    }

    /// Those that are enabled, in the order of the kinds.
    package func descriptions(of kinds: [IntegrationKind]) -> [(kind: IntegrationKind, of: IntegrationDescription)] {
        kinds.flatMap { kind in provider.integrations(of: kind).map { (kind, $0) } }
    }

    package func path(ofAddress url: String, in connection: IntegrationConnection) -> String? {
        provider.path(ofAddress: url, in: connection.description.name, of: connection.kind)
    }

    /// - Parameter name: nil for the only one of these kinds.
    /// - Throws: ``ToolFailure`` where there is none of that name, where the identity may not use it, or where its settings
    ///   can't be used; `CancellationError`.
    package func connection(
        to name: String?, of kinds: [IntegrationKind], api: ReadOnlyAPI
    ) async throws -> IntegrationConnection {
        let (kind, described) = try described(name, of: kinds)
        try await requireRight(.get, to: described.name, api: api)
        return try await connection(described, of: kind)
    }

    /// A Jenkins that answers.
    ///
    /// - Parameter name: nil for the only one.
    /// - Throws: as ``connection(to:of:api:)``.
    package func jenkins(_ name: String?, api: ReadOnlyAPI) async throws -> JenkinsClient {
        Self.jenkins(try await connection(to: name, of: [.jenkins], api: api))
    }

    func jenkins(_ described: IntegrationDescription) async throws -> JenkinsClient {
        Self.jenkins(try await connection(described, of: .jenkins))
    }

    private static func jenkins(_ connection: IntegrationConnection) -> JenkinsClient {
        JenkinsClient(
            connection.transport, name: connection.description.name,
            jobs: NamePatterns(connection.description.allowedNames), isReadOnly: connection.description.isReadOnly)
    }

    private func connection(
        _ described: IntegrationDescription, of kind: IntegrationKind
    ) async throws -> IntegrationConnection {
        do {
            return IntegrationConnection(
                kind: kind, description: described,
                transport: ReadingTransport(
                    try await provider.transport(to: described.name, of: kind), routes: limits?.routes,
                    sender: limits?.sender ?? ""))
        } catch let error as IntegrationError {
            throw ToolFailure("\(kind.title) \(described.name): \(error.message)")
        }
    }

    func described(
        _ name: String?, of kinds: [IntegrationKind]
    ) throws(ToolFailure) -> (IntegrationKind, IntegrationDescription) {
        let all = descriptions(of: kinds)
        let title = kinds.map(\.title).joined(separator: " or ")
        guard let first = all.first else {
            let lists = kinds.map { "spec.integrations.\($0.rawValue)" }.joined(separator: " and ")
            throw ToolFailure("no \(title) is configured: \(lists) of the SkyfloAI has none that is enabled")
        }
        let names = all.map(\.of.name).joined(separator: ", ")
        guard let name else {
            guard all.count == 1 else { throw ToolFailure("integration: say which \(title) is meant: \(names)") }
            return first
        }
        guard let found = all.first(where: { $0.of.name == name }) else {
            throw ToolFailure(
                "integration: there is no \(title) \(JSONWriter.string(.string(String(name.prefix(63))))); there is "
                    + names)
        }
        return found
    }

    func requireRight(_ method: KubeRequest.Method, to name: String, api: ReadOnlyAPI) async throws {
        let path = APIResource.integrations.path(namespace: namespace, name: name)
        try await AccessReview.requireForTool(KubeRequest(method, path: path), api: api)
    }
}
