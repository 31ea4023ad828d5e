import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

@Suite struct TranscriptTests {
    static let at = KubeTime(microseconds: 1_767_225_600_250_000)

    static let events: [TurnEvent] = [
        .turnStarted(number: 1, message: "scale web\nto 3 \"now\""),
        .turnStarted(number: 2, message: "and then", followUp: "f/1"),
        .modelReplied(
            ModelTurn(
                content: "ok", calls: [.init(modelID: "m1", tool: "k8s_scale", arguments: "{\"replicas\":3}")],
                finish: .truncated, usage: .init(prompt: 1, completion: 2, cached: 3, reasoning: 4))),
        .modelReplied(
            ModelTurn(
                content: "",
                calls: [.init(modelID: "+/=\u{0}", tool: "get", arguments: "{}", providerData: ["x": ["s": "+v/="]])],
                providerData: ["format": "f", "content": ["reasoning_content": "a\u{2028}b"]])),
        .modelReplied(Self.callAsText),
        .modelFailed("no connection"),
        .callResolved(id: "c1", succeeded: true, result: "NAME READY"),
        .approvalRequested(
            id: "c1",
            ApprovalRequest(
                summary: "Scale", risk: "High", warnings: ["w"], preview: "-2\n+3", requests: [["method": "PATCH"]],
                postConditions: [["kind": "gone"]], digest: "sha256:1", expiresAt: at)),
        .decided(id: "c1", Decision(approved: false, by: "bob", reason: "no")),
        .approvalExpired(id: "c1"),
        .writeStarted(id: "c1"),
        .writeEnded(id: "c1", .applied("a")), .writeEnded(id: "c1", .stale("b")),
        .writeEnded(id: "c1", .rejected("c")), .writeEnded(id: "c1", .unknown("d")),
        .verified(id: "c1", [.init(check: "x", verdict: .timedOut, evidence: "2/3")]),
        .checkedAgain(id: "c1", [.init(check: "x", verdict: .stillRunning, evidence: "2/3")]),
        .turnEnded(TurnEnd(.failed, reason: .modelFailed, message: "m", answer: "a")), .disregarded(after: 3),
        .restored(messages: 2, followUps: ["a"], undos: 1, note: "n"),
        .argumentsResolved(
            id: "c2", arguments: "{\"name\":\"web\"}",
            references: [.init(argument: "name", call: "c1", tool: "get", path: "a[0]", value: "web")]),
        .summarized(messages: 4, text: "it was\nscaled", .init(prompt: 5, completion: 6)),
        .titled("Scaling", .init(prompt: 7, completion: 8, cost: 9)),
        .replyCut(
            model: "m",
            .init(prompt: 7, completion: 8, cost: 9, estimated: .init(prompt: 7, completion: 3, cost: 2))),
    ]

    private static let callAsText: ModelTurn = {
        var reply = ModelTurn(content: #"{"name":"k8s_get"}"#)
        reply.isCallAsText = true
        return reply
    }()

    private func written() -> (lines: String, chain: TranscriptChain) {
        var chain = TranscriptChain()
        var lines = ""
        for event in Self.events { lines += chain.append(.init(at: Self.at, event: event)) }
        return (lines, chain)
    }

    @Test func `what was written is read back, in as many pieces as one likes`() throws {
        let (lines, chain) = written()
        var reader = TranscriptChain()
        let parts = lines.split(separator: "\n").map { "\($0)\n" }
        let entries = try reader.read(parts[0]) + reader.read(parts.dropFirst().joined())
        #expect(entries.map(\.event) == Self.events)
        #expect(entries.allSatisfy { $0.at == Self.at })
        #expect(reader.head == chain.head && reader.count == Self.events.count)
    }

    @Test func `a changed, missing or moved entry breaks the chain`() {
        let lines = written().lines.split(separator: "\n").map(String.init)
        var changed = lines
        changed = changed.map { $0.replacing("NAME", with: "name") }
        var missing = lines
        missing.remove(at: 6)
        var moved = lines
        moved.swapAt(7, 8)
        for tampered in [changed, missing, moved] {
            #expect(throws: TranscriptChain.Failure.self) {
                var reader = TranscriptChain()
                _ = try reader.read(tampered.joined(separator: "\n"))
            }
        }
    }

    /// Hides what users say, and encrypts it by turning it around.
    private struct Veil: TranscriptCipher {
        var isOpen = true

        func encrypt(_ event: TurnEvent, json: JSONValue) -> (shown: TurnEvent, concealed: String)? {
            guard case .turnStarted(let number, _, _) = event else { return nil }
            return (.turnStarted(number: number, message: "…"), String(JSONWriter.string(json).reversed()))
        }

