import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import Tools
import WorkflowEngine

extension TurnRunner {
    /// What came of preparing one call.
    private enum Prepared: Sendable {
        case output(String)
        case failure(String)
        case write(WriteProposal, Preview)
    }

    /// Runs reads and plans writes, all at once; then asks for the writes.
    mutating func prepare(_ ids: [String]) async throws -> ReconcileResult? {
        guard let context = toolContext(), let references else { return nil }
        let calls = ids.compactMap(machine.call)
        let registry = dependencies.tools
        let readOnly = readOnly
        let undos = machine.isUndoing ? undos(calls) : [:]
        let outcome = try await interruptible {
            try await calls.concurrentMap(atOnce: 8) { call in
                try await Self.prepare(call, readOnly: readOnly, in: context) {
                    if let undo = undos[call.id] { return .proposal(try await undo.proposal(in: context)) }
                    return try await registry.call(
                        name: call.tool, arguments: call.arguments, toolsets: references.toolsets, in: context)
                }
            }
        }
        guard let prepared = try await settle(outcome) else { return nil }
        var asked: Set<String> = []
        for (call, result) in zip(calls, prepared) {
            switch result {
            case .output(let text): resolve(call, true, text)
            case .failure(let text): resolve(call, false, "failed: " + text)
            case .write(let proposal, let preview):
                if request(approvalOf: proposal, preview, for: call) { asked.insert(call.id) }
            }
        }
        guard !asked.isEmpty else { return nil }
        try await autoApprove(asked)
        return try await showApprovals(asked)
    }

    private mutating func resolve(_ call: Call, _ succeeded: Bool, _ text: String) {
        ConversationMetrics.toolCalled(call.tool, succeeded ? .succeeded : .failed)
        record.log(.callResolved(id: call.id, succeeded: succeeded, result: text), at: now)
    }

    private static func prepare(
        _ call: Call, readOnly: String?, in context: ToolContext, _ run: () async throws -> ToolOutcome
    ) async throws -> Prepared {
        guard call.arguments.utf8.count <= argumentsLimit else {
            return .failure("refused: the arguments have more than \(argumentsLimit) bytes")
        }
        var attempts = 3
        while true {
            attempts -= 1
            do {
                switch try await run() {
                case .output(let text): return .output(text)
                case .proposal(let proposal):
                    if let readOnly { return .failure("refused: \(readOnly)") }
                    if let refusal = refusal(of: proposal) { return .failure(refusal) }
                    let preview = try await Preview.of(proposal, api: context.api, redactor: context.redactor)
                    return .write(try await proposal.noting(podsIn: context), preview)
                }
            } catch let failure as ToolFailure {
                // In a rollout an object's status moves all the time, also between its reading and the dry run.
                if failure.isStale, attempts > 0 { continue }
                let display = CallDisplay(arguments: call.arguments, writes: [], redactor: context.redactor)
                return .failure(display.text(failure.message))
            }
        }
    }

    /// What can't be approved in good conscience isn't asked for.
    private static func refusal(of proposal: WriteProposal) -> String? {
        if proposal.requests.contains(where: { $0.target.resource.isSecret && $0.request.method != .delete }) {
            return "refused: the values of a Secret would stand in the approval and in the transcript for all to read. "
                + "Write Secrets by other means"
        }
        let bytes = proposal.writes.reduce(0) { $0 + $1.size }
        let most = proposal.isSequence ? stepsLimit : requestsLimit
        if bytes > argumentsLimit || proposal.writes.count > most {
            return
                "refused: \(proposal.writes.count) requests with \(bytes) bytes are too much to be read and approved at "
                + "once (\(most) and \(argumentsLimit)); write fewer objects at a time"
        }
        return nil
    }

    /// Bytes of a call's arguments, and of the bodies that come of them: an approval shows both, and its preview.
    private static let argumentsLimit = 24 * 1024
    private static let requestsLimit = 32
    /// Steps of a sequence are alike, and read by their titles.
    private static let stepsLimit = 96

    // MARK: Approvals

    private mutating func request(approvalOf proposal: WriteProposal, _ preview: Preview, for call: Call) -> Bool {
        let requests = preview.writes.map(\.json)
        let postConditions = proposal.postConditions.map(\.json)
        guard hasRoom(for: call, preview.text, requests + postConditions) else { return false }
        log(
            approvalOf: call,
            CallDisplay(arguments: call.arguments, writes: preview.writes, redactor: redactor),
            summary: proposal.summary, risk: proposal.risk,
            warnings: originWarnings(of: call) + preview.warnings, preview: preview.text, requests: requests,
            postConditions: postConditions, labels: preview.writes.map(\.labels),
            changes: kept(preview.changes))
        return true
    }

