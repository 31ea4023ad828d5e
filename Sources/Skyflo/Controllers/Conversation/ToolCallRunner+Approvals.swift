import KubeModel
import SkyfloAPI
import WorkflowEngine
import Writes

/// Asking people.
extension ToolCallRunner {
    func request(
        approvalOf proposal: WriteProposal, preview: Preview, touching touches: [String] = [], for call: Call,
        in store: inout ConversationStore, references: ResolvedReferences
    ) -> Bool {
        let requests = preview.writes.map(\.json)
        let postConditions = proposal.postConditions.map(\.json)
        let display = RedactedCall(arguments: call.arguments, writes: preview.writes, redactor: redactor)
        let lists = display.requests + postConditions + (touches + call.references.map(\.text)).map(JSONValue.string)
        guard hasRoom(for: call, preview: preview.text, lists: lists, in: &store),
            fitsTranscript(call, preview: preview, lists: requests + lists, in: &store)
        else { return false }
        let content = ApprovalContent(
            display: display, summary: proposal.summary, risk: proposal.risk,
            warnings: denialWarnings(of: call, in: store) + orderWarnings(in: store)
                + originWarnings(of: call, in: store) + preview.warnings,
            preview: preview.text, wholePreview: preview.whole,
            requests: requests, postConditions: postConditions, labels: preview.writes.map(\.labels),
            changes: kept(preview.changes, in: store.machine), touches: touches)
        log(content, for: call, in: &store, references: references)
        return true
    }

    private func denialWarnings(of call: Call, in store: ConversationStore) -> [String] {
        guard let denial = store.machine.denial(of: call) else { return [] }
        return ["asked for again: \(denial.call) was the same and was \(denial.result.bounded(to: 200))"]
    }

    private func orderWarnings(in store: ConversationStore) -> [String] {
        guard let order = store.machine.embeddedOrder else { return [] }
        return ["tool output has text that reads like an order, and is no user's: \"\(order)\""]
    }

    private func originWarnings(of call: Call, in store: ConversationStore) -> [String] {
        let conversation = store.conversation
        let origin = ArgumentOrigin(
            history: store.machine.history, known: [conversation.namespace, conversation.spec.serviceAccountName])
        let words = origin.fromToolOutput(in: call.arguments)
        // Results of the same reply are in no message yet.
        let referring = call.references.map(\.argument).joined(separator: ", ")
        let references =
            referring.isEmpty
            ? [] : ["taken from the result of an earlier call, as references says: \(referring)".bounded(to: 400)]
        guard !words.isEmpty else { return references }
        let more = words.count > 8 ? " and \(words.count - 8) more" : ""
        return references + [
            "taken from tool output, not from the user: \(words.prefix(8).joined(separator: ", "))\(more)"
        ]
    }

    /// What of an approval differs between reads and writes.
    private struct ApprovalContent {
        var display: RedactedCall
        var summary: String
        var risk: Risk
        var warnings: [String] = []
        var preview: String
        var wholePreview: String?
        var requests: [JSONValue] = []
        var postConditions: [JSONValue] = []
        var labels: [[String: String]?] = []
        var changes: [JSONValue] = []
        var touches: [String] = []
    }

    private func log(
        _ content: ApprovalContent, for call: Call, in store: inout ConversationStore, references: ResolvedReferences
    ) {
        let display = content.display
        let shown = display.fingerprint.map {
            ApprovalRequest.Shown(arguments: display.arguments, requests: display.requests, fingerprint: $0)
        }
        let user = references.identity.user
        let sources = call.references.map { display.text($0.text) }
        let digest = Digest.of(
            conversationUID: store.conversation.uid, turn: store.machine.turn, callID: call.id,
            identity: user, tool: call.tool, arguments: display.arguments,
            requests: display.requests, postConditions: content.postConditions, references: sources,
            fingerprint: display.fingerprint)
        let isHiding = shown.map { shown in
            Redactor.isRedacted(shown.arguments + JSONWriter.string(.array(shown.requests)))
        }
        let notes = isHiding != true ? [] : ["credentials are shown as ‹redacted:…›, and sent as the model wrote them"]
        let expiry = store.now.adding(seconds: Double(store.conversation.spec.limits.approvalTimeoutSeconds))
        store.log(
            .approvalRequested(
                id: call.id,
                ApprovalRequest(
                    summary: display.text(content.summary), risk: content.risk.rawValue,
                    warnings: content.warnings.map { display.text($0) } + notes, preview: content.preview,
                    requests: content.requests, postConditions: content.postConditions, digest: digest,
                    expiresAt: expiry, labels: content.labels, changes: content.changes,
                    touches: content.touches.map { display.text($0) }, shown: shown, references: sources,
                    wholePreview: content.wholePreview)),
            isTentative: true)
    }

