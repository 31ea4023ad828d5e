import KubeClient
import KubeModel
import Writes

extension ToolContext {
    /// What a request would make of its target, by the server's own word; nil where it leaves the target as it is.
    package func change(by planned: PlannedRequest) async throws -> Change? {
        let answer = try await DryRun(planned, api: api, redactor: redactor).answer()
        return answer != nil && planned.before?.withoutServerFields == answer?.withoutServerFields
            ? nil : Change(object: answer)
    }

    package struct Change {
        /// nil where the server doesn't say.
        package var object: KubeObject?
    }
}
