import ChartRepositories
import FoundationEssentials
import KubeClient
import KubeModel
import SkyfloAPI
import Testing

@testable import HelmTools
@testable import ToolKit
@testable import Writes

/// Changes of the list of repositories, on an API server with the CRD.
@Suite struct RepositoryChangeTests {
    private static let key = ObjectKey(namespace: "default", name: "skyflo")

    private func with(_ spec: JSONValue, _ body: (ReleaseBench) async throws -> Void) async throws {
        try await ReleaseBench.withRunning { bench in
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            let text = try String(contentsOf: root.appending(path: "crds/skyflo.ai_skyfloais.yaml"), encoding: .utf8)
            let definitions = APIResource(
                group: "apiextensions.k8s.io", version: "v1", plural: "customresourcedefinitions",
                kind: "CustomResourceDefinition", namespaced: false)
            _ = try await bench.client.create(KubeObject(try YAML.parse(text)), in: definitions)
            let object = KubeObject([
                "apiVersion": "skyflo.ai/v1", "kind": "SkyfloAI",
                "metadata": ["name": "skyflo", "namespace": "default"], "spec": spec,
            ])
            try await eventually("the CRD is served") {
                (try? await bench.client.create(object, in: .skyfloAIs)) != nil
            }
            var bench = bench
            bench.context.charts = ListedCharts([], skyfloAI: Self.key)
            try await body(bench)
        }
    }

    private func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while try await !condition() { try #require(ContinuousClock.now < deadline, "\(what)") }
    }

    private func listed(_ bench: ReleaseBench) async throws -> [HelmRepositorySettings] {
        SkyfloAI(try await bench.client.get(.skyfloAIs, namespace: "default", name: "skyflo")).helmRepositories
    }

    private func carryOut(_ tool: String, _ arguments: JSONValue, _ bench: ReleaseBench) async throws -> WriteProposal {
        let proposal = try await bench.proposal(of: tool, arguments)
        try await bench.carryOut(try await bench.preview(proposal))
        return proposal
    }

    @Test(arguments: [[:], ["helm": [:]], ["helm": ["repositories": []]]] as [JSONValue])
    func `a repository is added to the list of the SkyfloAI, whatever there is of it`(_ spec: JSONValue) async throws {
        try await with(spec) { bench in
            let proposal = try await carryOut(
                "helm_repo_add", ["name": "stable", "url": "https://charts.example/stable"], bench)
            #expect(
                proposal.summary
                    == "Add the Helm repository stable (https://charts.example/stable) to skyfloai default/skyflo")
            #expect(proposal.risk == .high && proposal.warnings.count == 1)
            _ = try await carryOut("helm_repo_add", ["name": "oci", "url": "oci://ghcr.io/acme"], bench)
            #expect(try await listed(bench).map(\.url) == ["https://charts.example/stable", "oci://ghcr.io/acme"])
            let again = await bench.outcome(of: "helm_repo_add", ["name": "oci", "url": "oci://ghcr.io/acme"])
            #expect(again.hasPrefix("Nothing to do"))
            let other = await bench.outcome(of: "helm_repo_add", ["name": "oci", "url": "oci://ghcr.io/other"])
            #expect(other.contains("there is a repository oci already, at oci://ghcr.io/acme"))
        }
    }

    @Test func `a repository is removed by its name, and another is not`() async throws {
        let spec: JSONValue = [
            "helm": ["repositories": [["name": "a", "url": "https://a"], ["name": "b", "url": "https://b"]]]
        ]
        try await with(spec) { bench in
            _ = try await carryOut("helm_repo_remove", ["name": "a"], bench)
            #expect(try await listed(bench).map(\.name) == ["b"])
            let missing = await bench.outcome(of: "helm_repo_remove", ["name": "a"])
            #expect(missing.hasSuffix("has no Helm repository \"a\"; it has b"))
        }
    }

    @Test func `a list that was changed meanwhile is not touched`() async throws {
        let spec: JSONValue = ["helm": ["repositories": [["name": "a", "url": "https://a"]]]]
        try await with(spec) { bench in
            let preview = try await bench.preview(try await bench.proposal(of: "helm_repo_remove", ["name": "a"]))
            _ = try await bench.client.patch(
                .skyfloAIs, namespace: "default", name: "skyflo",
                patch: .merge(["spec": ["helm": ["repositories": [["name": "b", "url": "https://b"]]]]]))
            await #expect(throws: (any Error).self) { try await bench.carryOut(preview) }
            #expect(try await listed(bench).map(\.name) == ["b"])
        }
    }

    @Test(arguments: [
        "http://localhost:8080", "https://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/",
        "http://[::1]/", "http://[fe80::1]/", "http://169.254.169.254/", "http://metadata.google.internal/",
        "https://0/", "https://[0:0:0:0:0:0:0:1]/", "https://[0::1]:8443/", "https://[0:0:0:0:0:ffff:a9fe:a9fe]/",
        "https://[::ffff:127.0.0.1]/", "https://[fd00:ec2::254]/", "https://[FD00:EC2:0::254]/", "https://[::]/",
        "https://[FEBF::1]/", "https://[::7f00:1]/", "https://[64:ff9b::a9fe:a9fe]/", "https://[fe80::1%25eth0]/",
        "https://%6cocalhost/", "https://127.0.0.1./", "https://0X7F.1/", "https://100.100.100.200/", "oci://[x]/acme",
        "ftp://a", "charts.example", "https://u:p@charts.example", "https://a/?x", "https://", "file:///etc",
        "https://a b",
    ])
    func `an address that a model may not propose is refused`(_ url: String) {
        #expect(RepositoryAddress.problem(with: url) != nil)
    }

    @Test(arguments: [
        "https://charts.example/a", "http://10.0.0.7:8080", "oci://ghcr.io/acme", "https://[2001:db8::1]/x",
        "https://[fd00::7]/x",
        "https://[::ffff:10.0.0.7]/", "https://1password.example/", "https://4.example/",
    ])
    func `an address that may be proposed is not refused`(_ url: String) {
        #expect(RepositoryAddress.problem(with: url) == nil)
    }
}

extension ReleaseBench {
    func proposal(of tool: String, _ arguments: JSONValue) async throws -> WriteProposal {
        let outcome = try await call(tool, arguments)
        guard case .proposal(let proposal) = outcome else { throw ToolFailure("no proposal: \(outcome)") }
        return proposal
    }

    func outcome(of tool: String, _ arguments: JSONValue) async -> String {
        do {
            guard case .output(let text) = try await call(tool, arguments) else { return "a proposal" }
            return text
        } catch {
            return (error as? ToolFailure)?.message ?? "\(error)"
        }
    }
}
