import KubeModel
import SkyfloAPI

/// What the status says of a state: the only place where it is made.
///
/// The result is a JSON merge patch of `status` that touches no field that people write, except that it clears what
/// somebody may have put into an approval before it was asked for.
public struct StatusProjection: Sendable {
    public var machine: WorkflowStateMachine
    public var conversation: Conversation
    public var now: KubeTime
    public var worker: String
    /// Of the worker's claim.
    public var epoch: Int
    public var transcript: TranscriptPosition
    /// nil: everything that the spec names is there.
    public var notAccepted: (reason: ConversationReason, message: String)?
    /// The message that is next waits for other turns to end; nil where none does.
    public var queued: Queued?
    /// Ids of approvals that this write makes visible for the first time.
    public var newApprovals: Set<String> = []
    public var timeToFirstToken: Double?
    /// What is missing until decisions that were made count, by call.
    public var incomplete: [String: String] = [:]

    public struct Queued: Sendable, Hashable {
        public var since: KubeTime
        /// What it waits for, and its place.
        public var message: String

        public init(since: KubeTime, message: String) {
            self.since = since
            self.message = message
        }
    }

    public struct TranscriptPosition: Sendable, Hashable {
        public var secretPrefix: String
        public var secrets: Int
        public var entries: Int
        public var bytes: Int
        public var head: String

        public init(secretPrefix: String, secrets: Int = 0, entries: Int = 0, bytes: Int = 0, head: String = "") {
            self.secretPrefix = secretPrefix
            self.secrets = secrets
            self.entries = entries
            self.bytes = bytes
            self.head = head
        }
    }

    /// How much of the 256 KiB that a status may have goes to what; all in bytes.
    public enum Budget {
        /// All approvals that wait for a decision, together. Whoever asks for one has to keep to it.
        public static let pendingApprovals = 80 * 1024
        /// All that were decided, together.
        static let decidedApprovals = 16 * 1024
        static let answer = 16 * 1024
        /// Of each call of the reply that is being worked on, of which there are ``WorkflowStateMachine/callsPerReply``.
        static let currentResult = 1024
        static let pastResult = 512
        public static let summary = 512
        static let change = 256
        static let message = 2048
        static let checks = 16
        /// Lines about what a write touches.
        public static let touches = 16
        /// Ids of calls beside a step of the plan; a model may ask for thousands, of which only the first are tried.
        static let stepCalls = 64
        static let evidence = 512
    }

    public init(
        machine: WorkflowStateMachine, conversation: Conversation, now: KubeTime, worker: String, epoch: Int,
        transcript: TranscriptPosition
    ) {
        self.machine = machine
        self.conversation = conversation
        self.now = now
        self.worker = worker
        self.epoch = epoch
        self.transcript = transcript
    }

    public var phase: ConversationStatus.Phase {
        if notAccepted != nil || queued != nil, !machine.isRunning { return .pending }
        guard machine.isRunning else {
            switch machine.ended?.kind {
            case .completed: return .completed
            case .failed: return .failed
            case .stopped: return .stopped
            case nil: return .pending
            }
        }
        if machine.calls.contains(where: { $0.state == .executing }) { return .executing }
        if machine.calls.contains(where: { $0.state == .verifying }) { return .verifying }
        return machine.pendingApprovals.isEmpty ? .planning : .awaitingApproval
    }

    /// The patch: `{"status": …}`, without metadata.
    public func patch() -> JSONValue {
        var status: JSONObject = [
            "observedGeneration": JSONValue(conversation.object.generation), "phase": .string(phase.rawValue),
            "reason": reason.map { .string($0.rawValue) } ?? .null, "uid": .string(conversation.uid),
            "queuedSince": queued.map { .string($0.since.microTime) } ?? .null,
            "turn": JSONValue(machine.turn), "pendingApprovals": JSONValue(machine.pendingApprovals.count),
            "conditions": .array(conditions().map(\.json)),
            "worker": ["identity": .string(worker), "epoch": JSONValue(epoch)],
        ]
        if machine.turn > 0 {
            status["title"] = .string(title)
            status["turnState"] = .compact([
                "startedAt": .string(machine.startedAt.description),
                "finishedAt": machine.finishedAt.map { .string($0.description) } ?? .null,
            ])
            let answer = machine.ended?.answer ?? ""
            status["answer"] = answer.isEmpty ? .null : .string(answer.bounded(to: Budget.answer))
            status["plan"] = plan()
            status["calls"] = calls()
            status["approvals"] = approvals()
            status["verification"] = verification()
            status["changes"] = changes()
            status["progress"] = machine.progress?.json ?? .null
            status["undosTaken"] = JSONValue(machine.undosTaken)
            status["followUpsTaken"] = .object(JSONObject(machine.followUpsTaken.map { ($0, JSONValue($1)) }))
            status["usage"] = usage()
            status["transcript"] = transcriptJSON
        }
        return ["status": .object(status)]
    }

