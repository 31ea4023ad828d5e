import FakeKubeAPI
import Integrations
import KubeClient
import KubeModel
import SkyfloAPI
import Synchronization
import Testing
import Writes

@testable import ToolKit

/// A tool sends to integrations what it declares, and nothing else.
@Suite struct IntegrationRouteTests {
    @Test(
        arguments: [
            ("/job/**/api/json", ["job", "a", "api", "json"], true),
            ("/job/**/api/json", ["job", "api", "json"], true),
            ("/job/**/api/json", ["job", "a", "job", "b", "7", "api", "json"], true),
            ("/job/**/api/json", ["queue", "api", "json"], false),
            ("/job/**/api/json", ["job", "a", "api", "xml"], false),
            ("/job/**/api/json", ["job", "a", "config.xml", "api", "json", "x"], false),
            ("/repos/*/*/pulls/*", ["repos", "a", "b", "pulls", "7"], true),
            ("/repos/*/*/pulls/*", ["repos", "a", "b", "pulls"], false),
            ("/repos/*/*/pulls/*", ["repos", "a", "b", "pulls", "7", "merge"], false),
            ("/job/**/input/*/proceed*", ["job", "a", "1", "input", "x", "proceedEmpty"], true),
            ("/job/**/input/*/proceed*", ["job", "a", "1", "input", "x", "abort"], false),
            ("/api/json", ["api", "json"], true),
        ] as [(String, [String], Bool)])
    func `a pattern covers paths by their segments`(_ pattern: String, _ segments: [String], _ isAllowed: Bool) throws {
        let request = try IntegrationRequest(.get, segments: segments, query: [.init("a", value: "/b?c")])
        #expect(IntegrationRoute.get(pattern).allows(request) == isAllowed)
        #expect(!IntegrationRoute.post(pattern).allows(request))
    }

    /// Counts what it is asked to send.
    private final class Counter: IntegrationTransport {
        let sent = Mutex<[String]>([])

        func send(_ request: IntegrationRequest) async throws -> IntegrationResponse {
            sent.withLock { $0.append(request.target) }
            return IntegrationResponse(status: 200, body: Array("{}".utf8))
        }
    }

    private struct OneIntegration: IntegrationProvider {
        let transport: Counter

        func integrations(of kind: IntegrationKind) -> [IntegrationDescription] {
            kind == .jenkins ? [.init(name: "main")] : []
        }

        func transport(to name: String, of kind: IntegrationKind) async throws -> any IntegrationTransport { transport }
    }

    /// Asks for what it declares, or for more; proposes a build.
    private struct Asker: Tool {
        let name = "asker"
        let title = "Asker"
        let description = ""
        let toolset = "jenkins"
        let parameters = ToolParameters([])
        var onlyReads = true
        var requests: [ToolRequest]? = [.askIntegration, .changeIntegration]
        var routes: [IntegrationRoute] = [.get("/job/**/api/json")]
        var segments = ["job", "a", "api", "json"]

        func call(_: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
            guard onlyReads else {
                let request = PlannedJenkinsRequest(
                    .build, of: try JenkinsPath("a"), integration: "main", namespace: "shop", build: 1)
                return .proposal(
                    WriteProposal(summary: "Build", writes: [PlannedWrite(.jenkins(request))], risk: .high))
            }
            let connection = try await context.integrations.connection(to: nil, of: [.jenkins], api: context.api)
            let response = try await connection.transport.send(try IntegrationRequest(.get, segments: segments))
            return .output(response.text)
        }
    }

    private func call(_ tool: Asker, _ transport: Counter) async throws -> ToolOutcome {
        let api = FakeAPI()
        api.answer(
            "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews", status: 201, ["status": ["allowed": true]])
        var context = context(api)
        context.integrations = IntegrationReader(OneIntegration(transport: transport), namespace: "shop")
        return try await ToolRegistry([tool]).call(name: "asker", arguments: "{}", in: context)
    }

    @Test func `what a tool declares is sent, and nothing beyond it`() async throws {
        let transport = Counter()
        guard case .output("{}") = try await call(Asker(), transport) else { throw ToolFailure("no output") }
        await #expect(
            throws: ToolFailure("asker doesn't declare that it sends GET /script: this is a fault of the tool")
        ) { try await call(Asker(segments: ["script"]), transport) }
        await #expect(throws: ToolFailure.self) { try await call(Asker(routes: []), transport) }
        #expect(transport.sent.withLock(\.self) == ["/job/a/api/json"])
    }

    @Test func `a proposal beyond what is declared is refused`() async throws {
        let transport = Counter()
        var tool = Asker(onlyReads: false, routes: [.get("/job/**/api/json"), .post("/job/**/build")])
        guard case .proposal = try await call(tool, transport) else { throw ToolFailure("no proposal") }
        tool.routes = [.get("/job/**/build"), .post("/job/**/stop")]
        await #expect {
            try await call(tool, transport)
        } throws: { "\(($0 as? ToolFailure)?.message ?? "")".contains("doesn't declare that it may send this request") }
        tool.routes = [.post("/job/**/build")]
        tool.requests = [.askIntegration]
        await #expect {
            try await call(tool, transport)
        } throws: {
            "\(($0 as? ToolFailure)?.message ?? "")".contains("doesn't declare that it may update integrations")
        }
        #expect(transport.sent.withLock(\.self).isEmpty)
    }

    @Test func `who reads can't send anything that changes something`() async throws {
        let transport = Counter()
        let reading = ReadingTransport(transport)
        await #expect(throws: IntegrationError.self) {
            try await reading.send(try IntegrationRequest(.post, segments: ["job", "a", "build"]))
        }
        #expect(transport.sent.withLock(\.self).isEmpty)
    }

    @Test func `catalogs say what is sent to integrations`() {
        let catalog = ToolRegistry([Asker()]).catalog
        #expect(catalog.entries.first?.json["integrationRequests"] == ["GET /job/**/api/json"])
    }
}
