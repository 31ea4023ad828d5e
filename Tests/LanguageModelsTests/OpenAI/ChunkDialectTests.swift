import KubeModel
import Testing

@testable import LanguageModels

/// What else differs in chunks of chat completions.
@Suite struct ChunkDialectTests {
    private func reply(_ chunks: [JSONValue]) throws -> (reply: ModelReply, deltas: [ModelDelta]) {
        var assembler = ReplyAssembler()
        var deltas: [ModelDelta] = []
        for chunk in chunks { deltas += try assembler.add(chunk) }
        return (try assembler.reply().reply, deltas)
    }

    private func said(_ delta: JSONValue, finish: JSONValue = "stop", usage: JSONValue? = nil) -> JSONValue {
        .compact(["choices": [["index": 0, "delta": delta, "finish_reason": finish]], "usage": usage])
    }

    @Test(
        arguments: [
            "Hi", [["type": "text", "text": "Hi"]], [["type": "text", "text": "H"], "i"],
            ["type": "text", "text": "Hi"],
            [["type": "thinking", "thinking": [["type": "text", "text": "hm"]]], ["type": "text", "text": "Hi"]],
            [["text": ["value": "Hi"]]],
            [["type": "reasoning", "text": "hm"], ["type": "output_text", "text": "Hi"]],
        ] as [JSONValue])
    func `content in any form is the text in it`(content: JSONValue) throws {
        let found = try reply([said(["content": content])])
        #expect(found.reply.content == "Hi")
        #expect(found.deltas.allSatisfy { $0 == .content("Hi") || $0 == .reasoning("hm") })
    }

    @Test(arguments: ["reasoning", "reasoning_content", "reasoning_text", "thinking", "thought"])
    func `thinking under any name is shown as such and goes back`(name: String) throws {
        var assembler = ReplyAssembler()
        #expect(try assembler.add(said(.object([name: "hm", "content": .null]), finish: .null)) == [.reasoning("hm")])
        _ = try assembler.add(said(["content": "Hi"]))
        #expect(try assembler.reply().attached == .object([name: "hm"]))
    }

    @Test func `Mistral's thinking goes back in the content that it stood in`() throws {
        func thinking(_ text: String) -> JSONValue {
            [["type": "thinking", "thinking": [["type": "text", "text": .string(text)]]]]
        }
        var assembler = ReplyAssembler()
        #expect(try assembler.add(said(["content": thinking("h")], finish: .null)) == [.reasoning("h")])
        #expect(try assembler.add(said(["content": thinking("m")], finish: .null)) == [.reasoning("m")])
        _ = try assembler.add(said(["content": [["type": "text", "text": "Hi"]]]))
        let reply = try assembler.reply()
        #expect(reply.reply.content == "Hi" && reply.attached == ["content": thinking("hm")])

        let author = ProviderData.Author(format: "openai-chat", host: "h", model: "m")
        let data = ProviderData(author: author, content: reply.attached)
        func sent(_ text: String, _ calls: [ModelToolCall]) -> JSONValue? {
            let messages = [ChatMessage.assistant(text, toolCalls: calls, providerData: data)]
            return ChatRequest(model: "m", request: ModelRequest(messages: messages)).json["messages"]?[0]?["content"]
        }
        #expect(sent("Hi", []) == .array((thinking("hm").array ?? []) + [["type": "text", "text": "Hi"]]))
        #expect(sent("", [ModelToolCall(id: "a", name: "k8s_get", arguments: "{}")]) == thinking("hm"))
    }

    @Test(
        arguments: [
            ("stop", .stop), ("STOP", .stop), ("end_turn", .stop), ("eos", .stop), ("FINISH_REASON_STOP", .stop),
            ("normal", .stop), ("tool_calls", .stop), ("length", .length), ("MAX_TOKENS", .length),
            ("max-tokens", .length), ("content-filter", .contentFilter), ("SAFETY", .contentFilter), ("error", nil),
            ("abort", nil), ("insufficient_system_resource", nil), ("network_error", nil), ("cancelled", nil),
            ("other", nil),
        ] as [(String, ModelReply.FinishReason?)])
    func `a reason to end in any spelling`(word: String, finish: ModelReply.FinishReason?) {
        let chunks = [said(["content": "Hi"], finish: .null), said([:], finish: .string(word))]
        #expect((try? reply(chunks))?.reply.finish == finish)
    }