    /// The first words of the first message.
    private var title: String {
        let words = (conversation.spec.messages.first ?? "").split(whereSeparator: \.isWhitespace)
        let title = words.prefix(8).joined(separator: " ") + (words.count > 8 ? " …" : "")
        return title.bounded(to: 120)
    }

    // MARK: Calls and approvals

    private func calls() -> JSONValue {
        let current = Set(machine.calls.map(\.id))
        var object = JSONObject()
        for id in conversation.status.calls.keys.sorted() { object[id] = .null }
        for (turn, call) in newestCalls {
            let result = current.contains(call.id) ? Budget.currentResult : Budget.pastResult
            object[call.id] = .compact([
                "tool": .string(call.tool.bounded(to: 128)), "turn": JSONValue(turn),
                "state": .string(call.state.rawValue),
                "summary": call.approval.map { .string($0.summary.bounded(to: Budget.summary)) },
                "startedAt": .string(call.startedAt.description),
                "finishedAt": call.finishedAt.map { .string($0.description) },
                "result": call.result.map { .string($0.bounded(to: result)) },
            ])
        }
        return .object(object)
    }

    private var newestCalls: ArraySlice<(turn: Int, call: Call)> {
        (machine.pastCalls + machine.calls.map { (machine.turn, $0) }).suffix(WorkflowStateMachine.keptCalls)
    }

    /// Approvals of calls that are no longer kept go; those that are there stay as they are, with what people wrote. Old
    /// ones lose their bodies when all together get large: the transcript has them.
    private func approvals() -> JSONValue {
        var object = JSONObject()
        let all = newestCalls.map(\.call)
        let kept = Set(all.filter { $0.approval != nil }.map(\.id))
        for id in conversation.status.approvals.keys.sorted() where !kept.contains(id) { object[id] = .null }
        var bytes = 0
        for call in all.reversed() where !newApprovals.contains(call.id) {
            guard let entry = conversation.status.approvals[call.id] else { continue }
            bytes += JSONWriter.bytes(entry.json).count
            if bytes > Budget.decidedApprovals, call.state.isFinal {
                object[call.id] = ["requests": .null, "postConditions": .null, "preview": .null, "arguments": .null]
            }
        }
        for call in machine.calls {
            guard let approval = call.approval else { continue }
            if newApprovals.contains(call.id) { object[call.id] = json(of: approval, for: call) }
            addWaiting(call, to: &object)
        }
        return .object(object)
    }

    /// An entry that isn't there isn't made by this: it would have no digest.
    private func addWaiting(_ call: Call, to object: inout JSONObject) {
        let shown = conversation.status.approvals[call.id]
        let text = call.isWaitingForDecision ? incomplete[call.id]?.bounded(to: Budget.summary) : nil
        var entry = object[call.id] ?? .object([:])
        if shown?.waitingFor != text { entry["waitingFor"] = text.map(JSONValue.string) ?? .null }
        if shown?.autoApprovedBy != nil, call.isWaitingForDecision { entry["autoApprovedBy"] = .null }
        if entry != [:], shown != nil || object[call.id] != nil { object[call.id] = entry }
    }

    private func json(of approval: ApprovalRequest, for call: Call) -> JSONValue {
        let alternatives = machine.alternatives(to: call)
        return [
            "summary": .string(approval.summary.bounded(to: Budget.summary)), "tool": .string(call.tool),
            "arguments": .string(approval.shown?.arguments ?? call.arguments),
            "requests": .array(approval.shown?.requests ?? approval.requests),
            "fingerprint": approval.shown.map { .string($0.fingerprint) } ?? .null,
            "preview": .string(approval.preview.bounded(to: 32_768)), "risk": .string(approval.risk),
            "warnings": JSONValue(warnings(approval.warnings)),
            "touches": approval.touches.isEmpty
                ? .null : JSONValue(approval.touches.prefix(Budget.touches).map { $0.bounded(to: Budget.change) }),
            "alternatives": alternatives.isEmpty ? .null : JSONValue(alternatives),
            "postConditions": .array(approval.postConditions), "digest": .string(approval.digest),
            "command": .string(command(approving: call.id, approval.digest)), "requestedAt": .string(now.description),
            "expiresAt": .string(approval.expiresAt.description),
            // Whatever somebody put here before the approval was asked for decides nothing.
            "decision": .null, "decidedBy": .null, "reason": .null, "votes": .null,
            "autoApprovedBy": call.decision?.rule.map { .string($0.bounded(to: 128)) } ?? .null,
        ]
    }

