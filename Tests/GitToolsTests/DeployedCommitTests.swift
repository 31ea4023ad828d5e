import FakeKubeAPI
import IntegrationBench
import KubeModel
import TestGitHosts
import TestWeb
import Testing
import ToolKit
import Writes

@testable import GitTools

@Suite struct DeployedCommitTests {
    private static func deployment(image: String, annotations: JSONValue = [:]) -> JSONValue {
        [
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": ["name": "web", "namespace": "shop", "uid": "u"],
            "spec": [
                "template": [
                    "metadata": ["annotations": annotations],
                    "spec": ["containers": [["name": "app", "image": .string(image)]]],
                ]
            ],
        ]
    }

    private static let path = "GET /apis/apps/v1/namespaces/shop/deployments/web"

    @Test func `annotations lead to repository and commit`() async throws {
        try await Bench.with { bench in
            bench.tools.api.answer(
                Self.path,
                Self.deployment(
                    image: "registry.example.com/x:latest",
                    annotations: [
                        "org.opencontainers.image.revision": .string(GitHostState.id(45)),
                        "org.opencontainers.image.source": "https://git.example.com/acme/shop.git",
                    ]))
            let text = try await bench.tools.output("git_find_deployed_commit", ["name": "web"])
            for part in [
                "Repository: acme/shop (GitLab lab)", "Commit: \(GitHostState.id(45))", "#7 Fix the cart",
                "from org.opencontainers.image.revision", "900 pipeline: failed",
            ] { #expect(text.contains(part), "\(part) is missing in \(text)") }
            #expect(bench.gitHub.web.requests.isEmpty)
        }
    }

    @Test func `an image's name and tag lead there as well`() async throws {
        try await Bench.with { bench in
            let image = "ghcr.io/acme/shop/api:main-\(GitHostState.id(44).prefix(10))-1700000000@sha256:abc"
            let text = try await bench.tools.output(
                "git_find_deployed_commit", ["image": .string(image), "integration": "hub"])
            #expect(text.contains("Repository: acme/shop (GitHub hub)") && text.contains("Change 44"), "\(text)")
            let tag = try await bench.tools.output(
                "git_find_deployed_commit", ["image": "acme/shop:1.4.0", "integration": "hub"])
            #expect(tag.contains("Found by: v1.4.0, from the image's tag 1.4.0") && tag.contains("Change 40"), "\(tag)")
        }
    }

    private struct Labelled: ChartProvider {
        var labels: [String: String]?

        func chart(_ reference: ChartReference) async throws -> ChartPackage { throw NoCharts.failure }

        func labels(ofImage image: String) async throws -> [String: String]? {
            guard let labels else { throw ToolFailure("Helm repository oci: the system can't be reached") }
            return labels
        }
    }

    @Test func `the labels of an image come before all else, where its registry is listed`() async throws {
        try await Bench.with { bench in
            bench.tools.charts = Labelled(labels: [
                "org.opencontainers.image.revision": GitHostState.id(45),
                "org.opencontainers.image.source": "https://git.example.com/acme/shop.git",
            ])
            let text = try await bench.tools.output(
                "git_find_deployed_commit", ["image": "registry.example.com/x:1.4.0"])
            #expect(text.contains("Commit: \(GitHostState.id(45))") && text.contains("(GitLab lab)"), "\(text)")
            #expect(text.contains("from the image's label org.opencontainers.image.revision"))
        }
    }

    @Test func `labels that can't be read are told, and the tag counts as before`() async throws {
        try await Bench.with { bench in
            bench.tools.charts = Labelled(labels: nil)
            let text = try await bench.tools.output(
                "git_find_deployed_commit", ["image": "acme/shop:1.4.0", "integration": "hub"])
            #expect(
                text.contains(
                    "from the image's tag 1.4.0; the labels of the image can't be read: Helm repository oci: the system"
                ),
                "\(text)")
        }
    }

    @Test func `what leads nowhere says what is missing`() async throws {
        try await Bench.with { bench in
            let none = await bench.tools.failure("git_find_deployed_commit", ["image": "acme/shop:latest"])
            #expect(none.contains("neither its tag nor an annotation"), "\(none)")
            let far = await bench.tools.failure("git_find_deployed_commit", ["image": "nginx:1.27"])
            #expect(far.contains("leads to a repository that an integration has; give repository"), "\(far)")
            let other = await bench.tools.failure(
                "git_find_deployed_commit", ["image": "nginx:1.27", "repository": "acme/shop", "integration": "hub"])
            #expect(other.contains("none of 1.27, v1.27 is a commit, branch or tag of acme/shop"), "\(other)")
            #expect(await bench.tools.failure("git_find_deployed_commit").contains("give name"))
        }
    }

    @Test(
        arguments: [
            (
                "registry:5000/acme/shop:1.4.0-5-g1a2b3c4", ["1a2b3c4", "1.4.0-5-g1a2b3c4", "v1.4.0-5-g1a2b3c4"],
                ["acme/shop"]
            ),
            ("acme/shop:sha-1a2b3c4d", ["1a2b3c4d", "sha-1a2b3c4d"], ["acme/shop"]),
            ("acme/shop:20261130", ["20261130", "v20261130"], ["acme/shop"]),
            ("localhost/a/b/c", [], ["a/b/c", "a/b"]), ("nginx", [], []), ("a/b:v2", ["v2", "2"], ["a/b"]),
            ("a/b:..", [], ["a/b"]), ("", [], []), (":", [], []), ("a/b@sha256:12345678", [], ["a/b"]),
        ] as [(String, [String], [String])])
    func `an image's name is taken apart`(_ image: String, _ refs: [String], _ repositories: [String]) {
        let origin = ImageOrigin(image: image)
        #expect(origin.candidates.map(\.ref) == refs)
        #expect(origin.repositories == repositories)
    }
}
