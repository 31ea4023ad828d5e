import KubeModel
import Testing

@testable import LanguageModels

/// Replies that nobody should send: each is one clear error, or calls that are whole.
@Suite struct BadReplyTests {
    private func decode(_ bytes: [UInt8], limit: Int = 4 << 20) throws -> ModelReply {
        var decoder = EventReplyDecoder(ReplyAssembler(), limit: limit)
        _ = try decoder.push(bytes)
        return try decoder.finish().reply.withIDs(avoiding: [], form: ToolCallIDForm())
    }

    private func stream(_ events: String...) -> [UInt8] {
        Array((events + ["[DONE]"]).map { "data: \($0)\n\n" }.joined().utf8)
    }

    private func calls(_ fragments: String) -> [UInt8] {
        stream(#"{"choices":[{"delta":{"tool_calls":[\#(fragments)]},"finish_reason":"tool_calls"}]}"#)
    }

    private func failure(_ bytes: [UInt8], limit: Int = 4 << 20) -> LanguageModelError? {
        do {
            _ = try decode(bytes, limit: limit)
            return nil
        } catch {
            return error as? LanguageModelError
        }
    }

    @Test func `a call without an id or an index gets an id of its own`() throws {
        let reply = try decode(calls(#"{"function":{"name":"k8s_get","arguments":"{}"}}"#))
        #expect(reply.toolCalls == [ModelToolCall(id: "call_1", name: "k8s_get", arguments: "{}")])
    }

    @Test func `a call without a name stays one that no tool answers to`() throws {
        #expect(try decode(calls(#"{"index":0,"id":"a","function":{"arguments":"{}"}}"#)).toolCalls.map(\.name) == [""])
    }

    @Test func `doubled ids under two indices are two calls`() throws {
        let twice = (0..<2).map { #"{"index":\#($0),"id":"a","function":{"name":"k8s_get","arguments":"{}"}}"# }
        #expect(try decode(calls(twice.joined(separator: ","))).toolCalls.map(\.id) == ["a", "a"])
    }

    @Test func `ten thousand calls are refused`() {
        let many = (0..<10_000).map { #"{"index":\#($0),"id":"\#($0)","function":{"name":"x","arguments":"{}"}}"# }
        let error = failure(calls(many.joined(separator: ",")))
        #expect(error?.code == .badReply && error?.message.contains("more than 256 tools") == true)
    }

    @Test func `arguments of a megabyte come whole, and what is beyond the limit doesn't`() throws {
        let text = String(repeating: "x", count: 1_000_000)
        let big = calls(#"{"index":0,"id":"a","function":{"name":"x","arguments":"{\"a\":\"\#(text)\"}"}}"#)
        #expect(try decode(big).toolCalls[0].arguments.utf8.count == 1_000_008)
        #expect(failure(big, limit: 1 << 19)?.code == .badReply)
    }

    @Test func `an endless line is refused`() {
        let error = failure(Array("data: ".utf8) + Array(repeating: 0x78, count: 2 << 20), limit: 1 << 20)
        #expect(error?.code == .badReply)
    }

    @Test(arguments: [
        [0x64, 0x61, 0x74, 0x61, 0x3A, 0x20, 0x7B, 0x22, 0x61, 0x22, 0x3A, 0x22, 0xFF, 0xFE, 0x22, 0x7D, 0x0A, 0x0A]
            as [UInt8]
    ])
    func `invalid UTF-8 is refused`(bytes: [UInt8]) {
        #expect(failure(bytes)?.message == "the model's reply is not valid UTF-8")
    }

    @Test(arguments: [
        (#"{"choices":[{"delta":{"content":NaN}}]}"#, LanguageModelError.Code.badReply),
        (#"{"choices":[{"delta":{"role":"user","content":"x"},"finish_reason":"stop"}]}"#, .badReply),
        (#"[]"#, .badReply), (#""x""#, .badReply), (#"{"choices":{}}"#, .incomplete),
        (#"{"choices":[null]}"#, .incomplete),
    ])
    func `what is no reply is an error`(event: String, code: LanguageModelError.Code) {
        #expect(failure(stream(event))?.code == code)
    }
}
