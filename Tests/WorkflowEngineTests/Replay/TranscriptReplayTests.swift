import FoundationEssentials
import KubeModel
import SkyfloAPI
import Testing

@testable import WorkflowEngine

@Suite struct TranscriptReplayTests {
    private static let start = KubeTime(microseconds: 1_800_000_000_000_000)

    private static func entries(_ events: [TurnEvent], apart seconds: Double = 1) -> [TranscriptChain.Entry] {
        events.enumerated().map { .init(at: start.adding(seconds: Double($0.offset) * seconds), event: $0.element) }
    }

    private static let request = ApprovalRequest(
        summary: "Scale web", risk: "Low", warnings: [], preview: "", requests: [["path": "/x"]], postConditions: [],
        digest: "d", expiresAt: start.adding(seconds: 86_400))

    private static let write: [TurnEvent] = [
        .turnStarted(number: 1, message: "scale it"),
        .modelReplied(ModelTurn(content: "", calls: [.init(modelID: "m", tool: "k8s_scale", arguments: "{}")])),
        .approvalRequested(id: "c1", request),
        .decided(id: "c1", Decision(approved: true, by: "alice")), .writeStarted(id: "c1"),
        .wrote(id: "c1", uids: ["u"]), .writeEnded(id: "c1", .applied("scaled")),
        .modelReplied(ModelTurn(content: "Done.")),
        .turnEnded(TurnEnd(.completed, reason: .answered, answer: "Done.")),
    ]

    @Test func `a turn with an approved write is decided as it was`() {
        let replay = TranscriptReplay(Self.entries(Self.write))
        #expect(replay.differences.isEmpty, "\(replay.differences)")
        #expect(replay.compared == Self.write.count && replay.turns == 1)
    }

    /// What the engine must never do, and an engine that did it would be found out.
    @Test func `a write that nobody approved is a different decision`() throws {
        var events = Self.write
        events.remove(at: 3)
        let difference = try #require(TranscriptReplay(Self.entries(events)).differences.first)
        #expect(difference.entry == 4 && difference.kind == .decision && difference.turn == 1)
        #expect(difference.recorded == "c1 is carried out" && difference.decided == "wait for a person")
    }

    @Test func `a write that was sent twice, or after the end, is a different decision`() {
        var twice = Self.write
        twice.insert(.writeStarted(id: "c1"), at: 5)
        #expect(TranscriptReplay(Self.entries(twice)).differences.map(\.entry) == [6])
        let after = Self.write + [.writeStarted(id: "c1")]
        #expect(TranscriptReplay(Self.entries(after)).differences.map(\.decided) == ["do nothing: no turn runs"])
    }

    @Test func `tokens of tries that failed, and of replies that were cut off, count for the limit`() {
        func get(_ failed: Int) -> TurnEvent {
            var reply = ModelTurn(content: "", calls: [.init(modelID: "m", tool: "k8s_get", arguments: "{}")])
            reply.usage = .init(prompt: 5)
            reply.failedUsage = .init(prompt: failed)
            return .modelReplied(reply)
        }
        func end(_ tokens: Int) -> TurnEvent {
            let text = "the turn used \(tokens) tokens; the limit is \(tokens - 1)"
            return .turnEnded(TurnEnd(.failed, reason: .tokenLimit, message: text))
        }
        let read: [TurnEvent] = [
            .turnStarted(number: 1, message: "look"), get(100),
            .callResolved(id: "c1", succeeded: true, result: "web"),
        ]
        #expect(TranscriptReplay(Self.entries(read + [get(0), end(110)])).differences.isEmpty)
        let cut = TurnEvent.replyCut(model: "m", .init(prompt: 7, estimated: .init(prompt: 7)))
        #expect(TranscriptReplay(Self.entries(read + [cut, end(112)])).differences.isEmpty)
    }

    @Test func `another way to end is a different decision, and other words are other words`() {
        func end(_ end: TurnEnd) -> TranscriptReplay {
            TranscriptReplay(Self.entries(Array(Self.write.dropLast()) + [.turnEnded(end)]))
        }
        let failed = end(TurnEnd(.failed, reason: .noProgress, message: "no"))
        #expect(failed.differences.map(\.kind) == [.decision])
        let words = end(TurnEnd(.completed, reason: .answered, answer: "It is done."))
        #expect(words.differences.map(\.kind) == [.wording])
    }