    // MARK: Room

    /// Whether the status has room for one more approval; otherwise the call is refused.
    private func hasRoom(
        for call: Call, preview: String, lists: [JSONValue], in store: inout ConversationStore
    ) -> Bool {
        let pending = store.machine.pendingApprovals.reduce(0) { total, other in
            let requests = other.approval?.shown?.requests ?? other.approval?.requests ?? []
            let lists =
                requests + (other.approval?.postConditions ?? [])
                + ((other.approval?.touches ?? []) + (other.approval?.references ?? [])).map(JSONValue.string)
            return total + Self.size(other, preview: other.approval?.preview ?? "", lists: lists)
        }
        if pending + Self.size(call, preview: preview, lists: lists) <= StatusProjection.Budget.pendingApprovals {
            return true
        }
        resolve(
            call, succeeded: false,
            text: "refused: too many changes are waiting for approval; ask again when they are decided", in: &store)
        return false
    }

    /// Whether the transcript can keep the approval, which is one entry of a Secret; otherwise the call is refused.
    ///
    /// - Parameter lists: what it keeps, as it is and as it is shown.
    private func fitsTranscript(
        _ call: Call, preview: Preview, lists: [JSONValue], in store: inout ConversationStore
    ) -> Bool {
        let bytes = call.arguments.utf8.count + JSONWriter.bytes(.array(lists)).count
        let changes = min(JSONWriter.bytes(.array(preview.changes.map { $0?.json ?? .null })).count, Self.changesLimit)
        let previews = preview.text.utf8.count + (preview.whole?.utf8.count ?? 0)
        // It is kept as it is, encrypted and in base64, and as it is shown.
        if (bytes + changes + previews) * 4 / 3 + previews <= Self.entryLimit { return true }
        resolve(
            call, succeeded: false,
            text: "refused: the change is too large to be kept until it is approved; make it smaller, or split it",
            in: &store)
        return false
    }

    /// A Secret has a mebibyte.
    private static let entryLimit = 1_000_000

    /// About how many bytes an approval has in the status.
    /// - Parameter lists: its requests and post-conditions, and what it touches.
    private static func size(_ call: Call, preview: String, lists: [JSONValue]) -> Int {
        call.arguments.utf8.count + preview.utf8.count + JSONWriter.bytes(.array(lists)).count
            + 2 * StatusProjection.Budget.summary
    }

    /// Records of changes go into the transcript, a Secret, which holds less than a status may ask for.
    private func kept(_ changes: [ChangeRecord?], in machine: WorkflowStateMachine) -> [JSONValue] {
        let waiting = machine.pendingApprovals.flatMap { $0.approval?.changes ?? [] }
        var room = Self.changesLimit - JSONWriter.bytes(.array(waiting)).count
        return changes.map { change in
            guard let change, !change.isPart else { return .null }
            let json = change.json
            let size = JSONWriter.bytes(json).count
            guard size <= room else { return change.withoutContent("it is too large to be stored").json }
            room -= size
            return json
        }
    }

    /// Bytes of all approvals that wait.
    private static let changesLimit = 192 * 1024

    // MARK: Reads

    /// `approval.mode: Always`: a person allows a read before it runs.
    func askBeforeReading(
        _ ids: [String], in store: inout ConversationStore, references: ResolvedReferences
    ) async throws {
        var asked: Set<String> = []
        for call in ids.compactMap(store.machine.call) {
            guard call.arguments.utf8.count <= Self.argumentsLimit else {
                let why = "refused: the arguments have more than \(Self.argumentsLimit) bytes"
                resolve(call, succeeded: false, text: why, in: &store)
                continue
            }
            let preview = "Reads only; nothing changes."
            guard hasRoom(for: call, preview: preview, lists: [], in: &store) else { continue }
            asked.insert(call.id)
            let display = RedactedCall(arguments: call.arguments, writes: [], redactor: redactor)
            let summary = "Run \(call.tool) with \(display.arguments)".bounded(to: 1024)
            let content = ApprovalContent(display: display, summary: summary, risk: .low, preview: preview)
            log(content, for: call, in: &store, references: references)
        }
        if !asked.isEmpty { try await showApprovals(asked, in: &store) }
    }

    /// First the transcript, then the status: an approval that people can see is one that no crash forgets.
    func showApprovals(_ ids: Set<String>, in store: inout ConversationStore) async throws {
        try await store.flush()
        try await store.writeStatus(.init(newApprovals: ids))
        for call in ids.sorted().compactMap(store.machine.call) where call.decision == nil {
            events.normal(
                store.conversation.object, reason: "ApprovalRequired",
                message: "\(call.id): \(call.approval?.summary ?? call.tool)")
        }
    }
}
