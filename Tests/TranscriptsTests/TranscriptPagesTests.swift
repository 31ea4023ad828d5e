import KubeModel
import SkyfloAPI
import Synchronization
import Testing
import WorkflowEngine

@testable import Transcripts

/// A transcript in many pieces, and what somebody may do to them.
@Suite struct TranscriptPagesTests {
    private final class Pieces: TranscriptPages {
        let texts: [String]
        let asked = Mutex<[Int]>([])
        let known: TranscriptChain.Anchor

        init(texts: [String], known: TranscriptChain.Anchor) {
            self.texts = texts
            self.known = known
        }

        func page(_ number: Int, of conversation: Conversation) async throws -> TranscriptPage? {
            asked.withLock { $0.append(number) }
            guard texts.indices.contains(number) else { return nil }
            return TranscriptPage(text: texts[number], hasNext: true)
        }

        func read() async throws -> TranscriptReading {
            let position = TranscriptPosition(
                namespace: "skyflo-system", secretPrefix: "p", secrets: texts.count, entries: known.count,
                head: known.head)
            return try await read(Conversation(KubeObject(["status": ["transcript": position.json]])))
        }
    }

    /// Two entries a piece.
    private static func pieces(_ count: Int) throws -> (texts: [String], known: TranscriptChain.Anchor) {
        var chain = TranscriptChain()
        let at = try #require(KubeTime("2026-01-01T00:00:00Z"))
        let texts = (0..<count).map { number in
            chain.append(.init(at: at, event: .turnStarted(number: number, message: "hello")))
                + chain.append(.init(at: at, event: .modelFailed("no")))
        }
        return (texts, .init(count: chain.count, head: chain.head))
    }

    @Test func `a thousand pieces are read one after the other, each once`() async throws {
        let (texts, known) = try Self.pieces(1000)
        let pages = Pieces(texts: texts, known: known)
        let reading = try await pages.read()
        #expect(reading.fault == nil && reading.entries.count == 2000 && reading.head == known.head)
        #expect(pages.asked.withLock(\.self) == Array(0...1000))
    }

    @Test func `a piece that is missing, moved, doubled or put in between is found`() async throws {
        let (texts, known) = try Self.pieces(6)
        var moved = texts
        moved.swapAt(2, 3)
        let faulty: [(String, [String])] = [
            ("the first is missing", Array(texts.dropFirst())),
            ("one is missing", Array(texts[..<2] + texts[3...])),
            ("the last is missing", Array(texts.dropLast())),
            ("all are missing", []),
            ("two are moved", moved),
            ("one is doubled", Array(texts[...2] + texts[2...])),
            ("one of another transcript", Array(texts[..<2] + ["{\"type\":\"TurnStarted\"}\n"] + texts[2...])),
            ("no JSON", ["not JSON\n"]),
        ]
        for (what, texts) in faulty {
            let reading = try await Pieces(texts: texts, known: known).read()
            #expect(reading.fault != nil, "\(what)")
        }
        #expect(try await Pieces(texts: texts, known: known).read().fault == nil)
    }

    @Test func `names of Secrets keep transcripts apart`() {
        func conversation(_ name: String, uid: String) -> Conversation {
            Conversation(KubeObject(["metadata": ["name": .string(name), "namespace": "shop", "uid": .string(uid)]]))
        }
        let first = TranscriptPlace(of: conversation("talk", uid: "12345678-a"), in: "skyflo-system")
        let second = TranscriptPlace(of: conversation("talk", uid: "12345678-b"), in: "skyflo-system")
        #expect(first != second && first.name(0) == "skyflo-transcript-12345678-a-0")
        #expect(TranscriptPlace.uid(inName: first.name(12)) == "12345678-a")
        for name in [
            "skyflo-transcript-", "skyflo-transcript--1", "skyflo-transcript-a", "skyflo-transcript-a-", "x-a-1",
            "skyflo-transcript-a-1x",
        ] {
            #expect(TranscriptPlace.uid(inName: name) == nil, "\(name)")
        }
        let long = TranscriptPlace(beside: conversation(String(repeating: "a", count: 253), uid: "12345678-a"))
        #expect(long.name(99_999).utf8.count <= 253)
    }
}
