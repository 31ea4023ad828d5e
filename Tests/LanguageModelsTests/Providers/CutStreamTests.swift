import Testing

@testable import LanguageModels

/// However a stream of any provider is cut, it means the same, or it is an error.
struct CutStreamTests {
    static let whole: [Recorded] =
        ["text", "tool-calls", "thinking", "refusal", "max-tokens"].map {
            Recorded(TestAPI.anthropic(), "anthropic/\($0).sse")
        }
        + ["text", "tool-calls", "signed-text", "safety"].map { Recorded(TestAPI.gemini(), "gemini/\($0).sse") }
        + ["text", "tool-calls", "filtered", "refusal"].map {
            Recorded(TestAPI.responses(), "responses/\($0).sse")
        }
        + ["tool-call", "asynchronous-filter", "filtered"].map { Recorded(TestAPI.azure(), "azure/\($0).sse") }
        + ["text", "tool-calls", "guardrail", "max-tokens"].map { Recorded(TestAPI.bedrock(), "bedrock/\($0).jsonl") }

    @Test(arguments: whole)
    func `pieces of any size make the same reply`(_ recorded: Recorded) throws {
        let expected = try recorded.decode().reply.reply
        for size in [1, 2, 3, 5, 7, 64, 1000] {
            let found = try recorded.decode(size: size)
            #expect(found.reply.reply == expected, "in pieces of \(size) bytes")
        }
        let attached = try recorded.decode().reply.attached
        #expect(try recorded.decode(size: 1).reply.attached == attached)
    }

    @Test(arguments: whole)
    func `a stream that ends too early is an error or the same reply`(_ recorded: Recorded) throws {
        let bytes = try recorded.bytes()
        let expected = try recorded.decode().reply
        var decoder = recorded.api.decoder(limit: 1 << 20)
        var failures = 0
        for (end, byte) in bytes.enumerated() {
            var cut = decoder
            _ = try decoder.push([byte])
            do {
                let found = try cut.finish()
                // Only the counts may be missing.
                #expect(found.reply.content == expected.reply.content, "cut at byte \(end)")
                #expect(found.reply.toolCalls == expected.reply.toolCalls, "cut at byte \(end)")
                #expect(found.reply.finish == expected.reply.finish, "cut at byte \(end)")
                #expect(found.attached == expected.attached, "cut at byte \(end)")
            } catch {
                failures += 1
                #expect([.incomplete, .badReply].contains(error.code), "cut at byte \(end): \(error)")
            }
        }
        #expect(failures > bytes.count / 4)
    }

    /// A connection that is lost after this point is no reason to ask again, so nothing may be missing then.
    @Test(arguments: whole)
    func `a decoder that says that the reply is complete has all of it`(_ recorded: Recorded) throws {
        let expected = try recorded.decode().reply
        var decoder = recorded.api.decoder(limit: 1 << 20)
        for byte in try recorded.bytes() where !decoder.isComplete { _ = try decoder.push([byte]) }
        let found = try decoder.finish()
        #expect(found.reply.content == expected.reply.content)
        #expect(found.reply.toolCalls == expected.reply.toolCalls)
        #expect(found.attached == expected.attached)
    }

    @Test(arguments: whole)
    func `a reply larger than the limit is refused`(_ recorded: Recorded) throws {
        let error = #expect(throws: LanguageModelError.self) {
            try RecordedStream.decode(try recorded.bytes(), with: recorded.api.decoder(limit: 300))
        }
        #expect(error?.code == .badReply)
    }

    @Test(arguments: [
        Recorded(TestAPI.anthropic(), ""), Recorded(TestAPI.gemini(), ""), Recorded(TestAPI.responses(), ""),
    ])
    func `what is no stream is refused`(_ recorded: Recorded) {
        for text in [
            "", "<html>sign in</html>", "{}", "data: {\"a\":\n\n", "data: 7\n\n", "{\"error\":{\"message\":\"no\"}}",
        ] {
            #expect(throws: LanguageModelError.self, "\(text)") {
                try RecordedStream.decode(Array(text.utf8), with: recorded.api.decoder(limit: 1 << 20))
            }
        }
    }
}