    private func warnings(_ all: [String]) -> [String] {
        let shown = all.prefix(16).map { $0.bounded(to: Budget.summary) }
        return all.count > shown.count
            ? shown + ["and \(all.count - shown.count) more, which the transcript has"] : shown
    }

    /// To be copied as it stands: the name that the admission policy wants is asked for in the command. With the digest in
    /// it the patch fails where another conversation has taken this one's name, instead of approving what that one asks.
    private func command(approving id: String, _ digest: String) -> String {
        let user = #"'"$(kubectl auth whoami -o jsonpath={.status.userInfo.username})"'"#
        let object = "\(conversation.object.name) -n \(conversation.namespace)"
        return "kubectl patch conv \(object) --subresource=status --type=merge "
            + "-p '{\"status\":{\"approvals\":{\"\(id)\":{\"digest\":\"\(digest)\",\"decision\":\"Approved\","
            + "\"decidedBy\":\"\(user)\"}}}}'"
    }

    private func verification() -> JSONValue {
        .array(
            machine.verification.suffix(Budget.checks).map { call, check, at in
                [
                    "call": .string(call), "check": .string(check.check.bounded(to: Budget.evidence)),
                    "result": .string(check.verdict.rawValue),
                    "evidence": .string(check.evidence.bounded(to: Budget.evidence)),
                    "checkedAt": .string(at.description),
                ]
            })
    }

    private func changes() -> JSONValue {
        var object = JSONObject()
        let kept = Set(machine.changes.map(\.id))
        for change in conversation.status.changes where !kept.contains(change.id) { object[change.id] = .null }
        for change in machine.changes {
            var target = change.record["target"] ?? .object([:])
            target["uid"] = .string(change.uid)
            target["resourceVersion"] = nil
            object[change.id] = .compact([
                "call": .string(change.call), "turn": JSONValue(change.turn),
                "summary": .string(change.summary.bounded(to: Budget.change)), "kind": change.record["kind"],
                "target": target, "at": .string(change.at.description),
                "undoneBy": change.undoneBy.map(JSONValue.string) ?? .null,
                "undoes": change.undoes.map(JSONValue.string),
                "obstacle": (change.record["obstacle"]?.string).map { .string($0.bounded(to: Budget.change)) },
            ])
        }
        return .object(object)
    }

    private func plan() -> JSONValue {
        .array(
            machine.plan.map { step in
                [
                    "step": .string(step.text.bounded(to: Budget.summary)),
                    "state": .string(machine.state(of: step).rawValue),
                    "calls": JSONValue(Array(step.calls.prefix(Budget.stepCalls))),
                ]
            })
    }

    // MARK: Usage and transcript

    private func usage() -> JSONValue {
        let usage = machine.usage
        return .compact([
            "promptTokens": JSONValue(usage.prompt), "completionTokens": JSONValue(usage.completion),
            "cachedTokens": JSONValue(usage.cached), "reasoningTokens": JSONValue(usage.reasoning),
            "cost": usage.cost > 0 ? .string(ModelPrices.text(usage.cost)) : nil,
            "modelCalls": JSONValue(machine.totalModelTurns), "toolCalls": JSONValue(machine.totalCalls),
            "timeToFirstTokenMilliseconds": timeToFirstToken.map { JSONValue(Int($0 * 1000)) },
            "timeToRespondMilliseconds": machine.ended.map { _ in
                JSONValue(Int(machine.secondsWorked(now: now) * 1000))
            },
        ])
    }

    private var transcriptJSON: JSONValue {
        [
            "secretPrefix": .string(transcript.secretPrefix), "secrets": JSONValue(transcript.secrets),
            "entries": JSONValue(transcript.entries), "bytes": JSONValue(transcript.bytes),
            "head": .string(transcript.head),
        ]
    }
}
