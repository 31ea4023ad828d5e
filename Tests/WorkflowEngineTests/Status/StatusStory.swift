import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

/// A conversation in whose statuses every field occurs.
struct StatusStory {
    var play = MachineHarness()
    /// As they are sent.
    var patches: [JSONValue] = []
    /// What the API server makes of them.
    var status: JSONValue = [:]

    /// - Parameter people: what people write into the status afterwards.
    mutating func show(
        _ change: (inout StatusProjection) -> Void = { _ in }, people: JSONValue = [:]
    ) {
        var projection = StatusProjection(
            machine: play.machine, conversation: StatusProjectionTests.conversation(status), now: play.now,
            worker: "me",
            epoch: 1,
            transcript: .init(secretPrefix: "talk-transcript", secrets: 1, entries: 2, bytes: 3, head: "h"))
        projection.shownArguments = { $0.arguments }
        change(&projection)
        let patch = projection.patch()
        patches.append(patch)
        status = MergePatch.apply(patch, to: ["status": status])["status"] ?? .null
        status = MergePatch.apply(people, to: status)
    }

    mutating func tell() throws {
        begin()
        try approve()
        try undoAndDrain()
    }

    private mutating func begin() {
        let idle = Machine(policy: .init(limits: Limits()))
        show({ (projection: inout StatusProjection) in
            projection.machine = idle
            projection.notAccepted = (.secretNotFound, "there is no Secret")
        })
        show(
            { (projection: inout StatusProjection) in
                projection.machine = idle
                projection.queued = .init(since: projection.now.adding(seconds: 0.25), message: "waits for a turn")
            }, people: ["calls": ["c9": ["tool": "t"]], "approvals": ["c9": [:]], "changes": ["c9": ["call": "c9"]]])
        show()
    }

    private mutating func approve() throws {
        play.apply(
            .modelReplied(
                ModelTurn(
                    content: "Scaling \"web\".",
                    calls: [
                        .init(modelID: "m1", tool: "scale", arguments: #"{"alternative_group":"a"}"#),
                        .init(modelID: "m2", tool: "get", arguments: "{}"),
                        .init(modelID: "m3", tool: "scale", arguments: #"{"alternative_group":"a"}"#),
                    ],
                    usage: .init(prompt: 1000, completion: 10, cached: 5, reasoning: 2, cost: 2_600_000_000))))
        play.apply(.callResolved(id: "c2", succeeded: true, result: "NAME READY"))
        var full = request()
        full.warnings = (1...20).map { "warning \($0)" }
        full.touches = ["Pods: 2"]
        full.labels = [["app": "web"]]
        full.shown = .init(arguments: "{‹redacted:0›}", requests: full.requests, fingerprint: "hmac-sha256:0")
        play.apply(.approvalRequested(id: "c1", full), .approvalRequested(id: "c3", request()))
        show(
            {
                $0.newApprovals = ["c1", "c3"]
                $0.timeToFirstToken = 0.25
            },
            people: [
                "approvals": [
                    "c1": [
                        "decision": "Approved", "decidedBy": "alice", "reason": "ok",
                        "votes": ["bob": ["decision": "Approved", "reason": "too"]],
                    ]
                ]
            ])
        show({ $0.incomplete = ["c1": "2 of 3 approvals"] })
        show()
        play.apply(.decided(id: "c1", approved), .writeStarted(id: "c1"))
        show()
        play.apply(.wrote(id: "c1", uids: ["u9"]), .writeEnded(id: "c1", .applied("ok")))
        show()
        play.apply(
            .verified(
                id: "c1",
                [
                    .init(check: "3 replicas", verdict: .passed, evidence: "3/3"),
                    .init(check: "roll-out", verdict: .stillRunning, evidence: "2/3"),
                ]))
        var answer = ModelTurn(content: "Done.")
        answer.context = ContextUse(model: "m", bytes: 10, leftOut: "1 earlier turn left out")
        play.apply(.modelReplied(answer))
        play.apply(.turnEnded(try #require(play.end())))
        show()
    }

    private mutating func undoAndDrain() throws {
        play.apply(.undoStarted(changes: ["c1"]), .approvalRequested(id: "c4", request()))
        play.apply(.decided(id: "c4", Decision(approved: true, by: "SkyfloAI", rule: "small")))
        show({ $0.newApprovals = ["c4"] })
        play.apply(.writeStarted(id: "c4"), .wrote(id: "c4", uids: ["u9"]), .writeEnded(id: "c4", .applied("ok")))
        play.apply(.verified(id: "c4", []), .turnEnded(TurnEnd(.completed, reason: .undone)))
        show()
        play.apply(.turnStarted(number: 2, message: "fail"), .modelFailed("no connection"))
        play.apply(.turnEnded(try #require(play.end())), .turnStarted(number: 3, message: "more", followUp: "f"))
        play.propose("exec", "drain", saying: "Draining.")
        var command = request()
        command.requests = [["backend": "Exec", "command": ["true"], "container": "c", "timeoutSeconds": 30]]
        command.changes = []
        // So large that older approvals lose their bodies once it's decided.
        command.preview = String(repeating: "x", count: 20_000)
        var drain = request()
        drain.requests = ["one", "two"].map { title in
            let step = WriteStep(
                title: title, stage: 1, deadlineSeconds: 60, isRetried: title == "two",
                awaits: title == "one" ? ["type": "Gone"] : nil)
            return ["step": step.json]
        }
        drain.changes = [.null, ["kind": "Deleted", "obstacle": "it holds what looks like credentials"]]
        play.apply(.approvalRequested(id: "c5", command), .approvalRequested(id: "c6", drain))
        show({ $0.newApprovals = ["c5", "c6"] }, people: ["approvals": ["c5": ["autoApprovedBy": "somebody"]]])
        show({ $0.incomplete = ["c5": "1 of 2 approvals"] })
        play.apply(.decided(id: "c6", approved), .writeStarted(id: "c6"), .stepStarted(id: "c6", step: 0))
        play.apply(.stepEnded(id: "c6", step: 0, .applied("evicted", uid: "u7")))
        play.apply(.stepSettled(id: "c6", step: 0, succeeded: true, evidence: "gone"))
        play.apply(.stepStarted(id: "c6", step: 1), .stepEnded(id: "c6", step: 1, .postponed("budget")))
        show({ $0.incomplete = ["c5": "1 of 2 approvals"] })
    }

    private func request() -> ApprovalRequest {
        let target: JSONValue = [
            "group": "apps", "version": "v1", "resource": "deployments", "kind": "Deployment", "namespace": "shop",
            "name": "web", "uid": "u", "resourceVersion": "5",
        ]
        return ApprovalRequest(
            summary: "Scale", risk: "Low", warnings: ["w"], preview: "-2\n+3",
            requests: [
                [
                    "backend": "Kubernetes", "method": "PATCH", "path": "/apis/apps/v1/x",
                    "query": [["name": "fieldManager", "value": "skyflo"]], "contentType": "application/json",
                    "body": "{}", "target": target,
                    "previewed": ["before": "hmac-sha256:0", "after": "hmac-sha256:1"],
                ]
            ], postConditions: [["type": "Replicas"]], digest: "sha256:0", expiresAt: play.now.adding(seconds: 100),
            changes: [["kind": "Changed", "obstacle": "too large", "target": target]])
    }
}
