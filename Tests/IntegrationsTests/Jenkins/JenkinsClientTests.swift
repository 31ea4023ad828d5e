import KubeModel
import TestJenkins
import TestWeb
import Testing

@testable import Integrations

@Suite struct JenkinsClientTests {
    private static func with(
        jobs: [String] = [], _ body: @escaping (TestJenkins, JenkinsClient) async throws -> Void
    ) async throws {
        let jenkins = TestJenkins(prefix: "/ci")
        jenkins.setRootURL("https://public.example/jenkins")
        jenkins.change { state in
            state.job("shop/deploy") { job in
                job.parameters = [
                    [
                        "_class": "hudson.model.ChoiceParameterDefinition", "name": "ENV",
                        "type": "ChoiceParameterDefinition", "choices": ["dev", "prod"],
                        "defaultParameterValue": ["name": "ENV", "value": "dev"],
                    ],
                    [
                        "_class": "hudson.model.PasswordParameterDefinition", "name": "PIN",
                        "type": "PasswordParameterDefinition",
                        "defaultParameterValue": ["name": "PIN", "value": "4711"],
                    ],
                ]
                job.downstream = ["shop/smoke"]
            }
            state.job("shop/smoke")
            state.folder("web", type: "org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject")
            state.job("web/feature%2Flogin")
            state.build("shop/deploy", result: "FAILURE") { $0.values = [("ENV", "prod"), ("PIN", "1")] }
            state.build("shop/deploy", result: "SUCCESS")
        }
        try await jenkins.serve { try await body(jenkins, try jenkins.client(jobs: jobs)) }
    }

    @Test func `jobs are found at any depth, whatever address Jenkins gives itself`() async throws {
        try await Self.with { jenkins, client in
            let all = try await client.jobs(in: nil, depth: 3)
            #expect(all.map(\.path.description) == ["shop", "shop/deploy", "shop/smoke", "web", "web/feature%2Flogin"])
            #expect(all.map(\.state) == ["folder", "success", "never built", "folder", "never built"])
            #expect(try await client.jobs(in: nil, depth: 1).count == 2)
            #expect(
                try await client.jobs(in: JenkinsPath("web"), depth: 2).map(\.path.description) == [
                    "web/feature%2Flogin"
                ])
            let branch = try await client.job(JenkinsPath("web/feature%2Flogin"))
            #expect(branch.type == "WorkflowJob")
            #expect(jenkins.requests.last?.target.hasPrefix("/ci/job/web/job/feature%252Flogin/api/json?tree=") == true)
        }
    }

    @Test func `a job has its parameters, without secret defaults, and what it triggers`() async throws {
        try await Self.with { _, client in
            let job = try await client.job(JenkinsPath("shop/deploy"))
            #expect(job.parameters.map(\.summary) == ["choice of \"dev\", \"prod\", default \"dev\"", "password"])
            #expect(job.downstream == ["shop/smoke"])
            #expect(job.lastBuild?.number == 2 && job.lastFailed == 1)
            let builds = try await client.builds(of: job.path, count: 10)
            #expect(builds.map(\.outcome) == ["succeeded", "failed"])
            #expect(builds[1].parameters == [.init(name: "ENV", value: "prod"), .init(name: "PIN", value: nil)])
        }
    }

    @Test func `jobs outside of the patterns are neither listed nor asked for`() async throws {
        try await Self.with(jobs: ["web/*"]) { jenkins, client in
            let listed = try await client.jobs(in: nil, depth: 3)
            #expect(listed.filter { !$0.isFolder }.map(\.path.description) == ["web/feature%2Flogin"])
            let before = jenkins.requests.count
            await #expect {
                try await client.job(JenkinsPath("shop/deploy"))
            } throws: {
                "\($0)" == "the integration main does not allow job shop/deploy; it allows web/*"
            }
            await #expect(throws: IntegrationError.self) {
                try await client.logEnd(.number(1), of: JenkinsPath("shop/deploy"))
            }
            #expect(jenkins.requests.count == before)
        }
    }

    @Test func `of a long log the end is read, in whole lines and characters`() async throws {
        try await Self.with { jenkins, client in
            let line = "übermäßig lange Zeile\n"
            jenkins.change { $0.build("shop/smoke", log: String(repeating: line, count: 10_000)) }
            let path = try JenkinsPath("shop/smoke")
            let end = try await client.logEnd(.alias("lastBuild"), of: path, limit: 1000)
            #expect(end.text.hasPrefix(line) && end.text.hasSuffix(line) && end.text.utf8.count <= 1000)
            #expect(end.size == line.utf8.count * 10_000 && !end.isRunning)
            let part = try await client.log(.number(1), of: path, from: 1, limit: 10)
            #expect(part.next == 11 && !part.text.contains("\u{FFFD}\u{FFFD}"))
            // Jenkins begins anew behind the end.
            #expect(try await client.log(.number(1), of: path, from: 1 << 30, limit: 10).start == 0)
        }
    }

    @Test func `whom Jenkins takes us for, and its version`() async throws {
        try await Self.with { _, client in
            let identity = try await client.identity()
            #expect(identity == .init(user: "copilot", version: "2.479.3"))
        }
    }

    @Test func `queue items are followed to their builds`() async throws {
        try await Self.with(jobs: ["shop/*"]) { jenkins, client in
            let none = try await client.queueItem(99)
            jenkins.change { $0.job("other") }
            let queue = try await client.queue()
            #expect(none == nil && queue.isEmpty)
        }
    }

    @Test func `a job that is no Pipeline has no stages`() async throws {
        try await Self.with { jenkins, client in
            jenkins.change { state in
                state.job("free") { $0.type = "hudson.model.FreeStyleProject" }
                state.build("free")
                state.job("shop/deploy") {
                    $0.stages = [
                        [
                            "id": "6", "name": "Test", "status": "FAILED", "durationMillis": 5,
                            "error": ["message": "exit code 1"],
                        ]
                    ]
                }
            }
            #expect(try await client.stages(.number(1), of: JenkinsPath("free")) == nil)
            let findings = try await client.findings(.number(1), of: JenkinsPath("shop/deploy"))
            #expect(findings.first == "stage \"Test\" failed: exit code 1")
        }
    }

    @Test(arguments: [
        #"{"builds":[{"number":9223372036854775807,"timestamp":9223372036854775807,"duration":-9223372036854775808}]}"#,
        #"{"builds":{"number":1}}"#, #"{"builds":[1,null,"x",[]]}"#, #"[]"#, #"{"builds":[{"number":1e300}]}"#,
        #"{"builds":[{"number":1,"actions":7,"result":{},"artifacts":[{}],"queueId":"x"}]}"#,
    ])
    func `an answer of other types than Jenkins's is read as far as it goes`(_ body: String) async throws {
        try await Self.with { jenkins, client in
            jenkins.answer("GET", "/job/odd/api/json", with: .init(200, body))
            let path = try JenkinsPath("odd")
            _ = try await client.builds(of: path, count: 10)
            _ = try await client.job(path)
        }
    }

    @Test(arguments: ["9223372036854775807", "-1", "x", ""])
    func `a wrong size of a log is no trouble`(_ size: String) async throws {
        try await Self.with { jenkins, client in
            jenkins.answer("GET", "/job/odd/1/logText", with: .init(200, "a\nb\n", headers: ["x-text-size": size]))
            let end = try await client.logEnd(.number(1), of: JenkinsPath("odd"), limit: 100)
            #expect(end.text.hasSuffix("b\n"))
        }
    }
}