    @Test func `a reason with each piece, or none that says anything, changes nothing`() throws {
        #expect(try reply([said(["content": "H"]), said(["content": "i"])]).reply.content == "Hi")
        let chunks = [said(["content": "Hi"], finish: "null"), said([:], finish: "")]
        #expect(throws: LanguageModelError.self) { try reply(chunks) }
        #expect(try reply(chunks + [said([:])]).reply.content == "Hi")
    }

    private static let split: JSONValue = ["reasoning_tokens": 20]

    /// What providers say, and what it means: prompt, completion, cached, reasoning.
    static let usages: [(JSONValue, [Int])] = [
        (["prompt_tokens": 10, "completion_tokens": 5] as JSONValue, [10, 5, 0, 0]),
        (["prompt_tokens": "10", "completion_tokens": 5.0] as JSONValue, [10, 5, 0, 0]),
        (["input_tokens": 10, "output_tokens": 5, "cache_read_input_tokens": 4] as JSONValue, [10, 5, 4, 0]),
        (["prompt_tokens": -3, "completion_tokens": 1e300] as JSONValue, [0, 0, 0, 0]),
        (
            [
                "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 35, "completion_tokens_details": split,
            ] as JSONValue, [10, 25, 0, 20]
        ),
        (
            [
                "prompt_tokens": 10, "completion_tokens": 25, "total_tokens": 35, "completion_tokens_details": split,
            ] as JSONValue, [10, 25, 0, 20]
        ),
    ]

    @Test(arguments: usages)
    func `usage in any form and place`(json: JSONValue, counts: [Int]) throws {
        let usage = TokenUsage(prompt: counts[0], completion: counts[1], cached: counts[2], reasoning: counts[3])
        let end: JSONValue = ["choices": [], "usage": json]
        #expect(try reply([said(["content": "x"]), end]).reply.usage == usage)
        #expect(
            try reply([said(["content": "x"], usage: json), ["choices": [], "usage": .null]]).reply.usage == usage)
        let groq: JSONValue = ["choices": [], "x_groq": ["usage": json]]
        #expect(try reply([said(["content": "x"]), groq]).reply.usage == usage)
        let inside: JSONValue = ["choices": [["delta": [:], "finish_reason": "stop", "usage": json]]]
        #expect(try reply([said(["content": "x"], finish: .null), inside]).reply.usage == usage)
    }

    @Test(arguments: ["user", "system", "tool", "function"])
    func `a reply in another role is none`(role: String) {
        let error = #expect(throws: LanguageModelError.self) {
            try reply([said(["role": .string(role), "content": "x"])])
        }
        #expect(error?.message == "the reply has the role \"\(role)\", not assistant")
    }

    @Test func `of several choices the first counts, wherever it stands`() throws {
        let chunk: JSONValue = [
            "choices": [
                ["index": 1, "delta": ["content": "no"]],
                ["index": 0, "delta": ["content": "Hi"], "finish_reason": "stop"],
            ]
        ]
        #expect(try reply([chunk, ["choices": [["index": 1, "delta": ["content": "no"]]]]]).reply.content == "Hi")
    }

    @Test func `a stream of whole messages, and Ollama's own`() throws {
        let messages: [JSONValue] = [
            ["choices": [["index": 0, "message": ["content": "H"]]]],
            ["choices": [["index": 0, "message": ["content": "i"], "finish_reason": "stop"]]],
        ]
        #expect(try reply(messages).reply.content == "Hi")
        let ollama: [JSONValue] = [
            ["model": "m", "message": ["role": "assistant", "content": "Hi"], "done": false],
            ["model": "m", "message": ["role": "assistant", "content": ""], "done": true, "done_reason": "stop"],
        ]
        #expect(try reply(ollama).reply.content == "Hi")
        #expect(throws: LanguageModelError.self) { try reply(Array(ollama.prefix(1))) }
    }

    @Test func `nothing at all is asked for again, what was cut or withheld isn't`() {
        for (finish, code) in [
            ("stop", LanguageModelError.Code.incomplete), ("length", .badReply), ("content_filter", .badReply),
        ] {
            for content in ["", " \n"] {
                let error = #expect(throws: LanguageModelError.self) {
                    try reply([said(["content": .string(content)], finish: .string(finish))])
                }
                #expect(error?.code == code)
            }
        }
    }
}
