import FakeKubeAPI
import IntegrationBench
import KubeModel
import TestJenkins
import TestWeb
import Testing
import ToolKit
import Writes

@testable import JenkinsTools

@Suite struct JenkinsReadTests {
    @Test func `only the tools that read say so`() {
        let tools = JenkinsToolset.all { clock }
        #expect(
            Set(tools.filter { !$0.onlyReads }.map(\.name)) == [
                "jenkins_trigger_build", "jenkins_update_build", "jenkins_stop_build", "jenkins_cancel_queue_item",
                "jenkins_answer_input", "jenkins_replay_build", "jenkins_rebuild", "jenkins_set_job_enabled",
            ])
        // Those of the reference system, by name and own parameters.
        let parameters = Dictionary(uniqueKeysWithValues: tools.map { ($0.name, Set($0.parameters.list.map(\.name))) })
        for (name, own) in Self.reference {
            #expect(parameters[name]?.isSuperset(of: own) == true, "\(name)")
        }
        #expect(parameters.values.allSatisfy { $0.isDisjoint(with: ["api_url", "credentials_ref", "verify"]) })
    }

    private static let reference: [String: Set<String>] = [
        "jenkins_get_job": ["jobFullName", "tree"], "jenkins_get_jobs": ["start", "limit"],
        "jenkins_trigger_build": ["jobFullName", "parameters"], "jenkins_get_build": ["jobFullName", "build", "tree"],
        "jenkins_get_last_builds": ["jobFullName", "count", "tree"],
        "jenkins_update_build": ["jobFullName", "build", "displayName", "description"],
        "jenkins_stop_build": ["jobFullName", "build"], "jenkins_get_build_log": ["jobFullName", "build", "start"],
        "jenkins_get_job_scm": ["jobFullName"], "jenkins_get_build_scm": ["jobFullName", "build"],
        "jenkins_get_build_changesets": ["jobFullName", "build"], "jenkins_whoami": [],
        "jenkins_get_job_parameters": ["jobFullName"],
    ]

    @Test func `jobs, their parameters and builds are shown`() async throws {
        try await Bench.with { bench in
            let jobs = try await bench.output("jenkins_get_jobs", ["pattern": "shop/*"])
            #expect(
                jobs == """
                    JOB           STATE         TYPE
                    shop/deploy   success       WorkflowJob
                    shop/smoke    never built   WorkflowJob
                    """, "\(jobs)")
            let page = try await bench.output("jenkins_get_jobs", ["limit": 2, "start": 1])
            #expect(page.hasSuffix("… 2 more; ask with start: 3"), "\(page)")
            let job = try await bench.output("jenkins_get_job", ["jobFullName": "shop/deploy"])
            #expect(job.contains("Triggers: shop/smoke") && job.contains("Last build: #1 succeeded, 4m ago"), "\(job)")
            let parameters = try await bench.output("jenkins_get_job_parameters", ["jobFullName": "shop/deploy"])
            #expect(
                parameters == """
                    ENV (choice of "dev", "prod", default "dev")
                    VERSION (string)
                    DRY (boolean, default "true")
                    PIN (password)
                    """, "\(parameters)")
            let build = try await bench.output("jenkins_get_build", ["jobFullName": "shop/deploy"])
            #expect(
                build.contains("VERSION = 1.4") && build.contains("PIN = (not shown)") && !build.contains("0000"),
                "\(build)")
            let raw = try await bench.output(
                "jenkins_get_build", ["jobFullName": "shop/deploy", "tree": "number,result"])
            #expect(raw.contains("number: 1") && raw.contains("result: SUCCESS") && !raw.contains("queueId"), "\(raw)")
            let list = try await bench.output("jenkins_get_last_builds", ["jobFullName": "shop/deploy"])
            #expect(list.contains("#1      SUCCESS   61s    4m ago    Started by user copilot"), "\(list)")
        }
    }

    @Test func `logs are read from their end, on from a byte, and searched`() async throws {
        try await Bench.with { bench in
            let lines = (1...400).map { $0 == 200 ? "\u{1B}[31mERROR: disk full\u{1B}[0m" : "line \($0)" }
            bench.jenkins.change {
                $0.build("shop/smoke", result: "FAILURE", log: lines.joined(separator: "\n") + "\n")
            }
            let smoke: JSONValue = ["jobFullName": "shop/smoke"]
            let end = try await bench.output("jenkins_get_build_log", MergePatch.apply(["tail": 2], to: smoke))
            #expect(end.hasSuffix(":\nline 399\nline 400\n") && end.contains("writes no more"), "\(end)")
            let found = try await bench.output(
                "jenkins_get_build_log", MergePatch.apply(["search": "error|nothing", "context": 1], to: smoke))
            #expect(found.hasSuffix("  199: line 199\n> 200: ERROR: disk full\n  201: line 201"), "\(found)")
            let part = try await bench.output("jenkins_get_build_log", MergePatch.apply(["start": 7], to: smoke))
            #expect(part.contains(":\nline 2\n"), "\(part)")
            #expect(
                try await bench.output("jenkins_get_build_log", MergePatch.apply(["search": "nowhere"], to: smoke))
                    == "No line with nowhere in the log of build lastBuild of job shop/smoke.")
        }
    }

    @Test func `what looks like a credential in a log is replaced`() async throws {
        try await Bench.with { bench in
            bench.jenkins.change { $0.build("shop/smoke", log: "+ export DB_PASSWORD=hunter2hunter2\n") }
            let log = try await bench.output("jenkins_get_build_log", ["jobFullName": "shop/smoke"])
            #expect(!log.contains("hunter2") && log.contains("‹redacted:"), "\(log)")
        }
    }

    @Test func `stages, their logs, tests and artifacts are shown`() async throws {
        try await Bench.with { bench in
            bench.jenkins.change { state in
                state.build("shop/smoke", result: "FAILURE") { build in
                    build.artifacts = ["out/report.txt": Array("all good\n".utf8), "a.bin": [0, 1, 2]]
                    build.tests = [
                        "passCount": 3, "failCount": 1, "skipCount": 0,
                        "suites": [
                            [
                                "name": "s",
                                "cases": [
                                    [
                                        "className": "Cart", "name": "adds", "status": "REGRESSION", "age": 1,
                                        "errorDetails": "expected 2",
                                    ],
                                    ["className": "Cart", "name": "empties", "status": "PASSED"],
                                ],
                            ]
                        ],
                    ]
                }
            }
            let smoke: JSONValue = ["jobFullName": "shop/smoke"]
            let stages = try await bench.output("jenkins_get_pipeline_stages", smoke)
            #expect(stages.contains("9    Test    FAILED    5s     script returned exit code 1"), "\(stages)")
            let log = try await bench.output("jenkins_get_stage_log", MergePatch.apply(["stage": "Test"], to: smoke))
            #expect(log.contains("--- Shell Script (FAILED)\n+ make test\nFAIL one"), "\(log)")
            let missing = await bench.failure("jenkins_get_stage_log", MergePatch.apply(["stage": "Deploy"], to: smoke))
            #expect(missing.contains("it has \"Build\", \"Test\""))
            let tests = try await bench.output("jenkins_get_test_results", smoke)
            #expect(
                tests.contains("4 in all, 1 failed") && tests.contains("Cart.adds (REGRESSION, new)")
                    && tests.contains("expected 2"), "\(tests)")
            #expect(try await bench.output("jenkins_list_artifacts", smoke) == "a.bin\nout/report.txt")
            #expect(
                try await bench.output("jenkins_get_artifact", MergePatch.apply(["path": "out/report.txt"], to: smoke))
                    == "all good\n")
            #expect(
                try await bench.output("jenkins_get_artifact", MergePatch.apply(["path": "a.bin"], to: smoke)).contains(
                    "no text"))
            let other = await bench.failure(
                "jenkins_get_artifact", MergePatch.apply(["path": "../../config.xml"], to: smoke))
            #expect(other.contains("has no artifact"))
        }
    }

    @Test func `the server, its nodes and its queue are shown`() async throws {
        try await Bench.with { bench in
            let me = try await bench.output("jenkins_whoami")
            #expect(me.contains("User: copilot") && me.contains("Jenkins: 2.479.3"), "\(me)")
            let nodes = try await bench.output("jenkins_get_nodes")
            #expect(nodes.contains("agent-1         offline   4           agent-1,linux   disk is full"), "\(nodes)")
            #expect(try await bench.output("jenkins_get_queue") == "Nothing waits in the queue.")
        }
    }

    @Test(arguments: [
        ("https://evil.example/job/x", "is an address"), ("a/../b", "would lead to another path"),
        ("a?x", "is no full name"),
        ("a\nb", "control character"), ("no/such", "job no/such does not exist in Jenkins main"), ("a\u{0}b", "NUL"),
    ])
    func `a job that can't be is told in a sentence, and nothing strange is asked for`(_ name: String, _ text: String)
        async throws
    {
        try await Bench.with { bench in
            let failure = await bench.failure("jenkins_get_job", ["jobFullName": .string(name)])
            #expect(failure.contains(text), "\(failure)")
            let odd = bench.jenkins.requests.filter { !$0.target.hasPrefix("/ci/job/no/job/such/api/json") }
            #expect(odd.isEmpty, "\(odd)")
        }
    }

    @Test func `a tree leads to no job that isn't allowed`() async throws {
        try await Bench.with { bench in
            bench.provider.jenkins = [.init(name: "main", allowedNames: ["shop/deploy"])]
            for tree in ["downstreamProjects[name,builds[number]]", "*", "property[*]", "name,jobs[name]"] {
                let failure = await bench.failure(
                    "jenkins_get_job", ["jobFullName": "shop/deploy", "tree": .string(tree)])
                #expect(failure.hasPrefix("tree: members of other jobs are refused"), "\(failure)")
            }
            #expect(bench.jenkins.requests.isEmpty)
            let raw = try await bench.output("jenkins_get_job", ["jobFullName": "shop/deploy", "tree": "name,color"])
            #expect(raw.contains("name: deploy"))
            let odd = await bench.failure("jenkins_get_job", ["jobFullName": "shop/deploy", "tree": "name&x=1"])
            #expect(odd.hasPrefix("tree: only names"))
        }
    }

    @Test func `integrations are named, and need the right to use them`() async throws {
        try await Bench.with { bench in
            #expect(
                await bench.failure("jenkins_whoami", ["integration": "other"])
                    == "integration: there is no Jenkins \"other\"; there is main")
            bench.provider.jenkins = [.init(name: "main"), .init(name: "two")]
            #expect(await bench.failure("jenkins_whoami") == "integration: say which Jenkins is meant: main, two")
            let me = try await bench.output("jenkins_whoami", ["integration": "main"])
            #expect(me.contains("copilot"))
            bench.api.answer(Bench.review, status: 201, ["status": ["allowed": false]])
            _ = try? await bench.output("jenkins_whoami", ["integration": "main"])
            let denied = await bench.failure("jenkins_whoami", ["integration": "main"])
            #expect(denied.contains("may not get integrations (group skyflo.ai) in namespace shop"), "\(denied)")
            bench.provider.jenkins = []
            #expect(await bench.failure("jenkins_whoami").hasPrefix("no Jenkins is configured"))
        }
    }
}
