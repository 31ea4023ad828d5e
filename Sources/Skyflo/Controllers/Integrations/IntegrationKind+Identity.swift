import Integrations
import KubeModel
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
        case .argoCD:
            let found = try await ArgoCDClient(transport, name: name).identity()
            return IntegrationIdentity(user: found.user, version: found.version)
        case .gitHub: return try await Self.gitHub(transport, name: name)
        case .gitLab: return try await Self.gitLab(transport, name: name)
        case .prometheus:
            return IntegrationIdentity(version: try await PrometheusClient(transport, name: name).version())
        }
    }

    /// Tokens of installations have no user, and who asks without one has none either: then what counts is the answer.
    private static func gitHub(_ transport: ReadingTransport, name: String) async throws -> IntegrationIdentity {
        let client = IntegrationClient(transport, system: "GitHub", name: name)
        func version(_ response: IntegrationResponse) -> String {
            response.header("x-github-enterprise-version") ?? "github.com"
        }
        do {
            let response = try await client.get("its user", try IntegrationRequest(.get, segments: ["user"]))
            let user = try client.json(of: response, "its user")["login"]?.string
            return IntegrationIdentity(user: user, version: version(response))
        } catch let error as IntegrationError where [.unauthorized, .forbidden].contains(error.code) {
            let response = try await client.get("its limits", try IntegrationRequest(.get, segments: ["rate_limit"]))
            _ = try client.json(of: response, "its limits")
            return IntegrationIdentity(version: version(response))
        }
    }

    private static func gitLab(_ transport: ReadingTransport, name: String) async throws -> IntegrationIdentity {
        let client = IntegrationClient(transport, system: "GitLab", name: name)
        func json(_ what: String, _ path: String) async throws -> JSONValue? {
            do {
                return try await client.json(
                    what, try IntegrationRequest(.get, segments: ["api", "v4", path]))
            } catch let error as IntegrationError where [.unauthorized, .forbidden].contains(error.code) {
                return nil
            }
        }
        let user = try await json("its user", "user")
        if user == nil {
            _ = try await client.json(
                "its projects",
                try IntegrationRequest(
                    .get, segments: ["api", "v4", "projects"], query: [.init("per_page", value: "1")]))
        }
        let version = try await json("its version", "version")
        return IntegrationIdentity(user: user?["username"]?.string, version: version?["version"]?.string)
    }
}
