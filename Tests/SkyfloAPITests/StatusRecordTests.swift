import KubeModel
import SkyfloAPI
import Testing

/// What holds for every part of a status, whoever writes and reads it.
@Suite struct StatusRecordTests {
    private static let time = KubeTime(microseconds: 1_767_225_600_000_000)

    private static var approval: Approval {
        var approval = Approval()
        approval.summary = "Scale"
        approval.tool = "k8s_scale"
        approval.arguments = "{}"
        approval.requests = [["method": "PATCH", "of a later version": 1]]
        approval.references = ["name = web"]
        approval.fingerprint = "hmac-sha256:0"
        approval.preview = "-2\n+3"
        approval.risk = "Extreme"
        approval.warnings = ["w"]
        approval.touches = ["Pods: 2"]
        approval.alternatives = ["c2"]
        approval.postConditions = [["type": "Gone"]]
        approval.digest = "sha256:0"
        approval.command = "kubectl"
        approval.requestedAt = time
        approval.expiresAt = time.adding(seconds: 10)
        approval.decision = .approved
        approval.decidedBy = "alice"
        approval.reason = "ok"
        approval.votesByUser = ["bob": .init(user: "", decision: .denied, reason: "no")]
        approval.autoApprovedBy = "rule"
        approval.waitingFor = "1 of 2 approvals"
        return approval
    }

    private static var write: StoredWrite {
        var write = StoredWrite()
        write.backend = .exec
        write.method = "PATCH"
        write.path = "/x"
        write.query = [.init("a", value: "b")]
        write.contentType = "application/json"
        write.accept = "application/yaml"
        write.body = "{}"
        write.command = ["sh"]
        write.container = "c"
        write.timeoutSeconds = 3
        write.target = target
        write.previewed = PreviewedContent(before: "0", after: "1")
        write.step = WriteStep(
            title: "one", stage: 2, deadlineSeconds: 60, isRetried: true, awaits: ["type": "Gone"])
        return write
    }

    private static var target: WriteTarget {
        var target = WriteTarget()
        target.group = "apps"
        target.version = "v1"
        target.resource = "deployments"
        target.kind = "Deployment"
        target.namespace = "shop"
        target.name = "web"
        target.uid = "u"
        target.resourceVersion = "5"
        return target
    }

    private static var call: CallStatus {
        var call = CallStatus()
        call.tool = "t"
        call.turn = 2
        call.state = .stale
        call.arguments = "{}"
        call.summary = "s"
        call.startedAt = time
        call.finishedAt = time.adding(seconds: 1)
        call.result = "r"
        return call
    }

    private static var change: ChangeStatus {
        var change = ChangeStatus()
        change.call = "c1"
        change.turn = 2
        change.summary = "s"
        change.kind = "Changed"
        change.target = target
        change.at = time
        change.undoneBy = "c2"
        change.undoes = "c0"
        change.obstacle = "too large"
        return change
    }

    private static var check: CheckStatus {
        var check = CheckStatus()
        check.call = "c1"
        check.check = "3 replicas"
        check.result = "Later"
        check.evidence = "3/3"
        check.checkedAt = time
        return check
    }

    private static var usage: UsageStatus {
        var usage = UsageStatus()
        usage.promptTokens = 1
        usage.completionTokens = 2
        usage.cachedTokens = 3
        usage.reasoningTokens = 4
        usage.cost = "0.000001"
        usage.totalTokens = 3
        usage.estimatedTokens = 2
        usage.estimatedCost = "0.0000005"
        usage.lastTurn = lastTurn
        usage.modelCalls = 5
        usage.toolCalls = 6
        usage.timeToFirstTokenMilliseconds = 7
        usage.timeToRespondMilliseconds = 8
        usage.leftOut = "1 earlier turn left out"
        return usage
    }

    private static var lastTurn: TurnUsageStatus {
        var usage = TurnUsageStatus()
        usage.promptTokens = 1
        usage.completionTokens = 2
        usage.cachedTokens = 3
        usage.reasoningTokens = 4
        usage.cost = "0.000001"
        usage.estimatedTokens = 2
        usage.estimatedCost = "0.0000005"
        usage.modelCalls = 5
        return usage
    }

