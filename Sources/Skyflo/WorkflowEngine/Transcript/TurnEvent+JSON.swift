import KubeModel
import SkyfloAPI

/// How events lie in the transcript. Readers ignore members that they don't know; an event of an unknown type makes the
/// transcript unreadable for this version (it may matter), never silently shorter.
extension TurnEvent {
    var json: JSONValue {
        switch self {
        case .turnStarted(let number, let message, let followUp):
            .compact([
                "type": "TurnStarted", "number": JSONValue(number), "message": .string(message),
                "followUp": followUp.map(JSONValue.string),
            ])
        case .undoStarted(let changes): ["type": "UndoStarted", "changes": JSONValue(changes)]
        case .modelReplied(let reply): reply.json
        case .modelFailed(let message): ["type": "ModelFailed", "message": .string(message)]
        case .callResolved(let id, let succeeded, let result):
            ["type": "CallResolved", "id": .string(id), "succeeded": .bool(succeeded), "result": .string(result)]
        case .approvalRequested(let id, let request):
            ["type": "ApprovalRequested", "id": .string(id), "request": request.json]
        case .decided(let id, let decision):
            .compact([
                "type": "Decided", "id": .string(id), "approved": .bool(decision.approved),
                "by": .string(decision.by), "reason": .string(decision.reason),
                "rule": decision.rule.map(JSONValue.string),
            ])
        case .decisionWithdrawn(let id, let reason):
            ["type": "DecisionWithdrawn", "id": .string(id), "reason": .string(reason)]
        case .approvalExpired(let id): ["type": "ApprovalExpired", "id": .string(id)]
        case .writeStarted(let id): ["type": "WriteStarted", "id": .string(id)]
        case .wrote(let id, let uids): ["type": "Wrote", "id": .string(id), "uids": JSONValue(uids)]
        case .writeEnded(let id, let outcome):
            [
                "type": "WriteEnded", "id": .string(id), "outcome": .string(outcome.name),
                "message": .string(outcome.message),
            ]
        case .stepStarted(let id, let step):
            ["type": "StepStarted", "id": .string(id), "step": JSONValue(step)]
        case .stepEnded(let id, let step, let outcome):
            .compact([
                "type": "StepEnded", "id": .string(id), "step": JSONValue(step), "outcome": .string(outcome.name),
                "message": .string(outcome.message), "uid": outcome.uid.isEmpty ? nil : .string(outcome.uid),
            ])
        case .stepSettled(let id, let step, let succeeded, let evidence):
            [
                "type": "StepSettled", "id": .string(id), "step": JSONValue(step), "succeeded": .bool(succeeded),
                "evidence": .string(evidence),
            ]
        case .verified(let id, let checks):
            ["type": "Verified", "id": .string(id), "checks": .array(checks.map(\.json))]
        case .checkedAgain(let id, let checks):
            ["type": "CheckedAgain", "id": .string(id), "checks": .array(checks.map(\.json))]
        case .takenOver(let worker, let epoch):
            ["type": "TakenOver", "worker": .string(worker), "epoch": JSONValue(epoch)]
        case .disregarded(let count): ["type": "Disregarded", "after": JSONValue(count)]
        case .restored(let messages, let followUps, let undos, let note):
            [
                "type": "Restored", "messages": JSONValue(messages), "followUps": JSONValue(followUps),
                "undos": JSONValue(undos), "note": .string(note),
            ]
        case .turnEnded(let end):
            [
                "type": "TurnEnded", "kind": .string(end.kind.rawValue), "reason": .string(end.reason.rawValue),
                "message": .string(end.message), "answer": .string(end.answer),
            ]
        }
    }

