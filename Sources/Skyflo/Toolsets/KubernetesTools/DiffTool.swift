import KubeModel
import ToolKit
import Writes

struct DiffTool: KubernetesTool {
    let name = "k8s_diff"
    let onlyReads = true
    let title = "Diff Kubernetes Manifest"
    let requests: [ToolRequest]? = [
        .read("*"), ToolRequest(["create", "patch"], of: ["*"], isDryRun: true),
    ]
    let description = "Show what k8s_apply of a manifest would change, by a dry run."
    let parameters = ApplyTool().parameters

    init() {}

    /// An object that is rolling out changes between its read and the dry run; then both are done again.
    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        for _ in 0..<Self.triesMore {
            do {
                return try await compare(arguments, in: context)
            } catch let failure as ToolFailure where failure.isStale {
                continue
            }
        }
        return try await compare(arguments, in: context)
    }

    private static let triesMore = 4

    private func compare(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let outcome = try await ApplyTool().call(arguments, in: context)
        switch outcome {
        case .waiting: return outcome
        case .output(let text):
            return .output(text.replacing("Nothing to do: ", with: "No differences: ", maxReplacements: 1))
        case .proposal(let proposal):
            let preview = try await Preview.of(proposal, api: context.api, redactor: context.redactor)
            let notes = preview.warnings.isEmpty ? "" : "Notes:\n" + preview.warnings.map { "- \($0)\n" }.joined()
            // The notes say what the diff doesn't show, so they aren't cut for its sake.
            let room = max(512, context.outputLimit - notes.utf8.count - 1)
            let diff = OutputLimit.cutMiddle(
                preview.text, to: room, rest: "give fewer documents at once to see the rest")
            return .output(notes.isEmpty ? diff : diff + (diff.hasSuffix("\n") ? "" : "\n") + notes)
        }
    }
}
