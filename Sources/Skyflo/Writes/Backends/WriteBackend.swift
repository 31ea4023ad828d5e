import KubeClient
import KubeModel
import SkyfloAPI

/// Carries out one kind of write: tries it out, does it, and finds out what became of it when the answer was lost.
///
/// What must hold afterwards (``WriteProposal/postConditions``) and what takes it back (``ChangeRecord``) are values that
/// come with the plan and the preview, so that whoever comes later needs nothing else.
package protocol WriteBackend: Sendable {
    associatedtype Write: Sendable

    /// Tries the write out without changing anything, and tells what a person has to know to decide about it.
    ///
    /// - Parameter earlier: what is done before it in the same call.
    /// - Throws: ``ToolFailure`` where it would be refused, or where its target has moved since it was planned.
    func preview(
        _ write: Write, after earlier: ArraySlice<PlannedWrite>, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> WritePreview

    /// Does exactly this, once; what nothing keeps from being done twice isn't done at all. Whoever calls has checked that it may be done, and has stored that it will be.
    ///
    /// - Parameter api: acts for the conversation's ServiceAccount: nothing is written with the operator's own rights.
    /// - Returns: never throws: after a write was sent there is always something to record, a cancellation included.
    func execute(_ write: Write, api: ImpersonatingAPI, redactor: Redactor) async -> WriteOutcome

    /// Tells what became of a write whose answer was lost: `.applied`, `.notDone` or `.unknown`.
    ///
    /// - Parameters:
    ///   - change: what the preview said that it would change; nil where that isn't known.
    ///   - redactor: with the key that the preview was made with.
    /// - Throws: `PermissionDenied`, `APIStatus`, `KubeClientError` and `CancellationError` where it can't be looked at now.
    func recover(
        _ write: Write, change: ChangeRecord?, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> WriteOutcome

    /// The same write for a target of which only status or bookkeeping has moved, if its effect would be the one that was
    /// approved; nil where that isn't so or can't be told.
    /// - Throws: `CancellationError`.
    func refresh(_ write: Write, api: ReadOnlyAPI, redactor: Redactor) async throws -> Write?
}

/// What the preview of one write says.
package struct WritePreview: Sendable, Hashable {
    /// The write, with what was previewed of it.
    package var write: PlannedWrite
    /// What would change, for people: a unified diff where there is an object to show.
    package var text: String
    /// About this write; each is told with its target where a call has several.
    package var notes: [String]
    /// Who else manages the target: what they will make of the change is told after the notes.
    var ownership: Ownership?
    /// Told once, however many writes of a call have them.
    package var warnings: [String]
    /// What is needed to take it back; nil where nothing is changed that could be.
    package var change: ChangeRecord?

    package init(
        write: PlannedWrite, text: String, notes: [String] = [], warnings: [String] = [], change: ChangeRecord? = nil
    ) {
        self.write = write
        self.text = text
        self.notes = notes
        self.warnings = warnings
        self.change = change
    }

    init(
        write: PlannedWrite, text: String, notes: [String], ownership: Ownership?, warnings: [String],
        change: ChangeRecord
    ) {
        self.init(write: write, text: text, notes: notes, warnings: warnings, change: change)
        self.ownership = ownership
    }
}

/// Which backend does what: the only place where they are told apart.
extension PlannedWrite {
    func preview(
        after earlier: ArraySlice<PlannedWrite>, api: ReadOnlyAPI, integrations: IntegrationReader, redactor: Redactor
    ) async throws -> WritePreview {
        var preview =
            switch action {
            case .request(let planned):
                try await KubernetesBackend().preview(planned, after: earlier, api: api, redactor: redactor)
            case .command(let command):
                try await ExecBackend().preview(command, after: earlier, api: api, redactor: redactor)
            case .podStep(let pod):
                try await PodStepBackend().preview(pod, after: earlier, api: api, redactor: redactor)
            case .jenkins(let request):
                try await JenkinsBackend(integrations).preview(request, after: earlier, api: api, redactor: redactor)
            case .mcp(let call):
                try await MCPBackend(integrations).preview(call, after: earlier, api: api, redactor: redactor)
            case .release(let release):
                try await ReleaseBackend().preview(release, after: earlier, api: api, redactor: redactor)
            }
        preview.write.step = step
        if step?.isOnFailure == true { preview.text = "only after a failure: " + preview.text }
        return preview
    }

    /// See ``WriteBackend/execute(_:api:redactor:)``.
    ///
    /// - Parameters:
    ///   - integrations: what requests to them are sent by.
    ///   - time: when that is, for what keeps it.
    package func execute(
        api: ImpersonatingAPI, integrations: IntegrationWriter = .none, redactor: Redactor, at time: KubeTime
    ) async -> WriteOutcome {
        switch action {
        case .request(let planned): await KubernetesBackend().execute(planned, api: api, redactor: redactor)
        case .command(let command): await ExecBackend().execute(command, api: api, redactor: redactor)
        case .podStep(let pod): await PodStepBackend().execute(pod, api: api, redactor: redactor)
        case .jenkins(let request):
            await JenkinsBackend(integrations).execute(request, api: api, redactor: redactor)
        case .mcp(let call): await MCPBackend(integrations).execute(call, api: api, redactor: redactor)
        // What a failure is followed by is planned before it is known how far it comes.
        case .release(let release) where step?.isOnFailure == true && release.lacksCreated:
            .applied("\(release.target.text) wasn't created", uid: "")
        case .release(let release):
            await ReleaseBackend(now: time).execute(release, api: api, redactor: redactor)
        }
    }

    /// See ``WriteBackend/recover(_:change:api:redactor:)``.
    package func recover(
        change: ChangeRecord?, api: ReadOnlyAPI, integrations: IntegrationReader = .none, redactor: Redactor
    ) async throws -> WriteOutcome {
        switch action {
        case .request(let planned):
            try await KubernetesBackend().recover(planned, change: change, api: api, redactor: redactor)
        case .command(let command):
            try await ExecBackend().recover(command, change: change, api: api, redactor: redactor)
        case .podStep(let pod):
            try await PodStepBackend().recover(pod, change: change, api: api, redactor: redactor)
        case .jenkins(let request):
            try await JenkinsBackend(integrations).recover(request, change: change, api: api, redactor: redactor)
        case .mcp(let call):
            try await MCPBackend(integrations).recover(call, change: change, api: api, redactor: redactor)
        case .release(let release):
            try await ReleaseBackend().recover(release, change: change, api: api, redactor: redactor)
        }
    }

    /// See ``WriteBackend/refresh(_:api:redactor:)``.
    package func refresh(api: ReadOnlyAPI, redactor: Redactor) async throws -> PlannedWrite? {
        switch action {
        case .request(let planned):
            try await KubernetesBackend().refresh(planned, api: api, redactor: redactor).map {
                PlannedWrite($0, step: step)
            }
        case .command(let command):
            try await ExecBackend().refresh(command, api: api, redactor: redactor).map {
                PlannedWrite(.command($0), step: step)
            }
        case .podStep(let pod):
            try await PodStepBackend().refresh(pod, api: api, redactor: redactor).map {
                PlannedWrite(.podStep($0), step: step)
            }
        case .release(let release):
            try await ReleaseBackend().refresh(release, api: api, redactor: redactor).map {
                PlannedWrite(.release($0), step: step)
            }
        case .jenkins, .mcp: nil
        }
    }
}
