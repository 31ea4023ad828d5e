import Helm
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct TestTool: HelmChangeTool {
    let name = "helm_test"
    let title = "Test Helm Release"
    let description = "Propose to run a release's test hooks; how they ended and what their pods wrote is the result."
    let parameters = ToolParameters([
        .releaseName, .namespace,
        .optional("test", kind: .string(.objectName), description: "Only the hook with this object; by default all"),
        .timeout,
    ])
    var requests: [ToolRequest]? {
        [
            .read("*"), ToolRequest(["get"], of: ["pods/log"]),
            ToolRequest(["create", "patch", "update", "delete"], of: ["*"]),
        ]
    }

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let head = try await context.revisions(by: arguments)[0]
        let record = try await context.record(of: head)
        var planner = ReleasePlanner(
            context, record: record, head: head,
            options: .init(seconds: try arguments.requiredInteger("timeout_seconds"), waits: true))
        let tests = try ToolFailure.ofHelm { () throws(HelmError) in try record.hooks(of: "test") }
        guard !tests.isEmpty else { throw ToolFailure("release \(planner.release) has no test hooks") }
        let name = arguments.string("test")
        try await planner.run(hooksOf: "test", named: name, readsLogs: true)
        guard !planner.ranHooks.isEmpty else {
            throw ToolFailure(
                "test: release \(planner.release) has no test hook \(name ?? ""); it has "
                    + tests.map(\.text).joined(separator: ", "))
        }
        planner.nextStage()
        planner.recordHooks(of: head)
        let what = name.map { "the test \($0)" } ?? "the tests"
        return .proposal(
            planner.proposal("Run \(what) of release \(planner.release) (chart \(record.chart))", risk: .medium))
    }
}
