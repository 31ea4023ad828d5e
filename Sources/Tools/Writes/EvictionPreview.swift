import KubeClient
import KubeModel
import SkyfloAPI

/// What an eviction would do: whether disruption budgets allow it now, and how long the pod gets.
struct EvictionPreview {
    var preview: WritePreview

    /// - Throws: ``ToolFailure`` where it would be refused for good.
    init(_ planned: PlannedRequest, api: ReadOnlyAPI, redactor: Redactor) async throws {
        let response = try await api.send(planned.request.asDryRun)
        let text = planned.target.text
        var notes: [String] = []
        var now = ""
        switch KubernetesBackend.classify(response, of: planned) {
        case .applied: break
        case .postponed(let why):
            now = "; not allowed now"
            notes.append("can't be evicted yet: \(why)")
        case .stale(let why), .rejected(let why), .unknown(let why), .failed(let why):
            let error: any Error =
                PermissionDenied.isReason(of: response.failure)
                ? PermissionDenied(planned.request, identity: api.identity, message: response.failure.message)
                : ToolFailure(why)
            throw ToolFailure(redactor.redact(text: "\(text): \(ToolFailure(describing: error).message)"))
        case .notDone: break
        }
        let grace = planned.submitted?["deleteOptions", "gracePeriodSeconds"]?.int
        let seconds = grace ?? planned.before?["spec", "terminationGracePeriodSeconds"]?.int ?? 30
        preview = WritePreview(
            write: PlannedWrite(planned), text: "\(text): would be evicted, with \(seconds) s to end\(now)\n",
            notes: notes.map { redactor.redact(text: $0) }, change: nil)
    }
}