    /// Each with everything in it.
    private static var records: [any JSONRecord & Hashable] {
        [
            approval, write, target, call, change, check, usage, lastTurn,
            Approval.Vote(user: "", decision: .approved, reason: "r"),
            CheckResult(check: "c", verdict: .timedOut, evidence: "e"),
            PlanStepStatus(text: "t", state: .done, calls: ["c1"]),
            WorkerClaim(identity: "w", epoch: 2, address: "a:1"), StreamAccess(service: "s", key: "k"),
            TurnTimes(startedAt: time, finishedAt: time),
            TranscriptPosition(secretPrefix: "p", secrets: 1, entries: 2, bytes: 3, head: "h"),
            ConversationProgress(uid: "u", turn: 1, undosTaken: 2),
            StepProgress(
                state: .failed, uid: "u", message: "m", attempts: 2, notBefore: KubeTime(microseconds: 1_250_000)),
            SequenceProgress(call: "c1", titles: ["one"], states: [StepProgress(state: .done)]),
        ]
    }

    @Test func `what is written is read back`() {
        func check<Record: JSONRecord & Hashable>(_ record: Record) {
            #expect(Record(json: record.json) == record)
            #expect(Record(json: Record().json) == Record(), "with nothing in it")
        }
        for record in Self.records { check(record) }
    }

    @Test func `every member matters, none is written twice, and what a later version adds is ignored`() {
        func check<Record: JSONRecord & Hashable>(_ record: Record) {
            var later = record.json
            later["ofALaterVersion"] = ["a": 1]
            #expect(Record(json: later) == record)
            for member in record.json.object?.keys ?? [] where member != "summary" || !(record is SequenceProgress) {
                var without = record.json
                without[member] = nil
                #expect(Record(json: without) != record, "\(Record.self).\(member) isn't read")
            }
        }
        for record in Self.records { check(record) }
    }

    @Test func `a field without anything in it is missing, or null where an earlier write may have left something`() {
        var approval = Self.approval
        approval.references = []
        approval.fingerprint = nil
        approval.touches = []
        approval.alternatives = []
        approval.decision = nil
        approval.decidedBy = nil
        approval.reason = nil
        approval.votesByUser = nil
        approval.autoApprovedBy = nil
        approval.waitingFor = nil
        let members = approval.json.object ?? [:]
        let nulls = members.filter(\.value.isNull).map(\.key)
        #expect(
            nulls == [
                "references", "fingerprint", "touches", "alternatives", "decision", "decidedBy", "reason", "votes",
                "autoApprovedBy",
            ])
        #expect(!members.contains("waitingFor"), "people are told by an update")
        #expect(Approval(json: approval.json) == approval)
    }

    @Test func `an update of an approval has nothing in it but what changes`() {
        #expect(Approval.Update().json == [:] && Approval.Update().isEmpty)
        var update = Approval.Update()
        update.waitingFor = .some(nil)
        #expect(update.json == ["waitingFor": .null] && !update.isEmpty)
        update.waitingFor = "1 of 2 approvals"
        update.losesRule = true
        update.losesBody = true
        #expect(
            update.json == [
                "requests": .null, "postConditions": .null, "preview": .null, "arguments": .null,
                "waitingFor": "1 of 2 approvals", "autoApprovedBy": .null,
            ])
    }

    @Test(
        arguments: [
            ["backend": "Fax"], ["backend": 1], ["command": ["sh", 1]], ["command": "sh"], ["query": [["name": "a"]]],
            ["step": ["title": "one", "stage": 0, "deadlineSeconds": 1]], ["step": "one"], ["step": ["stage": .null]],
        ] as [JSONValue])
    func `a write that can be read in part only is no write`(_ change: JSONValue) {
        #expect(StoredWrite(json: MergePatch.apply(change, to: Self.write.json)) == nil)
    }

    @Test func `a word that this version doesn't know counts as none, or as what is safe`() {
        #expect(Approval(json: ["decision": "Maybe"])?.decision == nil)
        #expect(Approval(json: ["votes": ["bob": ["decision": "Maybe"]]])?.votes.isEmpty == true)
        #expect(CallStatus(json: ["state": "Later"])?.state == .unknown)
        #expect(CheckStatus(json: ["result": "Later"])?.verdict == nil)
        #expect(ConversationStatus(["phase": "Later"]).phase == nil)
        #expect(SequenceProgress(json: ["call": "c1", "steps": [["state": "Later"]]]) == nil)
    }
}
