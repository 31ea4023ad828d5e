import ControllerRuntime
import Integrations
import KubeClient
import KubeModel
import SkyfloAPI
import TestJenkins
import TestWeb
import Testing
import WorkflowEngine
import Writes

@testable import Controllers

/// A build that was approved: sent once whatever happens, and watched without holding up the turn.
@Suite struct JenkinsBuildTests {
    private static func with(
        marked: Bool = false, verificationTimeout: Duration = .seconds(60),
        _ body: @escaping @Sendable (inout Scene, TestJenkins) async throws -> Void
    ) async throws {
        let jenkins = TestJenkins()
        jenkins.change { state in
            state.job("shop/deploy") { job in
                guard marked else { return }
                job.parameters = [["name": "SKYFLO_CALL", "type": "StringParameterDefinition"]]
            }
        }
        try await jenkins.serve {
            try await Scene.run(verificationTimeout: verificationTimeout) { scene in
                try configure(scene, jenkins)
                try await scene.askToBuild(marked: marked)
                try await body(&scene, jenkins)
            }
        }
    }

    private static func configure(_ scene: Scene, _ jenkins: TestJenkins, _ more: JSONValue = [:]) throws {
        func encoded(_ text: String) -> JSONValue { .string(Base64.encode(Array(text.utf8))) }
        scene.cluster.put(
            KubeObject(
                .secrets, namespace: "shop", name: "ci",
                members: ["data": ["username": encoded("copilot"), "token": encoded(jenkins.token)]]), in: .secrets)
        let own: JSONValue = ["name": "main", "url": .string(jenkins.url), "secretRef": ["name": "ci"]]
        scene.cluster.change(
            .skyfloAIs, "sky", ["spec": ["integrations": ["jenkins": [MergePatch.apply(more, to: own)]]]])
        scene.dependencies.skyfloAIs.insert(try #require(scene.cluster.object(.skyfloAIs, "sky")))
    }

    private static func check(_ scene: Scene) throws -> CheckResult {
        try #require(scene.store.machine.verification.last?.check)
    }

    @Test func `an approved build is sent once and verified by its result`() async throws {
        try await Self.with { scene, jenkins in
            try await scene.execute()
            #expect(jenkins.writes.isEmpty)
            try await scene.approve()
            try await scene.execute()
            #expect(jenkins.writes.count == 1)
            #expect(try scene.c1.state == .verifying)
            try await scene.coordinator.verify("c1", in: &scene.store, references: scene.references)
            #expect(try Self.check(scene).verdict == .passed)
            #expect(try Self.check(scene).evidence == "build #1 succeeded after 61 s")
        }
    }

    @Test func `a build that takes long is told later, stage by stage`() async throws {
        try await Self.with(verificationTimeout: .seconds(1)) { scene, jenkins in
            jenkins.change { $0.job("shop/deploy") { $0.outcome = nil } }
            try await scene.approve()
            try await scene.execute()
            try await scene.coordinator.verify("c1", in: &scene.store, references: scene.references)
            #expect(try Self.check(scene).verdict == .stillRunning)
            jenkins.change { state in
                state.job("shop/deploy") {
                    $0.stages = [["id": "6", "name": "Test", "status": "IN_PROGRESS", "durationMillis": 1]]
                }
            }
            let again = try await scene.coordinator.checkAgain(stop: nil, in: &scene.store)
            #expect(again != nil)
            #expect(try Self.check(scene).verdict == .stillRunning)
            #expect(try Self.check(scene).evidence == "build #1 is running; stages: Test IN_PROGRESS")
            let shown = try #require(scene.cluster.object(.conversations, "talk"))
            #expect(JSONWriter.string(shown.json).contains("stages: Test IN_PROGRESS"))
            jenkins.change { $0.end("shop/deploy", 1, result: "FAILURE") }
            #expect(try await scene.coordinator.checkAgain(stop: nil, in: &scene.store) == nil)
            #expect(try Self.check(scene).verdict == .failed)
            #expect(try Self.check(scene).evidence.hasPrefix("build #1 failed after 61 s"))
            #expect(jenkins.writes.count == 1)
        }
    }

    @Test func `a build whose answer is lost is never sent again`() async throws {
        try await Self.with { scene, jenkins in
            var lost = TestJenkins.Answer(502)
            lost.isAfterwards = true
            jenkins.answer("POST", "/job/", with: lost)
            try await scene.approve()
            try await scene.execute()
            #expect(try scene.c1.state == .unknown)
            #expect(jenkins.writes.count == 1)
        }
    }

    @Test(arguments: [false, true])
    func `a worker that dies after sending leaves it to the next to find the build`(_ marked: Bool) async throws {
        try await Self.with(marked: marked) { scene, jenkins in
            try await scene.approve()
            // The first status write stores the intent, the second one the outcome.
            scene.cluster.after({ KubeRequest.isStatusWrite($0) }) { cluster in
                cluster.before({ KubeRequest.isStatusWrite($0) }) { _ in
                    throw KubeClientError(.unreachable, message: "the worker dies")
                }
            }
            await #expect(throws: (any Error).self) { try await scene.execute() }
            #expect(jenkins.writes.count == 1)
            scene.store = try await scene.restarted()
            #expect(try scene.c1.state == .executing)
            try await scene.coordinator.recover("c1", in: &scene.store, references: scene.references)
            #expect(jenkins.writes.count == 1)
            #expect(try scene.c1.state == (marked ? .verifying : .unknown))
            guard marked else { return }
            try await scene.coordinator.verify("c1", in: &scene.store, references: scene.references)
            #expect(try Self.check(scene).verdict == .passed)
        }
    }

    @Test(arguments: [["readOnly": true], ["enabled": false], ["allowedJobs": ["web/*"]]] as [JSONValue])
    func `what the integration doesn't allow any more is not sent`(_ settings: JSONValue) async throws {
        try await Self.with { scene, jenkins in
            try await scene.approve()
            try Self.configure(scene, jenkins, settings)
            try await scene.execute()
            #expect(try scene.c1.state == .failed)
            #expect(jenkins.writes.isEmpty)
        }
    }
}

extension Scene {
    /// Begins the turn and asks for a build, as `c1`.
    fileprivate mutating func askToBuild(marked: Bool) async throws {
        store.log(.turnStarted(number: 1, message: "deploy"))
        try await store.claim()
        store.log(
            .modelReplied(
                ModelTurn(
                    content: "", calls: [.init(modelID: "m0", tool: "jenkins_trigger_build", arguments: "{}")])))
        let job = try JenkinsPath("shop/deploy")
        let form = marked ? [JenkinsFormField("SKYFLO_CALL", value: "skyflo-1a2b3c")] : []
        let request = PlannedJenkinsRequest(
            marked ? .parameterizedBuild : .build, of: job, integration: "main", namespace: "shop", build: 1,
            form: form,
            mark: form.first?.value)
        let subject = PostCondition.Subject(resource: .integrations, namespace: "shop", name: "main")
        let proposal = WriteProposal(
            summary: "Build shop/deploy", writes: [PlannedWrite(.jenkins(request))], risk: .high,
            postConditions: [.jenkins(subject, JenkinsGoal(.succeeds, job: "shop/deploy"))])
        let preview = try await Preview.of(
            proposal, api: tools.access.acting(for: Self.worker),
            integrations: tools.access.integrations(of: references.skyfloAI, in: "shop"), redactor: tools.redactor)
        let call = try #require(store.machine.calls.first)
        let isAsked = tools.request(
            approvalOf: proposal, preview: preview, for: call, in: &store, references: references)
        #expect(isAsked)
        try await tools.showApprovals(["c1"], in: &store)
    }
}
