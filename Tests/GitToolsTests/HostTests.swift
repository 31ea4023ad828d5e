import IntegrationBench
import Integrations
import KubeModel
import TestGitHosts
import TestWeb
import Testing
import ToolKit

@testable import GitTools

/// Both hosts give the same words for the same things.
@Suite struct GitHostTests {
    private static let hosts = ["hub", "lab"]

    @Test(arguments: hosts) func `commits are listed in pages`(_ host: String) async throws {
        try await Bench.with { bench in
            let first = try await bench.output("git_list_commits", ["limit": 2], in: host)
            #expect(
                first == """
                    COMMIT         AGE   AUTHOR   SUBJECT
                    002dc0ffee00   0s    Alice    Fix the cart
                    002cc0ffee00   60m   Alice    Change 44
                    … there are more; ask with page: 2
                    """, "\(first)")
            let last = try await bench.output("git_list_commits", ["limit": 40, "page": 2, "ref": "main"], in: host)
            #expect(last.contains("Change 5") && last.contains("Change 1") && !last.contains("more"), "\(last)")
            let branch = try await bench.output("git_list_commits", ["ref": "feature/login", "limit": 1], in: host)
            #expect(branch.contains("Change 44"), "\(branch)")
        }
    }

    @Test(arguments: hosts) func `a commit is shown with what belongs to it`(_ host: String) async throws {
        try await Bench.with { bench in
            let text = try await bench.output("git_get_commit", ["ref": "main", "diff": "*.swift"], in: host)
            let request = host == "hub" ? "Pull request" : "Merge request"
            for part in [
                "Commit: \(GitHostState.id(45))", "Date: 2026-11-30T21:00:00Z", "Fix the cart\n  It lost items.",
                "\(request): #7 Fix the cart (merged)", host == "hub" ? "test: failure" : "test: failed",
                "modified src/cart.swift +2 -1", "--- src/cart.swift\n@@ -1 +1,2 @@\n-a\n+b\n+c",
                host == "hub" ? "900 CI #12: failure" : "900 pipeline: failed",
            ] { #expect(text.contains(part), "\(part) is missing in \(text)") }
        }
    }

    @Test(arguments: hosts) func `two commits are compared`(_ host: String) async throws {
        try await Bench.with { bench in
            let text = try await bench.output("git_compare", ["base": "v1.4.0", "head": "main"], in: host)
            #expect(text.hasPrefix("main has 5 commits that v1.4.0 has not."), "\(text)")
            #expect(text.contains("Fix the cart") && text.contains("Change 41") && !text.contains("Change 40"))
            #expect(text.hasSuffix("1 file:\nmodified src/cart.swift +2 -1"), "\(text)")
            let back = try await bench.output("git_compare", ["base": "main", "head": "feature/login"], in: host)
            #expect(back.hasPrefix("feature/login has 0 commits that main has not"), "\(back)")
        }
    }

    @Test(arguments: hosts) func `requests to merge are listed and shown`(_ host: String) async throws {
        try await Bench.with { bench in
            let open = try await bench.output("git_list_merge_requests", [:], in: host)
            #expect(open.contains("#8") && open.contains("feature/login -> main") && !open.contains("#7"), "\(open)")
            let merged = try await bench.output("git_list_merge_requests", ["state": "merged"], in: host)
            #expect(merged.contains("#7") && merged.contains("merged") && !merged.contains("#8"), "\(merged)")
            let text = try await bench.output("git_get_merge_request", ["number": 7], in: host)
            for part in [
                "Number: #7 of acme/shop", "State: merged", "fix -> main", "Merged as: \(GitHostState.id(45))",
                "Text:\n  Why and how.", "Reviews: bob: approved", "modified src/cart.swift", "Labels: bug",
            ] { #expect(text.contains(part), "\(part) is missing in \(text)") }
        }
    }

    @Test(arguments: hosts) func `pipelines lead to the job that failed`(_ host: String) async throws {
        try await Bench.with { bench in
            let list = try await bench.output("git_list_pipelines", ["status": "failed"], in: host)
            #expect(list.contains("900") && !list.contains("901"), "\(list)")
            let commit = JSONValue.string(GitHostState.id(40))
            let other = try await bench.output("git_list_pipelines", ["commit": commit], in: host)
            #expect(other.contains("901") && !other.contains("900"), "\(other)")
            let text = try await bench.output("git_get_pipeline", ["id": 900], in: host)
            let lines = text.split(separator: "\n")
            let first = try #require(lines.firstIndex { $0.hasPrefix("JOB") })
            #expect(lines[first + 1].hasPrefix("2 "), "what failed comes first: \(text)")
            #expect(text.contains(host == "hub" ? "step \"Run make test\" failed" : "script failure"), "\(text)")
        }
    }

    @Test func `a log of GitLab is cleaned, cut and redacted`() async throws {
        try await Bench.with { bench in
            let text = try await bench.output("git_get_job_log", ["pipeline": 900, "tail": 3], in: "lab")
            #expect(text.hasPrefix("Log of job 2 test:\nFAIL: cart\n") && text.contains("exit code 1"), "\(text)")
            #expect(!text.contains("hunter2") && text.contains("API_TOKEN=‹redacted:"), "\(text)")
            let found = try await bench.output(
                "git_get_job_log", ["job": 2, "search": "fail", "context": 0], in: "lab")
            #expect(found == "1 line in the log of job 2:\n> 2: FAIL: cart", "\(found)")
            #expect(
                try await bench.output("git_get_job_log", ["pipeline": 901], in: "lab")
                    == "No job of pipeline 901 has failed.")
        }
    }

    @Test func `a log of GitHub comes from a host that the admin names, and without the token`() async throws {
        let logs = TestWebServer()
        let lines =
            "\u{FEFF}2026-11-30T21:00:00.1234567Z ##[group]Run make test\n2026-11-30T21:00:01.1234567Z \u{1B}[31mFAIL\u{1B}[0m\n"
        logs.answer("GET", "/blob", with: .init(200, lines))
        try await logs.serve {
            let place = TestAnswer(302, headers: ["location": "\(logs.url)/blob?sig=abc%2Fdef"])
            try await Bench.with(logHosts: ["127.0.0.1:\(logs.port)"]) { bench in
                bench.gitHub.web.answer("GET", "/repos/acme/shop/actions/jobs/2/logs", with: place)
                let text = try await bench.output("git_get_job_log", ["job": 2], in: "hub")
                #expect(text == "Log of job 2:\nRun make test\nFAIL\n", "\(text)")
                let seen = try #require(logs.requests.first)
                #expect(seen.target == "/blob?sig=abc%2Fdef" && seen.headers["authorization"] == nil)
            }
            let before = logs.requests.count
            try await Bench.with { bench in
                bench.gitHub.web.answer("GET", "/repos/acme/shop/actions/jobs/2/logs", with: place)
                let text = try await bench.output("git_get_job_log", ["job": 2], in: "hub")
                #expect(text.contains("which logHosts doesn't name"), "\(text)")
                #expect(text.contains("Tests/CartTests.swift:12: expected 2 items"), "\(text)")
            }
            #expect(logs.requests.count == before)
        }
    }

    @Test func `what the token may not see is said beside the rest`() async throws {
        try await Bench.with { bench in
            bench.gitHub.change { $0.forbidden = ["check-runs", "runs"] }
            let text = try await bench.output("git_get_commit", ["ref": "main"], in: "hub")
            #expect(text.contains("Fix the cart") && text.contains("Not known:"), "\(text)")
            #expect(text.contains("Resource not accessible by personal access token"), "\(text)")
        }
    }

    @Test func `a limit of requests is told in words`() async throws {
        try await Bench.with { bench in
            bench.gitHub.web.answer(
                "GET", "/repos",
                with: .init(
                    403, json: ["message": "API rate limit exceeded"],
                    headers: [
                        "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1796076000",
                    ]))
            let text = await bench.tools.failure(
                "git_get_commit", ["repository": "acme/shop", "integration": "hub"])
            #expect(
                text == "GitHub hub has had too many requests of the integration (5000 in its period): "
                    + "ask again after 2026-11-30T22:00:00Z", "\(text)")
        }
    }
}
