import IntegrationBench
import Integrations
import KubeModel
import SkyfloAPI
import TestGitHosts
import TestWeb
import Testing
import ToolKit
import Writes

@testable import GitTools

/// 2026-11-30T21:00:00Z, when the newest commit was made.
let clock = KubeTime(seconds: 1_796_072_400)

/// The tools with a GitHub and a GitLab that have the same repository.
struct Bench: Sendable {
    let gitHub: TestGitHub
    let gitLab: TestGitLab
    var tools: IntegrationBench

    static func with(
        logHosts: [String] = [], allowed: [String] = [], timeout: Duration = .seconds(20),
        _ body: (inout Bench) async throws -> Void
    ) async throws {
        let (gitHub, gitLab) = (TestGitHub(), TestGitLab())
        try await gitHub.web.serve {
            try await gitLab.web.serve {
                func transport(_ url: String, _ token: String) throws -> HTTPIntegrationTransport {
                    try HTTPIntegrationTransport(
                        IntegrationOrigin(url), credential: IntegrationCredential(token: token), otherHosts: logHosts,
                        timeout: timeout)
                }
                var bench = Bench(
                    gitHub: gitHub, gitLab: gitLab,
                    tools: IntegrationBench(
                        GitToolset.all(now: { clock }),
                        FixedIntegrations([
                            .init(
                                .gitHub, .init(name: "hub", allowedNames: allowed),
                                transport: try transport(gitHub.web.url, TestGitHub.token), host: "github.com"),
                            .init(
                                .gitLab, .init(name: "lab", allowedNames: allowed),
                                transport: try transport(gitLab.web.url, TestGitLab.token), host: "git.example.com"),
                        ])))
                try await body(&bench)
            }
        }
    }

    var requests: [SeenRequest] { gitHub.web.requests + gitLab.web.requests }

    /// With the name of an integration.
    func output(_ name: String, _ arguments: JSONValue, in integration: String) async throws -> String {
        try await tools.output(
            name, MergePatch.apply(["integration": .string(integration), "repository": "acme/shop"], to: arguments))
    }
}
