import KubeModel
import Testing

@testable import LanguageModels

/// Forms in which servers send events, and answers that are no stream.
@Suite struct StreamFormTests {
    private static let hello = #"{"choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"}}]}"#
    private static let rest = #"{"choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":"stop"}]}"#

    private func decode(_ bytes: [UInt8], size: Int) throws -> ModelReply {
        try RecordedStream.decode(
            bytes, with: EventReplyDecoder(ReplyAssembler(), limit: 1 << 20), size: size
        ).reply.reply
    }

    private func failure(_ text: String, size: Int = .max) -> LanguageModelError? {
        #expect(throws: LanguageModelError.self) { try decode(Array(text.utf8), size: size) }
    }

    @Test(
        arguments: [
            "data: \(hello)\r\n\r\ndata: \(rest)\r\n\r\ndata: [DONE]\r\n\r\n", "data: \(hello)\r\rdata: \(rest)\r\r",
            "\u{FEFF}data: \(hello)\n\ndata: \(rest)\n\n", ": hi\n\n:\ndata: \(hello)\n: more\n\ndata:\(rest)\n\n",
            "\n\n \u{FEFF}data: \(hello)\n\ndata: \(rest)\n\n",
            "id: 1\nretry: 10\nevent: message\ndata: \(hello)\n\nevent:\ndata: \(rest)\n\ndata: [done]\n\n",
            // Over several lines, cut between two members.
            "data: {\"choices\":\ndata: [{\"delta\":{\"content\":\"Hello\"},\"finish_reason\":\"stop\"}]}\n\n",
            // Without the empty line between two, and without the last one.
            "data: \(hello)\ndata: \(rest)\ndata: [DONE]\n\n", "data: \(hello)\n\ndata: \(rest)",
            // No events but an object on each line.
            "\(hello)\n\(rest)\n", "\u{FEFF}\(hello)\r\n\(rest)",
            // Not streamed.
            "\u{FEFF} {\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"Hello\"},\"finish_reason\":\"stop\"}]}",
        ], [1, 2, 3, 1000])
    func `the same reply in any form`(text: String, size: Int) throws {
        #expect(try decode(Array(text.utf8), size: size).content == "Hello")
    }

    @Test(arguments: [1, 1000])
    func `what isn't said in events is told`(size: Int) {
        let error = failure("upstream connect error or disconnect/reset before headers", size: size)
        #expect(error?.code == .badReply)
        #expect(
            error?.message
                == "the endpoint answered with something that is no model's reply: upstream connect error or disconnect/reset before headers"
        )
    }

    @Test(arguments: [
        ("event: error\ndata: \(#"{"message":"slow down","code":429}"#)\n\n", LanguageModelError.Code.rateLimited),
        ("event: error\ndata: slow down\n\n", .incomplete),
        (#"error: {"code":500,"message":"slow down"}"#, .unavailable),
        ("data: \(#"{"error":"slow down"}"#)\n\n", .incomplete),
        ("data: \(#"{"errors":[{"message":"slow down","code":503}]}"#)\n\n", .unavailable),
        ("data: \(#"{"error":{"error":{"message":"slow down","type":"overloaded_error"}}}"#)\n\n", .overloaded),
        ("data: \(#"{"status_code":500,"error":{"message":"slow down","type":"","code":""}}"#)\n\n", .unavailable),
        ("data: \(#"{"error_code":336501,"error_msg":"slow down"}"#)\n\n", .incomplete),
        (
            "data: \(#"{"choices":[{"delta":{},"finish_reason":"error","error":{"code":502,"message":"slow down"}}]}"#)\n\n",
            .unavailable
        ),
        ("data: \(#"{"error":{"message":"slow down","code":"tool_use_failed","status_code":400}}"#)\n\n", .incomplete),
        (#"{"error":{"message":"slow down","type":"invalid_request_error"}}"#, .rejected),
    ])
    func `an error in any form is told in the provider's words`(text: String, code: LanguageModelError.Code) {
        for text in [text, "data: \(Self.hello)\n\n\(text)"] {
            // An object behind events is no event.
            if text.hasPrefix("data: \(Self.hello)"), text.contains("\n\n{") { continue }
            let error = failure(text)
            #expect(error?.code == code)
            #expect(error?.message.contains("slow down") == true)
        }
    }

    @Test func `comments without end are bounded by the limit`() {
        var decoder = EventReplyDecoder(ReplyAssembler(), limit: 1 << 16)
        let error = #expect(throws: LanguageModelError.self) {
            for _ in 0..<10_000 { _ = try decoder.push(Array(": keep-alive\n\n".utf8)) }
        }
        #expect(error?.code == .badReply)
    }
}
