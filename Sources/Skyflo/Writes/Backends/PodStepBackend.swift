import KubeClient
import KubeModel
import SkyfloAPI

/// Ends what a sequence began with a pod: reads its log, and deletes it.
package struct PodStepBackend: WriteBackend {
    package init() {}

    package func preview(
        _ write: PlannedPodStep, after earlier: ArraySlice<PlannedWrite>, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> WritePreview {
        // The pod doesn't exist yet, so neither can be tried out; rights can.
        try await AccessReview.requireForTool(write.request, api: api)
        let text =
            switch write.kind {
            case .log: "\(write.target.text): when it has ended, its exit code and log become the result\n"
            case .delete: "\(write.target.text): would be deleted then\n"
            }
        return WritePreview(write: PlannedWrite(.podStep(write)), text: text)
    }

    package func execute(_ write: PlannedPodStep, api: ImpersonatingAPI, redactor: Redactor) async -> WriteOutcome {
        guard !write.target.uid.isEmpty else {
            return .rejected("not sent: it isn't known which \(write.target.text) was created")
        }
        do {
            switch write.kind {
            case .log: return try await log(of: write, api: ReadOnlyAPI(api), redactor: redactor)
            case .delete: return Self.outcome(ofDelete: try await api.send(write.request), of: write)
            }
        } catch is CancellationError {
            return .unknown("cancelled before the API server answered")
        } catch {
            return .unknown("no answer of the API server: \(ToolFailure(describing: error).message)")
        }
    }

    /// That a log can't be read keeps nobody from deleting the pod.
    private func log(of write: PlannedPodStep, api: ReadOnlyAPI, redactor: Redactor) async throws -> WriteOutcome {
        guard let pod = try await api.find(.pods, namespace: write.target.namespace, name: write.target.name),
            pod.uid == write.target.uid
        else { return .rejected("\(write.target.text) is gone, and its log with it") }
        let response = try await api.send(write.request)
        if response.status >= 500 { return .unknown("HTTP \(response.status): \(response.failure.message)") }
        var text = write.ending(pod)
        if (200..<300).contains(response.status) {
            let log = redactor.redact(text: String(decoding: response.body, as: UTF8.self))
            if !log.isEmpty { text += "\noutput:\n\(log)" }
        } else {
            text +=
                "\nits log can't be read: \(redactor.redact(text: ToolFailure(describing: response.failure).message))"
        }
        return .applied(
            OutputLimit.cutMiddle(text, to: PlannedPodStep.outputLimit, rest: "let the command write less to see them"),
            uid: pod.uid)
    }

    private static func outcome(ofDelete response: KubeResponse, of write: PlannedPodStep) -> WriteOutcome {
        switch response.status {
        case 200..<300: return .applied("done", uid: write.target.uid)
        // The uid is the only precondition: another pod has the name, so this one is gone.
        case 404, 409: return .applied("\(write.target.text) was gone already", uid: write.target.uid)
        case 408, 500...: return .unknown("HTTP \(response.status): \(response.failure.message)")
        default: return .rejected(ToolFailure(describing: response.failure).message)
        }
    }

    /// A log is read again; a deletion is seen by the pod.
    package func recover(
        _ write: PlannedPodStep, change: ChangeRecord?, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> WriteOutcome {
        guard write.kind == .delete else { return .notDone }
        let pod = try await api.find(.pods, namespace: write.target.namespace, name: write.target.name)
        guard let pod, pod.uid == write.target.uid, !pod.isBeingDeleted else {
            return .applied("done (found out after an interruption)", uid: write.target.uid)
        }
        return .notDone
    }

    package func refresh(
        _ write: PlannedPodStep, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> PlannedPodStep? { nil }
}