    /// nil for what isn't an event of this version.
    init?(_ json: JSONValue) {
        let id = json["id"]?.string ?? ""
        func text(_ member: String) -> String { json[member]?.string ?? "" }
        switch json["type"]?.string {
        case "TurnStarted":
            self = .turnStarted(
                number: json["number"]?.int ?? 0, message: text("message"), followUp: json["followUp"]?.string)
        case "UndoStarted": self = .undoStarted(changes: json["changes"]?.array?.compactMap(\.string) ?? [])
        case "Wrote": self = .wrote(id: id, uids: json["uids"]?.array?.compactMap(\.string) ?? [])
        case "ModelReplied": self = .modelReplied(ModelTurn(json))
        case "ModelFailed": self = .modelFailed(text("message"))
        case "CallResolved":
            self = .callResolved(id: id, succeeded: json["succeeded"]?.bool ?? false, result: text("result"))
        case "ApprovalRequested":
            guard let request = json["request"].flatMap(ApprovalRequest.init) else { return nil }
            self = .approvalRequested(id: id, request)
        case "Decided":
            self = .decided(
                id: id,
                Decision(
                    approved: json["approved"]?.bool ?? false, by: text("by"), reason: text("reason"),
                    rule: json["rule"]?.string))
        case "DecisionWithdrawn": self = .decisionWithdrawn(id: id, reason: text("reason"))
        case "ApprovalExpired": self = .approvalExpired(id: id)
        case "WriteStarted": self = .writeStarted(id: id)
        case "WriteEnded":
            guard let outcome = WriteOutcome(json) else { return nil }
            self = .writeEnded(id: id, outcome)
        case "StepStarted":
            guard let step = json["step"]?.int else { return nil }
            self = .stepStarted(id: id, step: step)
        case "StepEnded":
            guard let step = json["step"]?.int, let outcome = WriteOutcome(json) else { return nil }
            self = .stepEnded(id: id, step: step, outcome)
        case "StepSettled":
            guard let step = json["step"]?.int else { return nil }
            self = .stepSettled(
                id: id, step: step, succeeded: json["succeeded"]?.bool ?? false, evidence: text("evidence"))
        case "Verified":
            self = .verified(id: id, (json["checks"]?.array ?? []).compactMap(CheckResult.init))
        case "CheckedAgain":
            self = .checkedAgain(id: id, (json["checks"]?.array ?? []).compactMap(CheckResult.init))
        case "TakenOver": self = .takenOver(worker: text("worker"), epoch: json["epoch"]?.int ?? 0)
        case "Disregarded":
            guard let count = json["after"]?.int, count >= 0 else { return nil }
            self = .disregarded(after: count)
        case "Restored":
            guard let messages = json["messages"]?.int, messages > 0 else { return nil }
            self = .restored(
                messages: messages, followUps: json["followUps"]?.array?.compactMap(\.string) ?? [],
                undos: json["undos"]?.int ?? 0, note: text("note"))
        case "TurnEnded":
            guard let kind = TurnEnd.Kind(rawValue: text("kind")) else { return nil }
            self = .turnEnded(
                TurnEnd(
                    kind, ConversationReason(rawValue: text("reason")) ?? .internalError, message: text("message"),
                    answer: text("answer")))
        default: return nil
        }
    }
}

extension ModelTurn {
    fileprivate var json: JSONValue {
        [
            "type": "ModelReplied", "content": .string(content), "finish": .string(finish.rawValue),
            "calls": .array(
                calls.map {
                    [
                        "modelID": .string($0.modelID), "tool": .string($0.tool), "arguments": .string($0.arguments),
                    ]
                }),
            "usage": .compact([
                "prompt": JSONValue(usage.prompt), "completion": JSONValue(usage.completion),
                "cached": JSONValue(usage.cached), "reasoning": JSONValue(usage.reasoning),
                "cost": usage.cost > 0 ? JSONValue(usage.cost) : nil,
            ]),
        ]
    }

