import KubeModel
import LiveEvents
import SkyfloAPI

extension FuzzTarget {
    /// However the bytes of a stream of events are cut, the same comes of them; and what was understood is written so that it
    /// is understood in the same way.
    static let liveEvents = FuzzTarget.text(
        "live-events",
        corpus: [
            """
            retry: 1000

            event: ready
            data: {"type":"ready","conversation":"shop/talk","conversation_id":"u","run_id":"u/1","turn":1}

            id: 1000000
            event: turn.started
            data: {"type":"turn.started","number":1000000,"turn":1,"message":"scale web","timestamp":1767225600000}

            : a comment
            id: 1001001
            event: token
            data: {"type":"token","number":1001001,"text":"é","tokens_generated":1}

            event: heartbeat
            data: {"type":"heartbeat"}


            """,
            #"""
            data: {"type":"tools.pending","number":2000002,"tools":[{"call_id":"c1","tool":"k8s_get","args":{"a":[1]}}]}

            data: {"type":"tool.awaiting_approval","number":3000000,"call_id":"c1","tool":"t","args":"{","summary":"s","risk":"Low","warnings":["w"],"preview":"-1\n+2","digest":"d","expires_at":"2026-01-01T00:00:00Z"}

            data: {"type":"takeover","number":1012000000,"worker":"b","after":3000999}

            data: {"type":"completed","number":1013000000,"status":"completed","reason":"Answered","answer":"ok","duration_ms":5}

            data: {"type":"stream.gap","up_to":5}

            data: {"type":"stream.end","reason":"the turn is over"}


            """#,
        ],
        words: [
            "data: ", "\n\n", "\r\n\r\n", "event: ", "id: ", "retry: ", ": ", "{", "}", "\"number\":9007199254740993,",
            "\"number\":-1,", "\"type\":\"token\"", "\"text\":\"\"", "\"args\":null", "\"timestamp\":1e99",
            "\"timestamp\":-9223372036854775808", "\"retry_in_ms\":9223372036854775807,", "null", "é", "\u{0}",
        ]
    ) { input in
        let whole = messages(in: input, pieces: max(1, input.count))
        for size in [1, 7] {
            try require(messages(in: input, pieces: size) == whole, "cut into \(size) bytes it is another stream")
        }
        for message in whole {
            var frame: [UInt8] = []
            message.appendFrame(to: &frame)
            let again = messages(in: frame, pieces: frame.count)
            try require(again.count == 1, "one message became \(again.count)")
            try require(again[0].json == message.json, "\(message) became \(again[0])")
        }
    }

    private static func messages(in bytes: [UInt8], pieces size: Int) -> [StreamMessage] {
        var parser = ServerSentEventParser()
        var messages: [StreamMessage] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            guard let events = try? parser.push(bytes[start..<min(start + size, bytes.count)]) else { return messages }
            messages += events.compactMap { event in
                (try? JSONParser.parse(event.data)).flatMap { StreamMessage(json: $0) }
            }
        }
        return messages
    }

    /// Whatever a client sends is a command that its text says in so many words, or is none and says why.
    static let streamCommand = FuzzTarget.text(
        "stream-command",
        corpus: [
            #"{"id":"1","type":"stop"}"#,
            #"{"id":2,"type":"decide","call_id":"c1","decision":"Approved","digest":"sha256:0","reason":"fine"}"#,
        ],
        words: [
            "\"type\":\"stop\"", "\"type\":\"decide\"", "\"call_id\":", "\"decision\":\"Denied\"", "\"digest\":\"\"",
            "\"reason\":null", "\"id\":{}", "null", "{", "}", "é", "\u{0}",
        ]
    ) { input in
        let text = String(decoding: input, as: UTF8.self)
        let command: StreamCommand
        do throws(StreamCommand.Malformed) {
            command = try StreamCommand(parsing: text)
        } catch {
            return try require(!error.description.isEmpty, "a refusal says nothing")
        }
        let json = try JSONParser.parse(text)
        try require((command.id?.utf8.count ?? 0) <= 64, "the id is too long")
        switch command.action {
        case .stop: try require(json["type"]?.string == "stop", "a stop that nobody asked for")
        case .decide(let call, let decision, let digest, _):
            let isSaid =
                json["type"]?.string == "decide" && json["call_id"]?.string == call && !call.isEmpty
                && json["decision"]?.string == decision.rawValue && json["digest"]?.string == digest && !digest.isEmpty
            try require(isSaid, "a decision that nobody asked for")
        }
    }
}
