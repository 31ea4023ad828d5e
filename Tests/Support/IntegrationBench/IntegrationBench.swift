import FakeKubeAPI
import Integrations
import KubeClient
import KubeModel
import SkyfloAPI
import TestWeb
import Testing
import ToolKit
import Writes

/// Integrations without a SkyfloAI.
package struct FixedIntegrations: IntegrationProvider {
    package struct Entry: Sendable {
        package var kind: IntegrationKind
        package var description: IntegrationDescription
        package var transport: any IntegrationTransport
        /// Whose pages belong to it.
        package var host = ""

        package init(
            _ kind: IntegrationKind, _ description: IntegrationDescription, transport: any IntegrationTransport,
            host: String = ""
        ) {
            self.kind = kind
            self.description = description
            self.transport = transport
            self.host = host
        }
    }

    package var entries: [Entry]

    package init(_ entries: [Entry]) { self.entries = entries }

    package func integrations(of kind: IntegrationKind) -> [IntegrationDescription] {
        entries.filter { $0.kind == kind }.map(\.description)
    }

    package func transport(to name: String, of kind: IntegrationKind) async throws -> any IntegrationTransport {
        guard let found = entries.first(where: { $0.kind == kind && $0.description.name == name }) else {
            throw IntegrationError(.configuration, message: "it is not configured any more, or disabled")
        }
        return found.transport
    }

    package func path(ofAddress url: String, in name: String, of kind: IntegrationKind) -> String? {
        guard let found = entries.first(where: { $0.kind == kind && $0.description.name == name }) else { return nil }
        return try? IntegrationOrigin("https://\(found.host)").path(ofAddress: url)
    }
}

/// The tools of a toolset with integrations that servers of a test answer for.
package struct IntegrationBench: Sendable {
    package var provider: FixedIntegrations
    package let api = FakeAPI()
    private let tools: ToolRegistry

    package static let token = "a-token-of-tests-0123456789"

    /// - Parameter isAllowed: whether the conversation's ServiceAccount may use the integrations.
    package init(_ tools: [any Tool], _ provider: FixedIntegrations, isAllowed: Bool = true) {
        self.tools = ToolRegistry(tools)
        self.provider = provider
        api.answer(
            "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews", status: 201,
            ["status": ["allowed": .bool(isAllowed)]])
    }

    /// What a server of a test is asked through.
    package static func transport(
        to url: String, headers: [IntegrationRequest.Field] = [], logHosts: [String] = [],
        timeout: Duration = .seconds(20)
    ) throws -> HTTPIntegrationTransport {
        try HTTPIntegrationTransport(
            IntegrationOrigin(url), credential: IntegrationCredential(token: token), headers: headers,
            otherHosts: logHosts, timeout: timeout)
    }

    /// What the registries that are listed have.
    package var charts: any ChartProvider = NoCharts()

    private var context: ToolContext {
        let identity = Impersonation.serviceAccount(namespace: "shop", name: "copilot")
        return ToolContext(
            api: ReadOnlyAPI(api.impersonating(identity)), mapper: RESTMapper(api: api), namespace: "shop",
            redactor: Redactor(key: Array("a key for tests only".utf8)),
            integrations: IntegrationReader(provider, namespace: "shop"), charts: charts)
    }

    package func output(_ name: String, _ arguments: JSONValue = [:]) async throws -> String {
        let outcome = try await tools.call(name: name, arguments: JSONWriter.string(arguments), in: context)
        guard case .output(let text) = outcome else {
            Issue.record("no output: \(outcome)")
            return ""
        }
        return text
    }

    package func failure(_ name: String, _ arguments: JSONValue = [:]) async -> String {
        do {
            Issue.record("no failure: \(try await output(name, arguments))")
        } catch let failure as ToolFailure {
            return failure.message
        } catch {
            Issue.record("another error: \(error)")
        }
        return ""
    }
}

/// Answers of a system that is broken, or is somebody else, and what a tool says of each in one sentence.
package enum HostileAnswers {
    package static let all: [(answer: TestAnswer, says: String)] = [
        (.init(302, headers: ["location": "http://evil.example/x"]), "redirect to another address"),
        (.init(302, headers: ["location": "//evil.example/x"]), "redirect to another address"),
        (.init(302, headers: ["location": "/other/../../x"]), "redirect to another address"),
        (.init(302), "doesn't say where to"),
        (.page(200, "hello"), "a web page where JSON was asked for"),
        (.init(200, "{\"a\":"), "not valid JSON"), (.init(200, ""), "not valid JSON"),
        (.init(401, json: ["message": "Bad credentials"]), "does not accept the integration's credential"),
        (.init(403, json: ["message": "no\u{1B}[31m\nway"]), "no way"),
        (.init(500, "oops"), "HTTP 500"), (.init(429, "", headers: ["retry-after": "17"]), "ask again in 17 s"),
        (endless, "larger than"),
    ]

    private static var endless: TestAnswer {
        var answer = TestAnswer(200, String(repeating: " ", count: 65_536))
        answer.isEndless = true
        return answer
    }
}
