import FakeKubeAPI
import IntegrationBench
import Integrations
import KubeClient
import KubeModel
import SkyfloAPI
import TestJenkins
import Testing
import ToolKit
import Writes

@testable import JenkinsTools

let clock = KubeTime(seconds: 1_800_000_300)

/// The tools with a Jenkins that has a few jobs.
struct Bench: ChangeBench {
    let jenkins: TestJenkins
    let api: FakeAPI
    var provider: FixedIntegrations
    let tools = ToolRegistry(JenkinsToolset.all(now: { clock }), onDemand: JenkinsToolset.groups)

    static func with(
        byPassword: Bool = false, _ body: @escaping (inout Bench) async throws -> Void
    ) async throws {
        let jenkins = TestJenkins(prefix: "/ci")
        jenkins.change(fill)
        try await jenkins.serve {
            let secret = byPassword ? jenkins.password : jenkins.token
            let transport = try HTTPIntegrationTransport(
                IntegrationOrigin(jenkins.url),
                credential: IntegrationCredential(username: TestJenkins.user, secret: secret), timeout: .seconds(20))
            let api = FakeAPI()
            api.answer(Self.review, status: 201, ["status": ["allowed": true]])
            var bench = Bench(
                jenkins: jenkins, api: api,
                provider: FixedIntegrations([.init(.jenkins, .init(name: "main"), transport: transport)]))
            try await body(&bench)
        }
    }

    static let review = "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews"

    private static func fill(_ state: inout JenkinsState) {
        state.job("shop/deploy") { job in
            job.parameters = [
                definition("Choice", "ENV", ["choices": ["dev", "prod"], "defaultParameterValue": ["value": "dev"]]),
                definition("String", "VERSION", [:]),
                definition("Boolean", "DRY", ["defaultParameterValue": ["value": true]]),
                definition("Password", "PIN", [:]),
            ]
            job.downstream = ["shop/smoke"]
        }
        state.job("shop/smoke") { job in
            job.stages = [
                ["id": "6", "name": "Build", "status": "SUCCESS", "durationMillis": 61_000, "stageFlowNodes": []],
                [
                    "id": "9", "name": "Test", "status": "FAILED", "durationMillis": 5000,
                    "error": ["message": "script returned exit code 1"],
                    "stageFlowNodes": [
                        [
                            "id": "10", "name": "Shell Script", "status": "FAILED",
                            "text": "\u{1B}[31m+ make test\u{1B}[0m\r\nFAIL one\n",
                        ]
                    ],
                ],
            ]
        }
        state.job("web/feature%2Flogin")
        state.build("shop/deploy") { $0.values = [("ENV", "prod"), ("VERSION", "1.4"), ("PIN", "0000")] }
    }

    static func definition(_ type: String, _ name: String, _ more: JSONValue) -> JSONValue {
        MergePatch.apply(
            more,
            to: [
                "_class": .string("hudson.model.\(type)ParameterDefinition"),
                "type": .string("\(type)ParameterDefinition"), "name": .string(name), "description": "",
            ])
    }

    // MARK: Calls

    func output(_ name: String, _ arguments: JSONValue = [:]) async throws -> String {
        guard case .output(let text) = try await call(name, arguments) else {
            Issue.record("a proposal where an output was expected")
            return ""
        }
        return text
    }

    func recover(_ write: PlannedWrite) async throws -> WriteOutcome {
        try await write.recover(change: nil, api: readOnly, integrations: reader, redactor: Self.redactor)
    }
}

extension FixedIntegrations {
    /// The first transport goes on with all that are set.
    var jenkins: [IntegrationDescription] {
        get { integrations(of: .jenkins) }
        set {
            guard let transport = entries.first?.transport else { return }
            entries = newValue.map { Entry(.jenkins, $0, transport: transport) }
        }
    }
}
