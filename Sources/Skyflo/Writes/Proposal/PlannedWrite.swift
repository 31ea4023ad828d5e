import Integrations
import KubeClient
import KubeModel
import SkyfloAPI

/// One write that has not happened, as a value: what exactly would be done, at what, and by which backend.
///
/// The kinds are closed on purpose. Whatever decides about safety (the digest, rules, rights of approvers, recovery) says
/// in a `switch` what it makes of each, so a new kind doesn't compile before all of them have an answer.
package struct PlannedWrite: Sendable, Hashable {
    package enum Action: Sendable, Hashable {
        /// A request to the API server that changes an object.
        case request(PlannedRequest)
        /// A command in a container.
        case command(PlannedCommand)
        /// What is left to do with a pod that the sequence itself has created.
        case podStep(PlannedPodStep)
        /// A request to a Jenkins that the SkyfloAI names.
        case jenkins(PlannedJenkinsRequest)
        /// A call of a tool of an MCP server that the SkyfloAI names.
        case mcp(PlannedMCPCall)
        /// What is done for a release of Helm, by what is stored of it.
        case release(PlannedReleaseWrite)
    }

    package var action: Action
    /// How it takes part in a sequence; nil for a write that is sent at once with its fellows.
    package var step: WriteStep?

    package init(_ action: Action, step: WriteStep? = nil) {
        self.action = action
        self.step = step
    }

    package init(_ request: PlannedRequest, step: WriteStep? = nil) { self.init(.request(request), step: step) }

    /// nil for what isn't a request to the API server.
    package var request: PlannedRequest? { if case .request(let planned) = action { planned } else { nil } }

    /// What it sends to the API server to change an object, whoever sends it; nil for what sends something else.
    var objectRequest: PlannedRequest? {
        switch action {
        case .request(let planned): planned
        case .release(let release): release.request
        case .command, .podStep, .jenkins, .mcp: nil
        }
    }

    /// What it is aimed at: an object, or the pod that a command runs in.
    package var target: PlannedRequest.Target {
        switch action {
        case .request(let planned): planned.target
        case .command(let command): command.target
        case .podStep(let pod): pod.target
        case .jenkins(let request): request.target
        case .mcp(let call): call.target
        case .release(let release): release.target
        }
    }

    /// What keeps the write from being carried out twice; nil where nothing does, and then it is never sent.
    package var guarantee: WriteGuarantee? {
        switch action {
        case .request(let planned): planned.guarantee
        case .command, .jenkins, .mcp: .onceOnly
        // A log is only read; a deletion names the uid, and isn't sent without.
        case .podStep: .pinned
        case .release(let release): release.guarantee
        }
    }

    /// What is sent to an integration; nil for what goes elsewhere.
    ///
    /// - Throws: ``Integrations/IntegrationError`` where it can't be sent.
    package func integrationRequest() throws(IntegrationError) -> IntegrationRequest? {
        if case .jenkins(let request) = action { try request.request() } else { nil }
    }

    /// What whoever approves it would need to be allowed to do it themself; nil where the authorizer has no word for it.
    package var access: ResourceAccess? {
        switch action {
        case .request(let planned): ResourceAccess(planned.request)
        case .command(let command): command.access
        case .podStep(let pod): pod.access
        case .jenkins(let request): request.access
        case .mcp(let call): call.access
        case .release(let release): release.access
        }
    }

    /// Of the target as it was when the write was planned; nil where there was none.
    package var labels: [String: String]? {
        switch action {
        case .request(let planned): planned.before?.labels
        case .command(let command): command.labels
        case .podStep, .jenkins, .mcp: nil
        case .release(let release): release.request?.before?.labels
        }
    }

    /// How many bytes of it a person has to read.
    package var size: Int {
        switch action {
        case .request(let planned): planned.request.body?.utf8.count ?? 0
        case .command(let command): command.command.reduce(0) { $0 + $1.utf8.count }
        // What is stored of a release is read in the preview.
        case .podStep, .release: 0
        case .jenkins(let request): request.size
        case .mcp(let call): call.size
        }
    }
}

/// What keeps a write from being carried out twice.
package enum WriteGuarantee: Sendable, Hashable {
    /// The request names the uid of its target, and the version where that matters: whoever carries it out refuses another.
    case pinned
    /// It creates something of a fixed name: a second one is refused.
    case fixedName
    /// Nothing but never sending it again. If its answer is lost, its outcome stays unknown.
    case onceOnly
}

extension PlannedWrite {
    /// As it is kept in a status and a transcript: exactly what would be done, with everything that decides about it. The
    /// digest of an approval covers all of it.
    package var json: JSONValue {
        switch action {
        case .request(let planned): labelled(planned.stored, backend: .kubernetes)
        case .command(let command): labelled(command.stored, backend: .exec)
        case .podStep(let pod): labelled(pod.stored, backend: .podStep)
        case .jenkins(let request): labelled(request.stored, backend: .jenkins)
        case .mcp(let call): labelled(call.stored, backend: .mcp)
        case .release(let release): labelled(release.stored, backend: .release)
        }
    }

    /// As ``json``, for people to read: what it holds of secrets is replaced. It can't be carried out any more.
    package func redacted(by redactor: Redactor) -> JSONValue {
        switch action {
        case .request(let planned): labelled(planned.shown(by: redactor), backend: .kubernetes)
        case .command(let command): labelled(command.shown(by: redactor), backend: .exec)
        case .podStep(let pod): labelled(pod.stored, backend: .podStep)
        case .jenkins(let request): labelled(request.shown(by: redactor), backend: .jenkins)
        case .mcp(let call): labelled(call.shown(by: redactor), backend: .mcp)
        case .release(let release): labelled(release.shown, backend: .release, isBrief: true)
        }
    }

    /// With what it finds back by to whoever carries it out.
    ///
    /// - Parameter isBrief: without what its step waits for, which the title says well enough.
    private func labelled(
        _ content: StoredWrite, backend: StoredWrite.Backend, isBrief: Bool = false
    ) -> JSONValue {
        var stored = content
        stored.backend = backend
        stored.step = step
        if isBrief { stored.step?.awaits = nil }
        return stored.json
    }

    /// nil for what ``json`` doesn't write: a write that was tampered with is not carried out. Versions that knew only the
    /// API server wrote no backend.
    package init?(json: JSONValue) {
        guard let stored = StoredWrite(json: json) else { return nil }
        step = stored.step
        switch stored.backend ?? .kubernetes {
        case .kubernetes:
            guard let planned = PlannedRequest(stored) else { return nil }
            action = .request(planned)
        case .exec:
            guard let command = PlannedCommand(stored) else { return nil }
            action = .command(command)
        case .podStep:
            guard let pod = PlannedPodStep(stored) else { return nil }
            action = .podStep(pod)
        case .jenkins:
            guard let request = PlannedJenkinsRequest(stored) else { return nil }
            action = .jenkins(request)
        case .mcp:
            guard let call = PlannedMCPCall(stored) else { return nil }
            action = .mcp(call)
        case .release:
            guard let release = PlannedReleaseWrite(stored) else { return nil }
            action = .release(release)
        }
    }

    /// What it carries or meets of secrets: servers repeat values in their messages.
    func secrets(_ redactor: Redactor) -> Set<String> {
        switch action {
        case .request(let planned): planned.secrets(redactor)
        case .command(let command): command.secrets(redactor)
        case .podStep: []
        case .jenkins(let request): request.secrets(redactor)
        case .mcp(let call): call.secrets(redactor)
        case .release(let release): release.request?.secrets(redactor) ?? []
        }
    }
}
