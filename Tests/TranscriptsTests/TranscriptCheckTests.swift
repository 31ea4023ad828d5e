import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

@testable import Transcripts

@Suite struct TranscriptCheckTests {
    private struct Written {
        var lines: [String]
        var head: String
    }

    private func written() throws -> Written {
        var chain = TranscriptChain()
        let at = try #require(KubeTime("2026-01-01T00:00:00Z"))
        let events: [TurnEvent] = [
            .turnStarted(number: 1, message: "hi"), .modelReplied(ModelTurn(content: "hello")),
            .turnEnded(TurnEnd(.completed, reason: .answered, answer: "hello")),
        ]
        let lines = events.map { chain.append(.init(at: at, event: $0)) }
        return Written(lines: lines, head: chain.head)
    }

    private func check(_ lines: [String], head: String, entries: Int = 3, owner: String = "u1") -> String? {
        var check = TranscriptCheck(.init(count: entries, head: head))
        let data = JSONObject(
            lines.enumerated().map { ("00000\($0.offset).jsonl", .string(Base64.encode(Array($0.element.utf8)))) })
        let secret = KubeObject([
            "metadata": [
                "name": "s",
                "ownerReferences": [
                    ["kind": "Conversation", "name": "talk", "uid": .string(owner), "controller": true]
                ],
            ], "data": .object(data),
        ])
        check.add(secret, ownedBy: "u1")
        return check.finish().fault
    }

    @Test func `an untouched transcript is whole, also while the status is behind`() throws {
        let written = try written()
        #expect(check(written.lines, head: written.head) == nil)
        let second = try #require(JSONParser.parse(written.lines[1])["hash"]?.string)
        #expect(check(written.lines, head: second, entries: 2) == nil)
    }

    @Test func `what was changed, left out, cut or moved is found, with its position`() throws {
        let written = try written()
        let forged = written.lines[1].replacing("hello", with: "hullo")
        #expect(check([written.lines[0], forged, written.lines[2]], head: written.head)?.contains("entry 2") == true)
        #expect(check([written.lines[0], written.lines[2]], head: written.head)?.contains("entry 2") == true)
        #expect(check([written.lines[0], written.lines[1]], head: written.head)?.contains("entry 3") == true)
        #expect(check([], head: written.head)?.contains("entry 1") == true)
        #expect(check(written.lines, head: "other")?.contains("entry 3") == true)
        #expect(check(written.lines, head: written.head, owner: "u2")?.contains("doesn't belong") == true)
    }
}
