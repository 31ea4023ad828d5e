import IntegrationBench
import Integrations
import KubeModel
import SkyfloAPI
import TestJenkins
import TestWeb
import Testing
import ToolKit
import Writes

@testable import JenkinsTools

private let deploy: JSONValue = [
    "jobFullName": "shop/deploy", "parameters": ["ENV": "dev", "VERSION": "1.5", "PIN": "4711 4711"],
]

@Suite struct JenkinsWriteTests {
    @Test func `a build is asked for as it would be sent, with the job's definitions beside`() async throws {
        try await Bench.with { bench in
            let (proposal, preview) = try await bench.propose("jenkins_trigger_build", deploy)
            #expect(proposal.summary == "Build Jenkins job shop/deploy" && proposal.risk == .high)
            #expect(
                preview.text.hasPrefix(
                    """
                    Jenkins main, job shop/deploy: would be sent
                      POST /job/shop/job/deploy/buildWithParameters
                        ENV = dev (choice of "dev", "prod", default "dev"; the last successful build had "prod")
                        VERSION = 1.5 (string; the last successful build had "1.4")
                        PIN = ‹redacted:
                    """), "\(preview.text)")
            #expect(preview.warnings.contains("Jenkins begins afterwards: shop/smoke"))
            let shown = RedactedCall(
                arguments: JSONWriter.string(deploy), writes: preview.writes, redactor: Bench.redactor)
            #expect(!"\(shown.arguments) \(shown.requests)".contains("4711") && shown.fingerprint != nil)
            let request = try #require(shown.requests.first)
            #expect(request["backend"] == "Jenkins" && request["integration"] == "main" && request["method"] == "POST")
            #expect(request["form"]?.array?.first?["choices"] == ["dev", "prod"])
            #expect(
                !JSONWriter.string(request).contains(bench.jenkins.token)
                    && !JSONWriter.string(request).contains("127.0.0.1"))
            #expect(bench.jenkins.writes.isEmpty)
        }
    }

    @Test func `it is sent once, as written, and followed to its result`() async throws {
        try await Bench.with { bench in
            let (proposal, preview) = try await bench.propose("jenkins_trigger_build", deploy)
            let outcome = await bench.execute(try bench.stored(preview))
            #expect(outcome == .applied("queued as item 2", uid: "queue-item-2"))
            let sent = try #require(bench.jenkins.writes.first)
            #expect(bench.jenkins.writes.count == 1 && sent.target == "/ci/job/shop/job/deploy/buildWithParameters")
            #expect(sent.form.map { "\($0.name)=\($0.value)" } == ["ENV=dev", "VERSION=1.5", "PIN=4711 4711"])
            let condition = try #require(proposal.postConditions.first)
            let goal = try #require(condition.bound(toResult: "done: Build x: queued as item 2").jenkins?.goal)
            let client = try await bench.reader.jenkins(nil, api: bench.readOnly)
            var findings: [PostCondition.Result] = []
            for _ in 0..<6 { findings.append(try await goal.look(client).result) }
            #expect(findings.last == .met("build #2 succeeded after 61 s"), "\(findings)")
        }
    }

    @Test(
        arguments: [
            (["ENV": "stage", "VERSION": "1"], "ENV: \"stage\" is not one of \"dev\", \"prod\""),
            (["VERSION": "1", "COLOUR": "red"], "COLOUR: unknown"),
            (["ENV": "dev"], "VERSION: required: it has no default"),
            (["VERSION": "1", "DRY": "yes"], "DRY: \"yes\" must be \"true\" or \"false\""),
            (["VERSION": "1\n2"], "must be one line"),
        ] as [(JSONValue, String)])
    func `parameters that the job hasn't are told, and nothing is sent`(_ values: JSONValue, _ text: String)
        async throws
    {
        try await Bench.with { bench in
            let failure = await bench.failure(
                "jenkins_trigger_build", ["jobFullName": "shop/deploy", "parameters": values])
            #expect(failure.contains(text) && failure.contains("The parameters of job shop/deploy: ENV"), "\(failure)")
            #expect(bench.jenkins.writes.isEmpty)
        }
    }

    @Test func `a job whose parameters all have defaults is built with them`() async throws {
        try await Bench.with { bench in
            bench.jenkins.change { state in
                state.job("shop/smoke") {
                    $0.parameters = [Bench.definition("Choice", "ENV", ["choices": ["a", "b"]])]
                }
            }
            let (_, preview) = try await bench.propose("jenkins_trigger_build", ["jobFullName": "shop/smoke"])
            #expect(await bench.execute(try bench.stored(preview)) == .applied("queued as item 2", uid: "queue-item-2"))
            #expect(bench.jenkins.writes.last?.target == "/ci/job/shop/job/smoke/buildWithParameters")
        }
    }

    @Test func `a parameter whose name says that it is a credential is shown to nobody`() async throws {
        try await Bench.with { bench in
            bench.jenkins.change { state in
                state.job("shop/smoke") {
                    $0.parameters = [
                        Bench.definition("String", "DB_PASSWORD", ["defaultParameterValue": ["value": "usual-secret"]])
                    ]
                }
            }
            let arguments: JSONValue = ["jobFullName": "shop/smoke", "parameters": ["DB_PASSWORD": "mine-and-secret"]]
            let (_, preview) = try await bench.propose("jenkins_trigger_build", arguments)
            let shown = RedactedCall(
                arguments: JSONWriter.string(arguments), writes: preview.writes, redactor: Bench.redactor)
            let read = try await bench.output("jenkins_get_job_parameters", ["jobFullName": "shop/smoke"])
            let text = "\(preview.text) \(shown.arguments) \(shown.requests) \(read)"
            #expect(!text.contains("mine-and-secret") && !text.contains("usual-secret"), "\(text)")
            _ = await bench.execute(try bench.stored(preview))
            #expect(bench.jenkins.writes.last?.form.first?.value == "mine-and-secret")
        }
    }

    @Test func `disabled jobs, folders and integrations that only read refuse`() async throws {
        try await Bench.with { bench in
            #expect(await bench.failure("jenkins_trigger_build", ["jobFullName": "shop"]).contains("it is a folder"))
            bench.jenkins.change { $0.job("shop/smoke") { $0.isDisabled = true } }
            #expect(
                await bench.failure("jenkins_trigger_build", ["jobFullName": "shop/smoke"])
                    == "job shop/smoke is disabled: nothing was sent")
            let (_, preview) = try await bench.propose("jenkins_trigger_build", deploy)
            let write = try bench.stored(preview)
            bench.provider.jenkins = [.init(name: "main", isReadOnly: true)]
            #expect(await bench.failure("jenkins_trigger_build", deploy).contains("is read-only"))
            guard case .rejected = await bench.execute(write) else { throw ToolFailure("it was sent") }
            bench.provider.jenkins = [.init(name: "main", allowedNames: ["web/*"])]
            guard case .rejected(let why) = await bench.execute(write) else { throw ToolFailure("it was sent") }
            #expect(why.contains("does not allow job shop/deploy"))
            bench.provider.jenkins = []
            guard case .rejected = await bench.execute(write) else { throw ToolFailure("it was sent") }
            #expect(bench.jenkins.writes.isEmpty)
        }
    }

    @Test func `what was changed since it was approved is not sent`() async throws {
        try await Bench.with { bench in
            let (_, preview) = try await bench.propose("jenkins_trigger_build", deploy)
            let write = try bench.stored(preview)
            bench.jenkins.change { $0.job("shop/deploy") { $0.parameters.removeFirst() } }
            let outcome = await bench.execute(write)
            #expect(outcome == .stale("job shop/deploy has no parameter ENV any more"))
            var json = write.json
            json["path"] = "/job/shop/job/deploy/doDelete"
            #expect(PlannedWrite(json: json) == nil)
            json = write.json
            json["job"] = "web/other"
            #expect(PlannedWrite(json: json) == nil)
            #expect(bench.jenkins.writes.isEmpty)
        }
    }

    @Test func `a password takes a crumb in its session, a token none`() async throws {
        for byPassword in [true, false] {
            try await Bench.with(byPassword: byPassword) { bench in
                let (_, preview) = try await bench.propose("jenkins_trigger_build", deploy)
                let outcome = await bench.execute(try bench.stored(preview))
                #expect(outcome == .applied("queued as item 2", uid: "queue-item-2"))
                let crumbs = bench.jenkins.requests.filter { $0.target.contains("crumbIssuer") }
                #expect(crumbs.count == (byPassword ? 1 : 0))
            }
        }
    }

    // MARK: Lost answers

    @Test(arguments: [
        TestJenkins.Answer(201), .init(201, headers: ["location": "http://evil.example/"]),
        .init(201, headers: ["location": "http://evil.example/queue/item/99/"]), .init(200, "<html>welcome</html>"),
        .init(502, "bad gateway"), .init(201, headers: ["location": "/queue/item/x/"]),
    ])
    func `a build that isn't proven is not called done, and not sent again`(_ answer: TestJenkins.Answer) async throws {
        try await Bench.with { bench in
            let (_, preview) = try await bench.propose("jenkins_trigger_build", deploy)
            let write = try bench.stored(preview)
            var lost = answer
            lost.isAfterwards = true
            bench.jenkins.answer("POST", "/job/", with: lost)
            guard case .unknown(let why) = await bench.execute(write) else { throw ToolFailure("not unknown") }
            #expect(why.contains("it may be queue item 2"), "\(why)")
            guard case .unknown = try await bench.recover(write) else { throw ToolFailure("not unknown") }
            #expect(bench.jenkins.writes.count == 1)
        }
    }

    @Test func `a wrong location of another job is not believed`() async throws {
        try await Bench.with { bench in
            bench.jenkins.change { $0.holdsQueue = true }
            let (_, other) = try await bench.propose("jenkins_trigger_build", ["jobFullName": "shop/smoke"])
            _ = await bench.execute(try bench.stored(other))
            let (_, preview) = try await bench.propose("jenkins_trigger_build", deploy)
            bench.jenkins.answer(
                "POST", "/job/", with: .init(201, headers: ["location": "\(bench.jenkins.url)/queue/item/2/"]))
            guard case .unknown(let why) = await bench.execute(try bench.stored(preview)) else {
                throw ToolFailure("it was believed")
            }
            #expect(why.contains("queue item 2, which is not of job shop/deploy"), "\(why)")
        }
    }

    @Test func `a parameter that marks the call proves its build`() async throws {
        try await Bench.with { bench in
            bench.jenkins.change { state in
                state.job("shop/deploy") {
                    $0.parameters.append(
                        Bench.definition("String", "SKYFLO_CALL", ["defaultParameterValue": ["value": ""]]))
                }
            }
            let (_, preview) = try await bench.propose("jenkins_trigger_build", deploy)
            let write = try bench.stored(preview)
            var lost = TestJenkins.Answer(502)
            lost.isAfterwards = true
            bench.jenkins.answer("POST", "/job/", with: lost)
            #expect(await bench.execute(write) == .applied("queued as item 2", uid: "queue-item-2"))
            // Also once it has become a build, among others of the same job.
            bench.jenkins.forgetAnswers()
            let (_, next) = try await bench.propose("jenkins_trigger_build", deploy)
            _ = await bench.execute(try bench.stored(next))
            bench.jenkins.change { $0.startAll() }
            #expect(try await bench.recover(write) == .applied("queued as item 2", uid: "queue-item-2"))
        }
    }

    @Test func `what Jenkins refuses is not done`() async throws {
        try await Bench.with { bench in
            let (_, preview) = try await bench.propose("jenkins_trigger_build", deploy)
            bench.jenkins.forbidWrites()
            guard case .rejected(let why) = await bench.execute(try bench.stored(preview)) else {
                throw ToolFailure("not rejected")
            }
            #expect(why.contains("(as copilot)") && why.contains("hudson.model.Item.Build"), "\(why)")
        }
    }

    @Test func `an answer that never comes leaves it unknown in time`() async throws {
        try await Bench.with { bench in
            let (_, preview) = try await bench.propose("jenkins_trigger_build", deploy)
            let write = try bench.stored(preview)
            let quick = try HTTPIntegrationTransport(
                IntegrationOrigin(bench.jenkins.url),
                credential: IntegrationCredential(username: "copilot", secret: bench.jenkins.token),
                timeout: .milliseconds(700))
            bench.provider = FixedIntegrations([.init(.jenkins, .init(name: "main"), transport: quick)])
            var slow = TestJenkins.Answer(201)
            (slow.stalls, slow.isAfterwards) = (true, true)
            bench.jenkins.answer("POST", "/job/", with: slow)
            guard case .unknown = await bench.execute(write) else { throw ToolFailure("not unknown") }
            #expect(bench.jenkins.writes.count == 1)
        }
    }

    // MARK: Other writes

    @Test func `a running build is stopped, an ended one is not`() async throws {
        try await Bench.with { bench in
            let stop: JSONValue = ["jobFullName": "shop/smoke", "how": "kill"]
            bench.jenkins.change { state in
                state.job("shop/smoke") { $0.outcome = nil }
                state.build("shop/smoke", result: nil)
            }
            let (proposal, preview) = try await bench.propose("jenkins_stop_build", stop)
            #expect(proposal.summary == "Kill build #1 of Jenkins job shop/smoke")
            #expect(await bench.execute(try bench.stored(preview)) == .applied("Jenkins did it"))
            #expect(bench.jenkins.writes.last?.target == "/ci/job/shop/job/smoke/1/kill")
            let goal = try #require(proposal.postConditions.first?.jenkins?.goal)
            let client = try await bench.reader.jenkins(nil, api: bench.readOnly)
            #expect(try await goal.look(client).result == .met("build #1 was aborted"))
            #expect(await bench.execute(try bench.stored(preview)) == .stale("build #1 of job shop/smoke was aborted"))
            #expect(try await bench.output("jenkins_stop_build", stop).contains("there is nothing to stop"))
            guard case .applied = try await bench.recover(try bench.stored(preview)) else {
                throw ToolFailure("not found out")
            }
        }
    }

    @Test func `a question is answered with its parameters`() async throws {
        try await Bench.with { bench in
            bench.jenkins.change { state in
                state.job("shop/smoke") { $0.outcome = nil }
                state.build("shop/smoke", result: nil) { build in
                    build.inputs = [
                        [
                            "id": "Deploy", "message": "Deploy to prod?", "proceedText": "Proceed",
                            "inputs": [
                                [
                                    "type": "ChoiceParameterDefinition", "name": "WHERE", "description": "",
                                    "definition": ["defaultVal": "eu", "choices": ["eu", "us"]],
                                ]
                            ],
                        ]
                    ]
                }
            }
            let smoke: JSONValue = ["jobFullName": "shop/smoke", "action": "proceed"]
            let open = try await bench.output("jenkins_get_pending_inputs", ["jobFullName": "shop/smoke"])
            #expect(
                open.contains("Question: Deploy to prod?") && open.contains("WHERE (choice of \"eu\", \"us\""),
                "\(open)")
            let wrong = await bench.failure(
                "jenkins_answer_input", MergePatch.apply(["parameters": ["WHERE": "mars"]], to: smoke))
            #expect(wrong.contains("WHERE: \"mars\" is not one of"))
            let (_, preview) = try await bench.propose(
                "jenkins_answer_input", MergePatch.apply(["parameters": ["WHERE": "us"]], to: smoke))
            #expect(await bench.execute(try bench.stored(preview)) == .applied("Jenkins did it"))
            let sent = try #require(bench.jenkins.writes.last)
            #expect(sent.target == "/ci/job/shop/job/smoke/1/input/Deploy/proceed")
            #expect(sent.form.first?.value == #"{"parameter":[{"name":"WHERE","value":"us"}]}"#)
            guard case .stale = await bench.execute(try bench.stored(preview)) else { throw ToolFailure("sent again") }
            #expect(await bench.failure("jenkins_answer_input", smoke).contains("does not wait for an answer"))
        }
    }

    @Test func `descriptions, names, the queue and the switch of a job are changed`() async throws {
        try await Bench.with { bench in
            func run(_ tool: String, _ arguments: JSONValue) async throws -> WriteOutcome {
                let (_, preview) = try await bench.propose(tool, arguments)
                return await bench.execute(try bench.stored(preview))
            }
            let build: JSONValue = ["jobFullName": "shop/deploy", "build": "1"]
            #expect(
                try await run("jenkins_update_build", MergePatch.apply(["description": "good"], to: build))
                    == .applied("Jenkins did it"))
            #expect(
                try await run("jenkins_update_build", MergePatch.apply(["displayName": "v1"], to: build))
                    == .applied("Jenkins did it"))
            let changed = try #require(bench.jenkins.state.build(1, of: "shop/deploy"))
            #expect(changed.description == "good" && changed.displayName == "v1")
            #expect(
                try await run("jenkins_set_job_enabled", ["jobFullName": "shop/smoke", "enabled": false])
                    == .applied("Jenkins did it"))
            #expect(bench.jenkins.state.jobs["shop/smoke"]?.isDisabled == true)
            #expect(
                try await bench.output("jenkins_set_job_enabled", ["jobFullName": "shop/smoke", "enabled": false])
                    .contains("already"))
            bench.jenkins.change { $0.holdsQueue = true }
            #expect(try await run("jenkins_trigger_build", deploy) == .applied("queued as item 2", uid: "queue-item-2"))
            // Jenkins joins equal builds that wait.
            guard case .applied(let joined, _) = try await run("jenkins_trigger_build", deploy) else {
                throw ToolFailure("not joined")
            }
            #expect(joined == "an equal build waited already; queued as item 2")
            #expect(try await run("jenkins_cancel_queue_item", ["id": 2]) == .applied("Jenkins did it"))
            #expect(bench.jenkins.state.items.first?.isCancelled == true)
            #expect(try await bench.output("jenkins_cancel_queue_item", ["id": 2]).contains("nothing to cancel"))
        }
    }

    @Test func `builds are replayed and built again`() async throws {
        try await Bench.with { bench in
            let build: JSONValue = ["jobFullName": "shop/deploy", "build": "1"]
            let (_, replay) = try await bench.propose("jenkins_replay_build", build)
            #expect(await bench.execute(try bench.stored(replay)) == .applied("queued as item 2", uid: "queue-item-2"))
            let (proposal, again) = try await bench.propose(
                "jenkins_rebuild", MergePatch.apply(["parameters": ["VERSION": "2"]], to: build))
            #expect(proposal.summary == "Build shop/deploy again as #1")
            #expect(await bench.execute(try bench.stored(again)) == .applied("queued as item 3", uid: "queue-item-3"))
            #expect(bench.jenkins.writes.last?.form.map { "\($0.name)=\($0.value)" } == ["ENV=prod", "VERSION=2"])
        }
    }

    @Test func `a failed build tells its stage and the lines that say why`() async throws {
        try await Bench.with { bench in
            bench.jenkins.change { state in
                state.job("shop/smoke") {
                    $0.outcome = "FAILURE";
                    $0.log = "Started\n[Pipeline] sh\nmain.c:1: error: no semicolon\nFinished: FAILURE\n"
                }
            }
            let (proposal, preview) = try await bench.propose("jenkins_trigger_build", ["jobFullName": "shop/smoke"])
            guard case .applied(let text, _) = await bench.execute(try bench.stored(preview)) else {
                throw ToolFailure("not sent")
            }
            #expect(bench.jenkins.writes.last?.target == "/ci/job/shop/job/smoke/build")
            let goal = try #require(proposal.postConditions.first?.bound(toResult: text).jenkins?.goal)
            let client = try await bench.reader.jenkins(nil, api: bench.readOnly)
            var last: PostCondition.Result?
            for _ in 0..<6 { last = try await goal.look(client).result }
            guard case .failed(let why)? = last else { throw ToolFailure("not failed: \(String(describing: last))") }
            #expect(
                why
                    == "build #1 failed after 61 s: stage \"Test\" failed: script returned exit code 1\n"
                    + "main.c:1: error: no semicolon"
            )
        }
    }

    @Test func `conditions and writes come back from JSON as they were`() async throws {
        try await Bench.with { bench in
            let (proposal, preview) = try await bench.propose("jenkins_trigger_build", deploy)
            let condition = try #require(proposal.postConditions.first)
            #expect(PostCondition(json: condition.json) == condition)
            #expect(try bench.stored(preview) == preview.writes.first)
            #expect(
                condition.bound(toResult: "done: Build queued as item 7: no")
                    == condition.bound(toResult: "x queued as item 7: no"))
            #expect(condition.bound(toResult: nil) == condition)
        }
    }
}
