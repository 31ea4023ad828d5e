import KubeClient
import KubeModel
import SkyfloAPI

/// What an eviction would do: whether disruption budgets allow it now, and how long the pod gets.
struct EvictionPreview {
    var preview: WritePreview

    /// - Throws: ``ToolFailure`` where it would be refused for good.
    init(_ planned: PlannedRequest, api: ReadOnlyAPI, redactor: Redactor) async throws {
        let dryRun = try await DryRun(planned, api: api, redactor: redactor)
        let text = planned.target.text
        var notes: [String] = []
        var now = ""
        switch KubernetesBackend.classify(dryRun.response, of: planned) {
        case .applied: break
        case .postponed(let why):
            now = "; not allowed now"
            notes.append("can't be evicted yet: \(why)")
        case .failed, .stale, .rejected, .notDone, .unknown: throw dryRun.failure
        }
        let grace = planned.submitted?["deleteOptions", "gracePeriodSeconds"]?.int
        let seconds = grace ?? planned.before?["spec", "terminationGracePeriodSeconds"]?.int ?? 30
        preview = WritePreview(
            write: PlannedWrite(planned), text: "\(text): would be evicted, with \(seconds) s to end\(now)\n",
            notes: notes.map { redactor.redact(text: $0) }, change: nil)
    }
}
