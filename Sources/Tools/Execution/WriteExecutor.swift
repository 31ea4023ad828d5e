public import KubeClient
public import KubeModel

/// What became of a write.
public enum ExecutionResult: Sendable, Hashable {
    case applied(AppliedWrite)
    /// Nothing happened: the target is not what it was when the request was planned. Plan again.
    case stale(String)
    /// Nothing happened: the API server refused.
    case rejected(APIStatus)
    /// It is not known whether it happened.
    case unknown(String)
}

/// What the API server said about a write that it did.
public struct AppliedWrite: Sendable, Hashable {
    /// The target with the uid and the resourceVersion that it has now. A deleted object keeps those it had.
    public var target: PlannedRequest.Target
    /// Counts changes of the spec; 0 for kinds that don't.
    public var generation: Int
    public var warnings: [String]

    public init(target: PlannedRequest.Target, generation: Int = 0, warnings: [String] = []) {
        self.target = target
        self.generation = generation
        self.warnings = warnings
    }

    init(_ planned: PlannedRequest, answer: KubeObject, warnings: [String] = []) {
        var target = planned.target
        // A `Status` is what some deletes are answered with, and has neither.
        if !answer.uid.isEmpty { target.uid = answer.uid }
        if !answer.resourceVersion.isEmpty { target.resourceVersion = answer.resourceVersion }
        self.init(target: target, generation: answer.generation, warnings: warnings)
    }
}

/// Sends planned requests, and finds out what became of those whose answer was lost.
public enum WriteExecutor {
    /// The field manager of all writes: by it the objects say what was changed from here.
    public static let fieldManager = "skyflo"

    /// Sends exactly `planned.request`, once, if it ``PlannedRequest/isPinned``. Whoever calls has checked that it may be
    /// sent, and has stored that it will be.
    ///
    /// - Parameter api: acts for the conversation's ServiceAccount: nothing is written with the operator's own rights.
    /// - Returns: never throws: after a write was sent there is always something to record, a cancellation included.
    public static func execute(_ planned: PlannedRequest, api: ImpersonatingAPI) async -> ExecutionResult {
        guard planned.isPinned else { return .rejected(unpinned(planned)) }
        do {
            let response = try await api.send(planned.request)
            return classify(response, of: planned)
        } catch is CancellationError {
            return .unknown("cancelled before the API server answered")
        } catch {
            return .unknown("no answer of the API server: \(error)")
        }
    }

    private static func unpinned(_ planned: PlannedRequest) -> APIStatus {
        APIStatus(
            code: 400, reason: .badRequest,
            message: "not sent: nothing in the request to \(planned.target.text) keeps it from being carried out twice")
    }

    /// What an answer says about the write. Pure.
    static func classify(_ response: KubeResponse, of planned: PlannedRequest) -> ExecutionResult {
        guard !(200..<300).contains(response.status) else {
            // A 2xx is a promise that it was done, readable or not.
            let answer = KubeObject((try? JSONParser.parse(response.body)) ?? .null)
            return .applied(AppliedWrite(planned, answer: answer, warnings: response.warnings))
        }
        let status = response.failure
        if let why = staleness(status, of: planned) { return .stale(why) }
        // 408 and 5xx may come from something between here and the server after the server has done it.
        if status.code == 408 || status.code >= 500 { return .unknown("HTTP \(status.code): \(status.message)") }
        return .rejected(status)
    }

    private static func staleness(_ status: APIStatus, of planned: PlannedRequest) -> String? {
        let isCreate = planned.target.uid.isEmpty
        switch status.code {
        case 409 where status.reason == .alreadyExists: return "\(planned.target.text) exists by now"
        // The fields of another manager don't become free by planning again.
        case 409 where status.causes.contains { $0.reason == "FieldManagerConflict" }: return nil
        case 409 where !isCreate: return "\(planned.target.text) has changed since: \(status.message)"
        case 404 where !isCreate: return "\(planned.target.text) is gone"
        // Where a patch names another uid than the object has, the API server calls that a change of the uid.
        case 422 where !isCreate && status.causes.contains { $0.field == "metadata.uid" }:
            return "\(planned.target.text) is another object by now: \(status.message)"
        // A failed `test` of a JSON patch has no causes; faults of the result have.
        case 422 where planned.request.contentType == Patch.json(.null).contentType && status.causes.isEmpty:
            return "\(planned.target.text) has changed since: \(status.message)"
        default: return nil
        }
    }
}
