import KubeClient
import KubeModel
import SkyfloAPI

/// Sends planned requests to the API server, and finds out what became of those whose answer was lost.
package struct KubernetesBackend: WriteBackend {
    /// The field manager of all writes: by it the objects say what was changed from here.
    package static let fieldManager = SkyfloGroup.fieldManager

    package init() {}

    /// Sends exactly `planned.request`, once, if it ``PlannedRequest/isPinned``.
    package func execute(_ planned: PlannedRequest, api: ImpersonatingAPI, redactor: Redactor) async -> WriteOutcome {
        guard planned.hasPreconditions else {
            return .rejected(
                "not sent: the request to \(planned.target.text) has no precondition, so it could be carried out twice")
        }
        do {
            if planned.isApplyCreation, let obstacle = try await Self.namesake(of: planned, api: ReadOnlyAPI(api)) {
                return obstacle
            }
            return Self.classify(try await api.send(planned.request), of: planned)
        } catch is CancellationError {
            return .unknown("cancelled before the API server answered")
        } catch {
            return .unknown("no answer of the API server: \(error)")
        }
    }

    /// What has the name of what is to be created.
    private static func namesake(of planned: PlannedRequest, api: ReadOnlyAPI) async throws -> WriteOutcome? {
        let target = planned.target
        guard let live = try await api.find(target.resource, namespace: target.namespace, name: target.name) else {
            return nil
        }
        return live.isBeingDeleted
            ? .postponed("\(target.text) is still being deleted") : .stale("\(target.text) was created meanwhile")
    }

    /// What an answer says about the write. Pure.
    static func classify(_ response: KubeResponse, of planned: PlannedRequest) -> WriteOutcome {
        if (200..<300).contains(response.status) {
            // A 2xx is a promise that it was done, readable or not. A `Status`, as some deletes get, has no uid.
            let answer = KubeObject((try? JSONParser.parse(response.body)) ?? .null)
            return .applied("done", uid: answer.uid.isEmpty ? planned.target.uid : answer.uid)
        }
        let status = response.failure
        if planned.isEviction, let outcome = outcome(ofEviction: status, planned) { return outcome }
        if let why = staleness(status, of: planned) { return .stale(why) }
        // 408 and 5xx may come from something between here and the server after the server has done it.
        if status.code == 408 || status.code >= 500 { return .unknown("HTTP \(status.code): \(status.message)") }
        let why = ToolFailure(describing: status).message
        return status.code == 429 || isUnserved(status, planned: planned) ? .postponed(why) : .rejected(why)
    }

    /// A resource that was defined a moment ago isn't served by every API server at once; nothing was done.
    private static func isUnserved(_ status: APIStatus, planned: PlannedRequest) -> Bool {
        status.code == 404 && (planned.request.method == .post || planned.isApplyCreation) && planned.target.uid.isEmpty
            && ["the server could not find the requested resource", "404 page not found"].contains {
                status.message.contains($0)
            }
    }

    /// Evictions have answers of their own (KEP-85, API-initiated eviction); nil where the general ones hold.
    private static func outcome(ofEviction status: APIStatus, _ planned: PlannedRequest) -> WriteOutcome? {
        let causes = status.causes.map(\.message).joined(separator: "; ")
        switch status.code {
        case 404: return .applied("\(planned.target.text) was already deleted", uid: planned.target.uid)
        // The uid is the only precondition: another pod has the name, so this one is gone.
        case 409: return .applied("\(planned.target.text) was already deleted", uid: planned.target.uid)
        case 429:
            return .postponed(status.message + (causes.isEmpty ? "" : " (\(causes))"))
        // The API server's answer where several budgets select the pod; nothing was done.
        case 500 where status.message.contains("more than one PodDisruptionBudget"): return .rejected(status.message)
        default: return nil
        }
    }

    private static func staleness(_ status: APIStatus, of planned: PlannedRequest) -> String? {
        let isCreate = planned.target.uid.isEmpty
        switch status.code {
        case 409 where status.reason == .alreadyExists: return "\(planned.target.text) was created meanwhile"
        // The fields of another manager don't become free by planning again.
        case 409 where status.causes.contains { $0.reason == "FieldManagerConflict" }: return nil
        case 409 where !isCreate: return "\(planned.target.text) has changed since: \(status.message)"
        case 404 where !isCreate: return "\(planned.target.text) was deleted"
        // Where a patch names another uid than the object has, the API server calls that a change of the uid.
        case 422 where !isCreate && status.causes.contains { $0.field == "metadata.uid" }:
            return "\(planned.target.text) was replaced by another object: \(status.message)"
        // A failed `test` of a JSON patch has no causes; faults of the result have.
        case 422 where planned.request.contentType == Patch.json(.null).contentType && status.causes.isEmpty:
            return "\(planned.target.text) has changed since: \(status.message)"
        default: return nil
        }
    }
}
