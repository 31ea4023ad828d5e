import FakeKubeAPI
import KubeClient
import KubeModel
import Testing
import Writes

@testable import ToolKit

@Suite struct ToolRegistryTests {
    /// Does what its closure says.
    private struct Probe: Tool {
        var name = "probe"
        let title = "Probe"
        let description = ""
        var toolset = "kubernetes"
        let parameters = ToolParameters([])
        var onlyReads = true
        var body: @Sendable () async throws -> ToolOutcome = { .output("done") }

        func call(_: ToolArguments, in _: ToolContext) async throws -> ToolOutcome { try await body() }
    }

    private func failure(of error: any Error & Sendable) async -> String {
        let registry = ToolRegistry([Probe(body: { throw error })])
        do {
            _ = try await registry.call(name: "probe", arguments: "{}", in: context(FakeAPI()))
            return ""
        } catch {
            return (error as? ToolFailure)?.message ?? "not a ToolFailure: \(error)"
        }
    }

    @Test func `an unknown tool is answered with the tools there are`() async {
        let registry = ToolRegistry([Probe(), Probe(name: "jenkins_x", toolset: "jenkins")])
        await #expect(throws: ToolFailure("unknown tool \"kubectl\"; the tools are: probe, jenkins_x")) {
            try await registry.call(name: "kubectl", arguments: "{}", in: context(FakeAPI()))
        }
        await #expect(throws: ToolFailure("unknown tool \"jenkins_x\"; the tools are: probe")) {
            try await registry.call(
                name: "jenkins_x", arguments: "{}", toolsets: ["kubernetes"], in: context(FakeAPI()))
        }
    }

    @Test func `definitions keep their order and can be narrowed`() {
        let registry = ToolRegistry([Probe(name: "z"), Probe(name: "a"), Probe(name: "j", toolset: "jenkins")])
        #expect(registry.definitions().map(\.name) == ["z", "a", "j"])
        #expect(registry.definitions(toolsets: ["jenkins"]).map(\.name) == ["j"])
    }

    @Test func `who may only read is offered nothing that writes, nor a group of it`() {
        let groups = [
            ToolGroup("nodes", toolset: "kubernetes", purpose: "nodes", tools: ["drain"]),
            ToolGroup("more", toolset: "kubernetes", purpose: "more", tools: ["top", "patch"]),
        ]
        let registry = ToolRegistry(
            [
                Probe(name: "get"), Probe(name: "drain", onlyReads: false), Probe(name: "top"),
                Probe(name: "patch", onlyReads: false),
            ], onDemand: groups)
        let definitions = registry.definitions(onlyReading: true)
        #expect(definitions.map(\.name) == ["get", "top", "load_toolset"])
        #expect(definitions.last?.description.contains("nodes") == false)
        #expect(registry.offered(definitions, loaded: []).map(\.name) == ["get", "load_toolset"])
        #expect(registry.definitions(toolsets: ["none"], onlyReading: true).isEmpty)
    }

    @Test func `tools on demand are offered once they were asked for`() async throws {
        let group = ToolGroup("nodes", toolset: "kubernetes", purpose: "nodes", tools: ["drain", "taint"])
        let registry = ToolRegistry(
            [Probe(name: "get"), Probe(name: "drain"), Probe(name: "taint"), Probe(name: "j", toolset: "jenkins")],
            onDemand: [group])
        let definitions = registry.definitions()
        #expect(registry.offered(definitions, loaded: []).map(\.name) == ["get", "j", "load_toolset"])
        #expect(registry.offered(definitions, loaded: ["nodes", "none"]) == definitions)
        #expect(definitions.last?.description.contains("nodes (nodes)") == true)
        #expect(registry.definitions(toolsets: ["jenkins"]).map(\.name) == ["j"], "nothing is left to load")
        #expect(registry.toolsets == ["kubernetes", "jenkins"])
        let outcome = try await registry.call(
            name: "load_toolset", arguments: #"{"name": "nodes"}"#, in: context(FakeAPI()))
        guard case .output("Loaded nodes: drain, taint.") = outcome else {
            Issue.record("\(outcome)")
            return
        }
        await #expect(throws: ToolFailure.self) {
            try await registry.call(name: "load_toolset", arguments: #"{"name": "pods"}"#, in: context(FakeAPI()))
        }
    }

    @Test func `errors become words for the model`() async {
        let conflict = APIStatus(code: 422, reason: .invalid, message: "spec.replicas: must be positive")
        #expect(await failure(of: conflict).contains("(Invalid): spec.replicas: must be positive"))
        #expect(
            await failure(of: KubeClientError(.timeout, message: "no answer in 30 s")).contains("no answer in 30 s"))
        let secret = APIStatus(code: 400, reason: .badRequest, message: "bad password=hunter2hunter2")
        #expect(await !failure(of: secret).contains("hunter2"))
    }

    @Test func `a cancellation is no result`() async {
        let registry = ToolRegistry([Probe(body: { throw CancellationError() })])
        await #expect(throws: CancellationError.self) {
            try await registry.call(name: "probe", arguments: "{}", in: context(FakeAPI()))
        }
    }

    @Test func `a tool's attempt to write is refused before it is sent, and the model hears why`() async {
        let api = FakeAPI()
        let context = context(api)
        let probe = Probe(body: {
            _ = try await context.api.send(KubeRequest(.delete, path: "/api/v1/namespaces/shop"))
            return .output("done")
        })
        await #expect(throws: ToolFailure("refused: DELETE /api/v1/namespaces/shop would change something")) {
            try await ToolRegistry([probe]).call(name: "probe", arguments: "{}", in: context)
        }
        #expect(api.sent.isEmpty)
    }
}