        func decrypt(_ concealed: String) -> JSONValue? {
            isOpen ? try? JSONParser.parse(String(concealed.reversed())) : nil
        }
    }

    @Test func `what is concealed is read by who can open it, and is nothing to anybody else`() throws {
        let entry = TranscriptChain.Entry(
            at: KubeTime(seconds: 1_800_000_000), event: .turnStarted(number: 1, message: "secret"))
        var writer = TranscriptChain()
        let line = writer.append(entry, veil: Veil())
        #expect(!line.contains("secret"))
        var reader = TranscriptChain()
        #expect(try reader.read(line, veil: Veil()) == [entry])
        #expect(reader.head == writer.head)
        var stranger = TranscriptChain()
        #expect(try stranger.read(line).map(\.event) == [.turnStarted(number: 1, message: "…")])
        #expect(throws: TranscriptChain.Failure.self) {
            var other = TranscriptChain()
            _ = try other.read(line, veil: Veil(isOpen: false))
        }
    }

    /// Whoever may write the Secret can make a chain that holds together.
    @Test func `another chain than the one that is known is not read`() throws {
        let (lines, chain) = written()
        var forged = TranscriptChain()
        var others = ""
        for event in Self.events.reversed() { others += forged.append(.init(at: Self.at, event: event)) }
        let anchor = TranscriptChain.Anchor(count: chain.count, head: chain.head)
        var honest = TranscriptChain(anchor: anchor)
        #expect(try honest.read(lines).count == chain.count)
        #expect(throws: TranscriptChain.Failure.self) {
            var reader = TranscriptChain(anchor: anchor)
            _ = try reader.read(others)
        }
        // What comes behind is not bound by it.
        let more = honest.append(.init(at: Self.at, event: .modelFailed("later")))
        var reader = TranscriptChain(anchor: anchor)
        #expect(try reader.read(lines + more).count == chain.count + 1)
    }

    @Test func `what is disregarded counts no more, now and later`() {
        func entry(_ event: TurnEvent) -> TranscriptChain.Entry { .init(at: Self.at, event: event) }
        let entries = [
            entry(.modelFailed("1")), entry(.modelFailed("forged")), entry(.disregarded(after: 0)),
            entry(.disregarded(after: 1)), entry(.modelFailed("2")), entry(.modelFailed("forged")),
            entry(.disregarded(after: 5)), entry(.modelFailed("3")),
        ]
        #expect(
            TranscriptChain.believed(entries).map(\.event) == [.modelFailed("2"), .modelFailed("3")])
    }

    /// A worker asked for the approval of c1 and died; this is what it left in the transcript.
    private func asked() -> MachineHarness {
        var play = MachineHarness()
        play.propose("scale", "get")
        play.apply(.callResolved(id: "c2", succeeded: true, result: "x"))
        let digest = Digest.of(
            conversationUID: "u", turn: 1, callID: "c1", identity: "i", tool: "scale", arguments: "{}", requests: ["r"],
            postConditions: [["kind": "gone"]])
        play.apply(
            .approvalRequested(
                id: "c1",
                ApprovalRequest(
                    summary: "", risk: "Low", warnings: [], preview: "", requests: ["r"],
                    postConditions: [["kind": "gone"]], digest: digest, expiresAt: play.now.adding(seconds: 100))))
        return play
    }

    private func status(_ state: CallState) -> ConversationStatus {
        ConversationStatus([
            "turn": 1, "calls": ["c1": ["tool": "scale", "state": .string(state.rawValue), "result": "r"]],
            "approvals": ["c1": ["decision": "Approved", "decidedBy": "alice"]],
        ])
    }

    @Test func `a write that was begun is taken over, if the transcript has the decision that allowed it`() {
        var play = asked()
        play.apply(.decided(id: "c1", approved))
        #expect(play.machine.missing(from: ConversationStatus(["turn": 1])).isEmpty)
        for event in play.machine.missing(from: status(.executing)) { play.apply(event) }
        #expect(play.next == .recover("c1"))
    }

    @Test(arguments: [CallState.executing, .succeeded, .failed, .stale, .unknown])
    func `what a status says of a write is not believed without the decision`(_ state: CallState) {
        #expect(asked().machine.missing(from: status(state)).isEmpty)
    }

    @Test(arguments: [
        (CallState.verifying, CallState.verifying), (.succeeded, .verifying), (.failed, .failed), (.stale, .stale),
        (.unknown, .unknown),
    ])
    func `an outcome in the status is not asked for again`(_ known: CallState, _ expected: CallState) {
        var play = asked()
        play.apply(.decided(id: "c1", approved))
        for event in play.machine.missing(from: status(known)) { play.apply(event) }
        #expect(play.machine.call("c1")?.state == expected)
        #expect(play.next != .execute("c1") && play.next != .recover("c1"))
    }
}