    fileprivate init(_ json: JSONValue) {
        func number(_ member: String) -> Int { json["usage", member]?.int ?? 0 }
        self.init(
            content: json["content"]?.string ?? "",
            calls: (json["calls"]?.array ?? []).map {
                Call(
                    modelID: $0["modelID"]?.string ?? "", tool: $0["tool"]?.string ?? "",
                    arguments: $0["arguments"]?.string ?? "")
            },
            finish: json["finish"]?.string.flatMap(Finish.init) ?? .complete,
            usage: Usage(
                prompt: number("prompt"), completion: number("completion"), cached: number("cached"),
                reasoning: number("reasoning"), cost: number("cost")))
    }
}

extension ApprovalRequest {
    var json: JSONValue {
        .compact([
            "summary": .string(summary), "risk": .string(risk), "warnings": JSONValue(warnings),
            "preview": .string(preview), "requests": .array(requests), "postConditions": .array(postConditions),
            "digest": .string(digest), "expiresAt": .string(expiresAt.microTime),
            "labels": .array(labels.map { $0.map { JSONValue($0) } ?? .null }), "changes": .array(changes),
            "touches": touches.isEmpty ? nil : JSONValue(touches),
            "shown": shown.map {
                [
                    "arguments": .string($0.arguments), "requests": .array($0.requests),
                    "fingerprint": .string($0.fingerprint),
                ]
            },
        ])
    }

    init?(_ json: JSONValue) {
        guard let digest = json["digest"]?.string, let expiry = json["expiresAt"]?.string.flatMap(KubeTime.init) else {
            return nil
        }
        self.init(
            summary: json["summary"]?.string ?? "", risk: json["risk"]?.string ?? "",
            warnings: json["warnings"]?.array?.compactMap(\.string) ?? [], preview: json["preview"]?.string ?? "",
            requests: json["requests"]?.array ?? [], postConditions: json["postConditions"]?.array ?? [],
            digest: digest, expiresAt: expiry,
            labels: json["labels"]?.array?.map { labels in
                labels.object?.reduce(into: [:]) { $0[$1.key] = $1.value.string }
            } ?? [], changes: json["changes"]?.array ?? [],
            touches: json["touches"]?.array?.compactMap(\.string) ?? [],
            shown: json["shown"].map {
                Shown(
                    arguments: $0["arguments"]?.string ?? "", requests: $0["requests"]?.array ?? [],
                    fingerprint: $0["fingerprint"]?.string ?? "")
            })
    }
}

extension WriteOutcome {
    fileprivate var name: String {
        switch self {
        case .applied: "Applied"
        case .failed: "Failed"
        case .stale: "Stale"
        case .rejected: "Rejected"
        case .postponed: "Postponed"
        case .notDone: "NotDone"
        case .unknown: "Unknown"
        }
    }

    fileprivate var message: String {
        switch self {
        case .applied(let text, _), .failed(let text), .stale(let text), .rejected(let text), .postponed(let text),
            .unknown(let text):
            text
        case .notDone: ""
        }
    }

    fileprivate var uid: String { if case .applied(_, let uid) = self { uid } else { "" } }

    fileprivate init?(_ json: JSONValue) {
        let message = json["message"]?.string ?? ""
        switch json["outcome"]?.string {
        case "Applied": self = .applied(message, uid: json["uid"]?.string ?? "")
        case "Failed": self = .failed(message)
        case "Stale": self = .stale(message)
        case "Rejected": self = .rejected(message)
        case "Postponed": self = .postponed(message)
        case "NotDone": self = .notDone
        case "Unknown": self = .unknown(message)
        default: return nil
        }
    }
}

extension CheckResult {
    fileprivate var json: JSONValue {
        ["check": .string(check), "verdict": .string(verdict.rawValue), "evidence": .string(evidence)]
    }

    fileprivate init?(_ json: JSONValue) {
        guard let verdict = json["verdict"]?.string.flatMap(Verdict.init) else { return nil }
        self.init(check: json["check"]?.string ?? "", verdict: verdict, evidence: json["evidence"]?.string ?? "")
    }
}