    private func originWarnings(of call: Call) -> [String] {
        let origin = ArgumentOrigin(
            history: machine.history, known: [conversation.namespace, conversation.spec.serviceAccountName])
        let words = origin.fromToolOutput(in: call.arguments)
        guard !words.isEmpty else { return [] }
        let more = words.count > 8 ? " and \(words.count - 8) more" : ""
        return ["taken from tool output, not from the user: \(words.prefix(8).joined(separator: ", "))\(more)"]
    }

    /// About how many bytes an approval has in the status.
    /// - Parameter lists: its requests and post-conditions.
    private static func size(_ call: Call, _ preview: String, _ lists: [JSONValue]) -> Int {
        call.arguments.utf8.count + preview.utf8.count + JSONWriter.bytes(.array(lists)).count
            + 2 * StatusProjection.Budget.summary
    }

    private mutating func log(
        approvalOf call: Call, _ display: CallDisplay, summary: String, risk: WriteProposal.Risk,
        warnings: [String] = [], preview: String,
        requests: [JSONValue] = [], postConditions: [JSONValue] = [], labels: [[String: String]?] = [],
        changes: [JSONValue] = []
    ) {
        let shown = display.fingerprint.map {
            ApprovalRequest.Shown(arguments: display.arguments, requests: display.requests, fingerprint: $0)
        }
        let digest = Digest.of(
            conversationUID: conversation.uid, turn: machine.turn, callID: call.id,
            identity: references?.identity.user ?? "", tool: call.tool, arguments: display.arguments,
            requests: display.requests, postConditions: postConditions, fingerprint: display.fingerprint)
        let notes = shown == nil ? [] : ["credentials are shown as ‹redacted:…›, and sent as the model wrote them"]
        let expiry = now.adding(seconds: Double(conversation.spec.limits.approvalTimeoutSeconds))
        record.log(
            .approvalRequested(
                id: call.id,
                ApprovalRequest(
                    summary: display.text(summary), risk: risk.rawValue,
                    warnings: (warnings + notes).map { display.text($0) }, preview: preview, requests: requests,
                    postConditions: postConditions, digest: digest, expiresAt: expiry, labels: labels,
                    changes: changes, shown: shown)), at: now)
    }

    /// Whether the status has room for one more approval; otherwise the call is refused.
    private mutating func hasRoom(for call: Call, _ preview: String, _ lists: [JSONValue]) -> Bool {
        let pending = machine.pendingApprovals.reduce(0) { total, other in
            let lists = (other.approval?.requests ?? []) + (other.approval?.postConditions ?? [])
            return total + Self.size(other, other.approval?.preview ?? "", lists)
        }
        if pending + Self.size(call, preview, lists) <= StatusProjection.Budget.pendingApprovals { return true }
        resolve(call, false, "refused: too much waits for approval already; ask again when that is decided")
        return false
    }

    /// `approval.mode: Always`: a person allows a read before it runs.
    mutating func askBeforeReading(_ ids: [String]) async throws -> ReconcileResult? {
        var asked: Set<String> = []
        for call in ids.compactMap(machine.call) {
            guard call.arguments.utf8.count <= Self.argumentsLimit else {
                resolve(call, false, "failed: refused: the arguments have more than \(Self.argumentsLimit) bytes")
                continue
            }
            let preview = "Reads only; nothing changes."
            guard hasRoom(for: call, preview, []) else { continue }
            asked.insert(call.id)
            let display = CallDisplay(arguments: call.arguments, writes: [], redactor: redactor)
            log(
                approvalOf: call, display,
                summary: "Run \(call.tool) with \(display.arguments)".bounded(to: 1024), risk: .low,
                preview: preview)
        }
        return asked.isEmpty ? nil : try await showApprovals(asked)
    }

    /// First the transcript, then the status: an approval that people can see is one that no crash forgets.
    private mutating func showApprovals(_ ids: Set<String>) async throws -> ReconcileResult? {
        try await flush()
        try await writeStatus(newApprovals: ids)
        for call in ids.sorted().compactMap(machine.call) where call.decision == nil {
            dependencies.events.normal(
                conversation.object, "ApprovalRequired", "\(call.id): \(call.approval?.summary ?? call.tool)")
        }
        return nil
    }

    func toolContext() -> ToolContext? {
        guard let references else { return nil }
        return ToolContext(
            api: ReadOnlyAPI(api.impersonating(references.identity)), mapper: dependencies.mapper,
            namespace: conversation.namespace, redactor: redactor)
    }
}

extension APIResource {
    fileprivate var isSecret: Bool { group.isEmpty && plural == "secrets" }
}

extension Array where Element: Sendable {
    /// Maps at most `atOnce` elements at a time; results are in the order of the elements.
    func concurrentMap<Result: Sendable>(
        atOnce: Int, _ transform: @escaping @Sendable (Element) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results: [Int: Result] = [:]
            for (position, element) in enumerated() {
                if position >= atOnce, let (done, result) = try await group.next() { results[done] = result }
                group.addTask { (position, try await transform(element)) }
            }
            for try await (done, result) in group { results[done] = result }
            return indices.compactMap { results[$0] }
        }
    }
}