    @Test func `limits that ended a turn are taken from it, and others aren't assumed`() {
        let call = ModelTurn.Call(modelID: "m", tool: "k8s_get", arguments: "{}")
        var events: [TurnEvent] = [.turnStarted(number: 1, message: "go")]
        for number in 1...30 {
            let arguments = "{\"name\":\"a\(number)\"}"
            let next = ModelTurn.Call(modelID: "m", tool: "k8s_get", arguments: arguments)
            events += [
                .modelReplied(ModelTurn(content: "", calls: [next])),
                .callResolved(id: "c\(number)", succeeded: true, result: "r\(number)"),
            ]
        }
        let answered =
            events + [
                .modelReplied(ModelTurn(content: "Done.")),
                .turnEnded(TurnEnd(.completed, reason: .answered, answer: "Done.")),
            ]
        // Thirty replies, and two hours.
        #expect(TranscriptReplay(Self.entries(answered, apart: 120)).differences.isEmpty)
        let limited =
            events + [
                .modelReplied(ModelTurn(content: "", calls: [call])),
                .turnEnded(
                    TurnEnd(.failed, reason: .modelTurnLimit, message: "no answer after 31 replies of the model")),
            ]
        let replay = TranscriptReplay(Self.entries(limited))
        #expect(replay.differences.isEmpty, "\(replay.differences)")
        let policy = WorkflowStateMachine.Policy(limits: Limits())
        #expect(!TranscriptReplay(Self.entries(answered), policy: policy).differences.isEmpty, "25 are the default")
    }

    @Test func `a stop, an expiry and a takeover are no differences`() {
        let expired = Array(Self.write[..<3]) + [.approvalExpired(id: "c1")]
        var entries = Self.entries(expired)
        entries[3].at = Self.start.adding(seconds: 90_000)
        #expect(TranscriptReplay(entries).differences.isEmpty)
        let stopped =
            Array(Self.write[..<4]) + [
                .takenOver(worker: "w2", epoch: 2),
                .turnEnded(TurnEnd(.stopped, reason: .stopped, message: "stopped by spec.stop")),
            ]
        #expect(TranscriptReplay(Self.entries(stopped)).differences.isEmpty)
    }

    @Test func `what no worker believed isn't compared, and positions stay those of the file`() {
        var events = Array(Self.write[..<2])
        events += [.writeStarted(id: "c1"), .disregarded(after: 2)]
        events += Self.write[2...]
        let replay = TranscriptReplay(Self.entries(events))
        #expect(replay.differences.isEmpty && replay.compared == Self.write.count, "\(replay.differences)")
        let late = events + [.writeStarted(id: "c1")]
        #expect(TranscriptReplay(Self.entries(late)).differences.map(\.entry) == [late.count])
    }

    // MARK: Landed versions

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/Transcripts")

    private static let recorded: [String] = {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return versions.sorted().flatMap { version in
            let files =
                (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: version).path())) ?? []
            return files.filter { $0.hasSuffix(".jsonl") }.sorted().map { "\(version)/\($0)" }
        }
    }()

    /// Where answers have become longer: they name what was asked for and not carried out.
    private static let newWordings = ["0.1.0/denied-write.jsonl": 1]

    @Test func `there are transcripts of each landed version`() {
        #expect(Self.recorded.contains { $0.hasPrefix("0.1.0/") })
    }

    @Test(arguments: recorded) func `what a landed version recorded is decided the same today`(_ name: String) throws {
        let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
        var chain = TranscriptChain()
        let entries = try chain.read(text)
        let replay = TranscriptReplay(entries)
        #expect(replay.differences.allSatisfy { $0.kind == .wording }, "\(replay.differences)")
        #expect(replay.differences.count == Self.newWordings[name, default: 0], "\(replay.differences)")
        #expect(replay.compared > 2)
    }
}
