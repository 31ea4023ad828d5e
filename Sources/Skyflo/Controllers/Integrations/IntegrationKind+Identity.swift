import Integrations
import SkyfloAPI
import Writes

/// What a system says when it is asked for the first time.
struct IntegrationIdentity: Sendable, Hashable {
    /// As whom it knows the integration; nil where it doesn't tell.
    var user: String?
    var version: String?
    /// Why it can't be used although it answered.
    var problem: String?
}

extension IntegrationKind {
    /// Whom a system takes the integration for, and what it is.
    ///
    /// - Parameter name: of the integration.
    /// - Throws: ``Integrations/IntegrationError``, `CancellationError`.
    func identity(_ transport: ReadingTransport, name: String) async throws -> IntegrationIdentity {
        switch self {
        case .jenkins:
            let found = try await JenkinsClient(transport, name: name).identity()
            return IntegrationIdentity(
                user: found.user, version: found.version.isEmpty ? nil : found.version,
                problem: found.user == "anonymous" ? "Jenkins does not know the integration's user" : nil)
        case .prometheus:
            return IntegrationIdentity(version: try await PrometheusClient(transport, name: name).version())
        }
    }
}
