import FoundationEssentials
import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

/// What is stored stays as it was landed, byte for byte: conversations that wait for a person, and transcripts, outlive the
/// version that wrote them. `Tests/Fixtures/WrittenForm` has both as the first version wrote them.
@Suite struct WrittenFormTests {
    private static func fixture(_ name: String) throws -> String {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: tests.appending(path: "Fixtures/WrittenForm/\(name)"), encoding: .utf8)
    }

    // MARK: The transcript

    private static let head = "c19d166ad35880f025e2677c526f77202149e216c453fc68502a7426f9064f46"

    @Test func `a transcript with everything in it is written as it always was`() throws {
        var chain = TranscriptChain()
        var lines = ""
        for entry in Self.entries { lines += chain.append(entry) }
        #expect(lines == (try Self.fixture("transcript.jsonl")), "\(lines)")
        #expect(chain.head == Self.head)
    }

    @Test func `a transcript that was written then is read, and its hashes are the same`() throws {
        var chain = TranscriptChain(anchor: .init(count: Self.entries.count, head: Self.head))
        let read = try chain.read(try Self.fixture("transcript.jsonl"))
        #expect(read.map(\.at) == Self.entries.map(\.at))
        for (read, written) in zip(read, Self.entries) { #expect(read.event == Self.kept(written.event)) }
        #expect(chain.count == Self.entries.count && chain.head == Self.head)
    }

    /// The uid of a write that is no step has a fact of its own.
    private static func kept(_ event: TurnEvent) -> TurnEvent {
        guard case .writeEnded(let id, .applied(let text, _)) = event else { return event }
        return .writeEnded(id: id, .applied(text))
    }

    @Test func `what a later version adds to a transcript is ignored, but for facts of an unknown kind`() throws {
        func line(_ json: JSONValue) -> String {
            var json = json
            json["at"] = "2026-01-01T00:00:00.250000Z"
            let hash = Digest.of(json)
            json["hash"] = .string(String(hash.dropFirst("sha256:".count)))
            return JSONWriter.string(json)
        }
        func read(_ json: JSONValue) throws -> TurnEvent? {
            var chain = TranscriptChain()
            return try chain.read(line(json)).first?.event
        }
        #expect(try read(["type": "WriteStarted", "id": "c1", "new": ["a": 1]]) == .writeStarted(id: "c1"))
        #expect(try read(["type": "WriteStarted"]) == .writeStarted(id: ""))
        #expect(
            try read(["type": "TurnEnded", "kind": "Failed", "reason": "NewReason"])
                == .turnEnded(TurnEnd(.failed, reason: .internalError)))
        #expect(
            try read([
                "type": "Verified", "id": "c1", "checks": [["check": "a", "verdict": "New"], ["verdict": "Passed"]],
            ])
                == .verified(id: "c1", [.init(check: "", verdict: .passed, evidence: "")]))
        #expect(
            try read(["type": "ModelReplied", "finish": "new", "calls": [["tool": "t"], 1], "usage": ["prompt": 2]])
                == .modelReplied(
                    ModelTurn(
                        content: "",
                        calls: [
                            .init(modelID: "", tool: "t", arguments: ""), .init(modelID: "", tool: "", arguments: ""),
                        ], usage: .init(prompt: 2))))
        for unreadable: JSONValue in [
            ["type": "New"], [:], ["type": 1], ["type": "WriteEnded", "id": "c1", "outcome": "New"],
            ["type": "StepEnded", "id": "c1", "outcome": "Applied"], ["type": "StepStarted", "id": "c1"],
            ["type": "StepSettled", "id": "c1"], ["type": "TurnEnded", "kind": "New", "reason": "Answered"],
            ["type": "Disregarded", "after": -1], ["type": "Restored", "messages": 0],
            ["type": "ApprovalRequested", "id": "c1"],
            ["type": "ApprovalRequested", "id": "c1", "request": ["digest": "d"]],
            ["type": "ApprovalRequested", "id": "c1", "request": ["expiresAt": "2026-01-01T00:00:00Z"]],
        ] {
            #expect(throws: TranscriptChain.Failure.self, "\(unreadable)") { try read(unreadable) }
        }
    }

    private static let at = KubeTime(microseconds: 1_767_225_600_250_000)

    private static let request = ApprovalRequest(
        summary: "Scale \"web\"", risk: "Medium", warnings: ["managed by Argo CD"], preview: "-2\n+3",
        requests: [["backend": "Kubernetes", "method": "PATCH", "path": "/x", "body": "{\"a\":1}"]],
        postConditions: [["type": "Replicas", "count": 3]], digest: "sha256:1", expiresAt: at.adding(seconds: 0.5),
        labels: [["app": "web", "tier": "front"], nil, [:]], changes: [["kind": "Created"], .null],
        touches: ["Pods: 2"],
        shown: .init(arguments: "{‹redacted:0›}", requests: [["method": "PATCH"]], fingerprint: "hmac-sha256:0"))

    private static let entries = events.enumerated().map { position, event in
        TranscriptChain.Entry(at: at.adding(seconds: Double(position)), event: event)
    }

    private static let events: [TurnEvent] =
        [
            .turnStarted(number: 1, message: "scale web\nto 3 \"now\" ü😀"),
            .turnStarted(number: 2, message: "and then", followUp: "f/1"),
            .undoStarted(changes: ["c1", "c3-2"]), .undoStarted(changes: []),
            .modelReplied(
                ModelTurn(
                    content: "ok",
                    calls: [
                        .init(modelID: "m1", tool: "k8s_scale", arguments: "{\"replicas\":3}"),
                        .init(modelID: "", tool: "", arguments: "{"),
                    ], finish: .truncated,
                    usage: .init(prompt: 1, completion: 2, cached: 3, reasoning: 4, cost: 5))),
            .modelReplied(ModelTurn(content: "Done.")), .modelReplied(ModelTurn(content: "", finish: .filtered)),
            .modelFailed("no connection"), .callResolved(id: "c1", succeeded: true, result: "NAME READY"),
            .callResolved(id: "c2", succeeded: false, result: ""), .approvalRequested(id: "c1", request),
            .approvalRequested(
                id: "c2",
                ApprovalRequest(
                    summary: "", risk: "", warnings: [], preview: "", requests: [], postConditions: [],
                    digest: "sha256:2", expiresAt: at)),
            .decided(id: "c1", Decision(approved: true, by: "SkyfloAI a/b", rule: "small")),
            .decided(id: "c2", Decision(approved: false, by: "bob", reason: "no")),
            .decisionWithdrawn(id: "c1", reason: "rule small is gone"), .approvalExpired(id: "c1"),
            .writeStarted(id: "c1"), .wrote(id: "c1", uids: ["u1", "u2"]),
        ] + outcomes.map { .writeEnded(id: "c1", $0) } + [.stepStarted(id: "c1", step: 2)]
        + outcomes.map { .stepEnded(id: "c1", step: 2, $0) } + [
            .stepSettled(id: "c1", step: 2, succeeded: true, evidence: "gone"),
            .verified(
                id: "c1",
                [
                    .init(check: "a", verdict: .passed, evidence: "3/3"),
                    .init(check: "b", verdict: .failed, evidence: ""),
                    .init(check: "c", verdict: .timedOut, evidence: ""),
                    .init(check: "d", verdict: .stillRunning, evidence: ""),
                    .init(check: "e", verdict: .notChecked, evidence: ""),
                ]), .verified(id: "c2", []),
            .checkedAgain(id: "c1", [.init(check: "d", verdict: .passed, evidence: "2/2")]),
            .turnEnded(TurnEnd(.completed, reason: .answered, answer: "Done.")),
            .turnEnded(TurnEnd(.failed, reason: .modelFailed, message: "m")),
            .turnEnded(TurnEnd(.stopped, reason: .stopped)),
            .takenOver(worker: "operator-2", epoch: 3), .disregarded(after: 3),
            .restored(messages: 2, followUps: ["a", "b"], undos: 1, note: "it came back"),
        ]

    private static let outcomes: [WriteOutcome] = [
        .applied("a"), .applied("a", uid: "u1"), .failed("b"), .stale("c"), .rejected("d"), .postponed("e"), .notDone,
        .unknown("f"),
    ]

    // MARK: The status

    @Test func `every field of a status is written as it always was`() throws {
        var story = StatusStory()
        try story.tell()
        let text = story.patches.map { JSONWriter.string($0, options: .pretty) + "\n" }.joined()
        #expect(text == (try Self.fixture("status.txt")), "\(text)")
        #expect(JSONWriter.string(story.status, options: .pretty) + "\n" == (try Self.fixture("status.json")))
    }

    @Test func `a status that was written then is read as it was meant`() throws {
        let json = try JSONParser.parse(try Self.fixture("status.json"))
        let status = StatusProjectionTests.conversation(json).status
        #expect(status.turn == 3 && status.undosTaken == 1 && status.followUpsTaken == ["f": 3])
        #expect(status.phase == .executing && status.uid == "u" && status.workerEpoch == 1)
        #expect(status.workerIdentity == "me" && status.startedAt != nil && status.finishedAt == nil)
        #expect(status.conditions.count == ConversationCondition.allCases.count)
        #expect(status.transcript == .init(count: 2, head: "h"))
        #expect(status.changes.map(\.id) == ["c1", "c4"] && status.changes.map(\.undoneBy) == ["c4", nil])
        #expect(status.changes.allSatisfy { $0.summary == "Scale" && !$0.uid.isEmpty })
        #expect(
            status.progress?.states.map(\.state) == [.done, .pending] && status.progress?.titles == ["one", "two"])
        #expect(status.progress?.states[1].notBefore != nil && status.progress?.states[1].attempts == 1)
        #expect(status.calls["c1"]?.state == .succeeded && status.calls["c2"]?.tool == "get")
        #expect(status.calls["c2"]?.result == "NAME READY" && status.calls["c2"]?.turn == 1)
        let approval = try #require(status.approvals["c1"])
        #expect(approval.tool == "scale" && approval.arguments.isEmpty && approval.requests.isEmpty, "it lost its body")
        #expect(approval.digest == "sha256:0" && approval.fingerprint == "hmac-sha256:0")
        #expect(approval.decision == .approved && approval.decidedBy == "alice" && approval.reason == "ok")
        #expect(approval.votes.map(\.user) == ["alice", "bob"] && approval.votes.map(\.reason) == ["ok", "too"])
        #expect(approval.waitingFor == nil && approval.autoApprovedBy == nil && approval.expiresAt != nil)
        #expect(approval.touches == ["Pods: 2"] && approval.alternatives == ["c3"])
        let pending = try #require(status.approvals["c5"])
        #expect(pending.arguments == "{}" && pending.requests.count == 1 && pending.decision == nil)
        #expect(pending.waitingFor == "1 of 2 approvals" && pending.votes.isEmpty && pending.fingerprint == nil)
    }

    @Test func `the digest of an approval is what it always was`() {
        let requests: [JSONValue] = [["method": "PATCH", "path": "/x", "body": "{}"]]
        let plain = Digest.of(
            conversationUID: "u", turn: 2, callID: "c1", identity: "system:serviceaccount:shop:default",
            tool: "k8s_scale", arguments: "{\"a\":1}", requests: requests, postConditions: [["type": "Gone"]])
        #expect(plain == "sha256:525a389ffc2f98fe37c4ee74d7481bca01285bb76cccbe58c1569cb97f6024d0")
        let hidden = Digest.of(
            conversationUID: "u", turn: 2, callID: "c1", identity: "i", tool: "t", arguments: "‹redacted:0›",
            requests: requests, postConditions: [], fingerprint: "hmac-sha256:0")
        #expect(hidden == "sha256:303462097a33ea1dd4eeb275f3fd27f7a479f7a7eb8a0403c14d74cfb3eb1f15")
    }
}
