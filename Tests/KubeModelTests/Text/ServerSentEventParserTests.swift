import Testing

@testable import KubeModel

struct ServerSentEventParserTests {
    private func events(_ text: String, cut: Int) throws -> [ServerSentEvent] {
        var parser = ServerSentEventParser()
        let bytes = Array(text.utf8)
        var result: [ServerSentEvent] = []
        for start in stride(from: 0, to: bytes.count, by: cut) {
            result += try parser.push(bytes[start..<min(start + cut, bytes.count)])
        }
        return result
    }

    @Test(arguments: 1...40)
    func `events are the same wherever the bytes are cut`(cut: Int) throws {
        let text =
            "\u{FEFF}: hello\r\n\r\ndata: {\"a\":1}\r\n\r\nevent: error\rdata:x\rdata: y\r\rdata\n\nid: 7\nretry: 1\ndata:  ü€😀\n\n"
        #expect(
            try events(text, cut: cut) == [
                ServerSentEvent(data: "{\"a\":1}"), ServerSentEvent(type: "error", data: "x\ny"),
                ServerSentEvent(data: ""), ServerSentEvent(data: " ü€😀"),
            ])
    }

    @Test func `an event without data is not handed out`() throws {
        #expect(try events("event: ping\n\n\n\n: comment\n\n", cut: 3).isEmpty)
    }

    @Test func `the event type does not outlive its event`() throws {
        let types = try events("event: a\n\ndata: 1\n\nevent: b\ndata: 2\n\ndata: 3\n\n", cut: 5).map(\.type)
        #expect(types == ["", "b", ""])
    }

    @Test func `a last event without an empty line waits for the end`() throws {
        var parser = ServerSentEventParser()
        #expect(try parser.push(Array("data: [DONE]".utf8)).isEmpty)
        #expect(parser.finish() == ServerSentEvent(data: "[DONE]"))
        #expect(parser.finish() == nil)
    }

    @Test(arguments: ["data: ", "x"])
    func `a line that never ends is refused`(prefix: String) throws {
        var parser = ServerSentEventParser(limit: 100)
        #expect(throws: ServerSentEventParser.TooLarge(limit: 100)) {
            _ = try parser.push(Array((prefix + String(repeating: "a", count: 200)).utf8))
        }
    }

    @Test func `an event that never ends is refused`() throws {
        var parser = ServerSentEventParser(limit: 100)
        #expect(throws: ServerSentEventParser.TooLarge.self) {
            for _ in 0..<100 { _ = try parser.push(Array("data: abc\n".utf8)) }
        }
    }

    @Test func `the limit is for one event, not for the stream`() throws {
        var parser = ServerSentEventParser(limit: 20)
        for _ in 0..<50 { #expect(try parser.push(Array("data: abcdefgh\n\n".utf8)).count == 1) }
    }
}
