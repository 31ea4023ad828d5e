import IntegrationBench
import Integrations
import KubeModel
import TestGitHosts
import TestWeb
import Testing
import ToolKit

@testable import GitTools

/// Hosts that aren't what they should be, and a model that wants to go elsewhere.
@Suite struct GitAttackTests {
    private static let calls: [(String, JSONValue)] = [
        ("git_list_repositories", [:]), ("git_list_commits", ["repository": "acme/shop"]),
        ("git_get_commit", ["repository": "acme/shop"]),
        ("git_compare", ["repository": "acme/shop", "base": "a", "head": "b"]),
        ("git_list_merge_requests", ["repository": "acme/shop"]),
        ("git_get_merge_request", ["repository": "acme/shop", "number": 1]),
        ("git_list_pipelines", ["repository": "acme/shop"]),
        ("git_get_pipeline", ["repository": "acme/shop", "id": 1]),
        ("git_get_job_log", ["repository": "acme/shop", "pipeline": 1]),
        ("git_find_deployed_commit", ["image": "acme/shop:1.0"]),
    ]

    @Test(arguments: ["hub", "lab"])
    func `what is no answer is told in a sentence, and nothing is followed`(_ host: String) async throws {
        try await Bench.with { bench in
            for (answer, says) in HostileAnswers.all {
                let web = host == "hub" ? bench.gitHub.web : bench.gitLab.web
                web.forgetAnswers()
                web.answer("GET", "/", with: answer)
                for (tool, arguments) in Self.calls {
                    let failure = await bench.tools.failure(
                        tool, MergePatch.apply(["integration": .string(host)], to: arguments))
                    #expect(failure.contains(says), "\(tool): \(failure)")
                    #expect(failure.hasPrefix("Git") && !failure.contains("\n"), "\(tool): \(failure)")
                    #expect(
                        !failure.contains("evil") && !failure.contains(TestGitHub.token)
                            && !failure.contains(TestGitLab.token), "\(failure)")
                }
            }
        }
    }

    @Test(arguments: [
        "../../user", "acme/..", "acme/../admin", "acme/shop?x=y", "acme/shop#x", "acme%2Fshop", "acme/shop\u{0}",
        "acme/sh op", "acme\\shop", "acme", "/", "acme//shop", "acme/./shop", "acme/shop\n", "1",
    ])
    func `a name that would be another path is not sent`(_ name: String) async throws {
        try await Bench.with { bench in
            for host in ["hub", "lab"] {
                let failure = await bench.tools.failure(
                    "git_list_commits", ["repository": .string(name), "integration": .string(host)])
                #expect(failure.contains("repository"), "\(failure)")
            }
            #expect(bench.requests.isEmpty, "\(bench.requests.map(\.target))")
        }
    }

    @Test(arguments: [
        "https://evil.example/acme/shop", "git@evil.example:acme/shop.git", "https://github.com@evil.example/acme/shop",
        "http://evil.example#github.com/acme/shop", "ssh://evil.example/acme/shop", "javascript:alert(1)",
        "https://evil.example/github.com/acme/shop", "file:///etc/passwd", "https://github.com.evil.example/acme/shop",
    ])
    func `an address of another host is refused`(_ address: String) async throws {
        try await Bench.with { bench in
            let failure = await bench.tools.failure("git_list_commits", ["repository": .string(address)])
            #expect(
                failure.hasSuffix("is on the host of none of the integrations; there is hub (GitHub), lab (GitLab)"))
            #expect(bench.requests.isEmpty)
        }
    }

    @Test(arguments: [
        ("https://github.com/acme/shop.git", "hub"), ("git@git.example.com:acme/shop.git", "lab"),
        ("ssh://git@git.example.com/acme/shop", "lab"), ("https://www.github.com/acme/shop/", "hub"),
    ])
    func `an address says which integration is meant`(_ address: String, _ host: String) async throws {
        try await Bench.with { bench in
            let text = try await bench.tools.output("git_list_commits", ["repository": .string(address), "limit": 1])
            #expect(text.contains("Fix the cart"))
            #expect((host == "hub" ? bench.gitLab.web : bench.gitHub.web).requests.isEmpty)
        }
    }

    @Test(arguments: [
        "../../../user", "a..b", "a b", "a?b", "a#b", "a%2fb", "a\u{7F}", "-x", "a//b", "a/.b", "a.lock", "a:b", "a\\b",
        "/a", "",
        "a~1", "a^", "@{1}x",
    ])
    func `a reference that is none is not sent`(_ ref: String) async throws {
        try await Bench.with { bench in
            let arguments: JSONValue = [
                "repository": "acme/shop", "integration": "lab", "base": .string(ref), "head": "main",
            ]
            #expect(!(await bench.tools.failure("git_compare", arguments)).isEmpty)
            #expect(bench.requests.isEmpty, "\(bench.requests.map(\.target))")
        }
    }

    @Test func `only what the integration allows is asked for`() async throws {
        try await Bench.with(allowed: ["acme/web", "team/*"]) { bench in
            for host in ["hub", "lab"] {
                let failure = await bench.tools.failure(
                    "git_get_commit", ["repository": "acme/shop", "integration": .string(host)])
                #expect(
                    failure == "the integration \(host) does not allow repository acme/shop; it allows acme/web, team/*"
                )
                let list = try await bench.tools.output("git_list_repositories", ["integration": .string(host)])
                #expect(list == "No repositories, or none that may be seen.")
            }
            #expect(bench.requests.allSatisfy { !$0.target.contains("shop") })
        }
    }

    @Test func `what is unknown is told with what is near it`() async throws {
        try await Bench.with { bench in
            for host in ["hub", "lab"] {
                let failure = await bench.tools.failure(
                    "git_list_commits", ["repository": "acme/shopp", "integration": .string(host)])
                #expect(failure.hasSuffix("; near names are acme/shop"), "\(failure)")
                let ref = await bench.tools.failure(
                    "git_get_commit", ["repository": "acme/shop", "ref": "nope", "integration": .string(host)])
                #expect(ref.hasPrefix("commit nope of repository acme/shop does not exist in Git"), "\(ref)")
            }
            #expect(
                await bench.tools.failure("git_list_repositories")
                    == "integration: say which GitHub or GitLab is meant: hub, lab")
            #expect(
                await bench.tools.failure("git_list_repositories", ["integration": "other"])
                    == "integration: there is no GitHub or GitLab \"other\"; there is hub, lab")
        }
    }

    @Test func `a list that never ends is read so far`() async throws {
        try await Bench.with { bench in
            let jobs = JSONValue.array((0..<100).map { ["id": JSONValue($0 + 1), "name": "j", "status": "completed"] })
            bench.gitHub.web.answer(
                "GET", "/repos/acme/shop/actions/runs/900/jobs",
                with: .init(200, json: ["jobs": jobs], headers: ["link": "<http://evil.example/x>; rel=\"next\""]))
            let text = try await bench.output("git_get_pipeline", ["id": 900], in: "hub")
            #expect(text.contains("JOB"))
            #expect(bench.gitHub.web.requests.count { $0.path.hasSuffix("/jobs") } == 3)
        }
    }

    @Test func `a log host that leads on, or isn't named, is not followed`() async throws {
        let logs = TestWebServer()
        logs.answer("GET", "/", with: .init(302, headers: ["location": "http://evil.example/"]))
        try await logs.serve {
            try await Bench.with(logHosts: ["127.0.0.1:\(logs.port)"]) { bench in
                bench.gitHub.web.answer(
                    "GET", "/repos/acme/shop/actions/jobs/2/logs",
                    with: .init(302, headers: ["location": "\(logs.url)/x"]))
                let failure = await bench.tools.failure(
                    "git_get_job_log", ["repository": "acme/shop", "integration": "hub", "job": 2])
                #expect(failure.contains("redirect to another address") && !failure.contains("evil"), "\(failure)")
                // Nothing else may leave the origin.
                bench.gitHub.web.answer(
                    "GET", "/repos/acme/shop/pulls", with: .init(302, headers: ["location": "\(logs.url)/x"]))
                let before = logs.requests.count
                _ = await bench.tools.failure(
                    "git_list_merge_requests", ["repository": "acme/shop", "integration": "hub"])
                #expect(logs.requests.count == before)
            }
        }
    }
}
