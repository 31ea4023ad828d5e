import KubeModel
import Testing

@testable import LanguageModels

/// Streams of servers that speak OpenAI's chat completions, each in its own way. Written for these tests from what the
/// providers document; `source` says where.
@Suite struct ProviderStreamTests {
    struct Stream: Sendable, CustomTestStringConvertible {
        var provider: String
        var source: String
        var events: [String]
        var content = ""
        var calls: [ModelToolCall] = []
        var attached: JSONValue = .null
        var usage: TokenUsage
        var testDescription: String { provider }
    }

    private static let get = #"{\"resource_type\":\"pods\"}"#
    private static let arguments = #"{"resource_type":"pods"}"#

    static let streams: [Stream] = [
        Stream(
            provider: "OpenAI: two calls, usage with details",
            source: "platform.openai.com/docs/api-reference/chat-streaming",
            events: [
                #"{"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"k8s_get","arguments":""}}],"refusal":null},"logprobs":null,"finish_reason":null}],"usage":null}"#,
                #"{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"resource_type\":"}}]},"finish_reason":null}],"usage":null}"#,
                #"{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"pods\"}"}}]},"finish_reason":null}],"usage":null}"#,
                #"{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"call_b","type":"function","function":{"name":"k8s_logs","arguments":""}}]},"finish_reason":null}],"usage":null}"#,
                #"{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]},"finish_reason":null}],"usage":null}"#,
                #"{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}],"usage":null}"#,
                #"{"id":"c","choices":[],"usage":{"prompt_tokens":82,"completion_tokens":17,"total_tokens":99,"prompt_tokens_details":{"cached_tokens":64,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":8}}}"#,
            ],
            calls: [
                ModelToolCall(id: "call_a", name: "k8s_get", arguments: arguments),
                ModelToolCall(id: "call_b", name: "k8s_logs", arguments: "{}"),
            ], usage: TokenUsage(prompt: 82, completion: 17, cached: 64, reasoning: 8)),
        Stream(
            provider: "DeepSeek: reasoning, cache hits", source: "api-docs.deepseek.com/guides/thinking_mode",
            events: [
                #"{"choices":[{"index":0,"delta":{"role":"assistant","content":null,"reasoning_content":"List"},"logprobs":null,"finish_reason":null}]}"#,
                #"{"choices":[{"index":0,"delta":{"content":null,"reasoning_content":" pods."},"finish_reason":null}]}"#,
                #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_00_x","type":"function","function":{"name":"k8s_get","arguments":"\#(get)"}}]},"finish_reason":null}]}"#,
                #"{"choices":[{"index":0,"delta":{"content":"","reasoning_content":null},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":50,"completion_tokens":9,"total_tokens":59,"prompt_tokens_details":{"cached_tokens":32},"completion_tokens_details":{"reasoning_tokens":4},"prompt_cache_hit_tokens":32,"prompt_cache_miss_tokens":18}}"#,
            ],
            calls: [ModelToolCall(id: "call_00_x", name: "k8s_get", arguments: arguments)],
            attached: ["reasoning_content": "List pods."],
            usage: TokenUsage(prompt: 50, completion: 9, cached: 32, reasoning: 4)),
        Stream(
            provider: "Moonshot: usage in the choice", source: "platform.moonshot.ai/docs/api/chat",
            events: [
                #"{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#,
                #"{"choices":[{"index":0,"delta":{"reasoning_content":"Hm."},"finish_reason":null}]}"#,
                #"{"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}]}"#,
                #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":13,"completion_tokens":7,"total_tokens":20,"cached_tokens":5}}]}"#,
            ], content: "Hello", attached: ["reasoning_content": "Hm."],
            usage: TokenUsage(prompt: 13, completion: 7, cached: 5)),
        Stream(
            provider: "Groq: reasoning, usage in x_groq", source: "console.groq.com/docs/reasoning",
            events: [
                #"{"choices":[{"index":0,"delta":{"role":"assistant","content":null},"finish_reason":null}],"x_groq":{"id":"req_1"}}"#,
                #"{"choices":[{"index":0,"delta":{"reasoning":"Hm.","channel":"analysis"},"finish_reason":null}]}"#,
                #"{"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}]}"#,
                #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"x_groq":{"id":"req_1","usage":{"queue_time":0.01,"prompt_tokens":18,"completion_tokens":3,"total_tokens":21}}}"#,
            ], content: "Hello", attached: ["reasoning": "Hm."], usage: TokenUsage(prompt: 18, completion: 3)),
        Stream(
            provider: "Mistral: a whole call with the end", source: "docs.mistral.ai/capabilities/function_calling",
            events: [
                #"{"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#,
                #"{"id":"c","choices":[{"index":0,"delta":{"content":"","tool_calls":[{"id":"D681PevKs","function":{"name":"k8s_get","arguments":"\#(get)"},"index":0}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":94,"total_tokens":120,"completion_tokens":26}}"#,
            ], calls: [ModelToolCall(id: "D681PevKs", name: "k8s_get", arguments: arguments)],
            usage: TokenUsage(prompt: 94, completion: 26)),
        Stream(
            provider: "OpenRouter: reasoning_details", source: "openrouter.ai/docs/use-cases/reasoning-tokens",
            events: [
                #"{"provider":"Anthropic","choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":"List","reasoning_details":[{"type":"reasoning.text","text":"List","format":"anthropic-claude-v1","index":0}]},"finish_reason":null,"native_finish_reason":null}]}"#,
                #"{"choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":" pods.","reasoning_details":[{"type":"reasoning.text","text":" pods.","format":"anthropic-claude-v1","index":0}]},"finish_reason":null}]}"#,
                #"{"choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning_details":[{"type":"reasoning.text","signature":"Eq8=","format":"anthropic-claude-v1","index":0}]},"finish_reason":null}]}"#,
                #"{"choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"id":"toolu_1","index":0,"type":"function","function":{"name":"k8s_get","arguments":"\#(get)"}}]},"finish_reason":null}]}"#,
                #"{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"tool_calls","native_finish_reason":"tool_use"}]}"#,
                #"{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":{"prompt_tokens":60,"completion_tokens":12,"total_tokens":72,"cost":0.0001}}"#,
            ],
            calls: [ModelToolCall(id: "toolu_1", name: "k8s_get", arguments: arguments)],
            attached: [
                "reasoning": "List pods.",
                "reasoning_details": [
                    [
                        "type": "reasoning.text", "text": "List pods.", "format": "anthropic-claude-v1", "index": 0,
                        "signature": "Eq8=",
                    ]
                ],
            ], usage: TokenUsage(prompt: 60, completion: 12)),
        Stream(
            provider: "vLLM: reasoning, stop_reason", source: "docs.vllm.ai/en/latest/features/reasoning_outputs",
            events: [
                #"{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"prompt_token_ids":null}"#,
                #"{"id":"c","choices":[{"index":0,"delta":{"reasoning":"Hm."},"logprobs":null,"finish_reason":null,"token_ids":null}]}"#,
                #"{"id":"c","choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":"stop","stop_reason":null}]}"#,
                #"{"id":"c","choices":[],"usage":{"prompt_tokens":9,"total_tokens":12,"completion_tokens":3}}"#,
            ], content: "Hello", attached: ["reasoning": "Hm."], usage: TokenUsage(prompt: 9, completion: 3)),
        Stream(
            provider: "Ollama: whole calls, all under index 0",
            source: "github.com/ollama/ollama/blob/main/openai/openai.go",
            events: [
                #"{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"role":"assistant","content":"","tool_calls":[{"id":"call_1","index":0,"type":"function","function":{"name":"k8s_get","arguments":"\#(get)"}}]},"finish_reason":null}]}"#,
                #"{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"role":"assistant","content":"","tool_calls":[{"id":"call_2","index":0,"type":"function","function":{"name":"k8s_logs","arguments":"{}"}}]},"finish_reason":null}]}"#,
                #"{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"tool_calls"}]}"#,
                #"{"id":"chatcmpl-1","choices":[],"usage":{"prompt_tokens":30,"completion_tokens":20,"total_tokens":50}}"#,
            ],
            calls: [
                ModelToolCall(id: "call_1", name: "k8s_get", arguments: arguments),
                ModelToolCall(id: "call_2", name: "k8s_logs", arguments: "{}"),
            ], usage: TokenUsage(prompt: 30, completion: 20)),
        Stream(
            provider: "llama.cpp: timings beside the usage",
            source: "github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md",
            events: [
                #"{"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}]}"#,
                #"{"choices":[{"finish_reason":null,"index":0,"delta":{"content":"Hello"}}]}"#,
                #"{"choices":[{"finish_reason":"stop","index":0,"delta":{}}]}"#,
                #"{"choices":[],"usage":{"completion_tokens":2,"prompt_tokens":11,"total_tokens":13,"prompt_tokens_details":{"cached_tokens":10}},"timings":{"prompt_n":1,"predicted_n":2}}"#,
            ], content: "Hello", usage: TokenUsage(prompt: 11, completion: 2, cached: 10)),
        Stream(
            provider: "LiteLLM before Anthropic: thinking_blocks", source: "docs.litellm.ai/docs/reasoning_content",
            events: [
                #"{"choices":[{"index":0,"delta":{"reasoning_content":"List","thinking_blocks":[{"type":"thinking","thinking":"List","signature":null}],"role":"assistant","content":""}}]}"#,
                #"{"choices":[{"index":0,"delta":{"reasoning_content":" pods.","thinking_blocks":[{"type":"thinking","thinking":" pods.","signature":null}]}}]}"#,
                #"{"choices":[{"index":0,"delta":{"thinking_blocks":[{"type":"thinking","thinking":"","signature":"Eq8="}]}}]}"#,
                #"{"choices":[{"index":0,"delta":{"tool_calls":[{"id":"toolu_1","function":{"arguments":"\#(get)","name":"k8s_get"},"type":"function","index":0}]}}]}"#,
                #"{"choices":[{"finish_reason":"tool_calls","index":0,"delta":{}}]}"#,
                #"{"choices":[{"index":0,"delta":{}}],"usage":{"completion_tokens":8,"prompt_tokens":40,"total_tokens":48}}"#,
            ],
            calls: [ModelToolCall(id: "toolu_1", name: "k8s_get", arguments: arguments)],
            attached: [
                "reasoning_content": "List pods.",
                "thinking_blocks": [["type": "thinking", "thinking": "List pods.", "signature": "Eq8="]],
            ], usage: TokenUsage(prompt: 40, completion: 8)),
        Stream(
            provider: "Google's OpenAI address: a signature beside the call",
            source: "ai.google.dev/gemini-api/docs/thought-signatures",
            events: [
                #"{"choices":[{"delta":{"role":"assistant","tool_calls":[{"extra_content":{"google":{"thought_signature":"+vv8/f7="}},"function":{"arguments":"\#(get)","name":"k8s_get"},"id":"function-call-1","type":"function"}]},"finish_reason":"tool_calls","index":0}],"usage":{"completion_tokens":15,"prompt_tokens":70,"total_tokens":85}}"#
            ],
            calls: [
                ModelToolCall(
                    id: "function-call-1", name: "k8s_get", arguments: arguments,
                    providerData: ["extra_content": ["google": ["thought_signature": "+vv8/f7="]]])
            ], usage: TokenUsage(prompt: 70, completion: 15)),
        Stream(
            provider: "xAI: reasoning tokens", source: "docs.x.ai/docs/guides/reasoning",
            events: [
                #"{"choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"Hm."}}]}"#,
                #"{"choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"}}]}"#,
                #"{"choices":[{"index":0,"delta":{"content":"","role":"assistant"},"finish_reason":"stop"}]}"#,
                #"{"choices":[],"usage":{"prompt_tokens":32,"completion_tokens":9,"total_tokens":135,"completion_tokens_details":{"reasoning_tokens":94},"num_sources_used":0}}"#,
            ], content: "Hello", attached: ["reasoning_content": "Hm."],
            usage: TokenUsage(prompt: 32, completion: 9, reasoning: 94)),
    ]

    private func decode(_ bytes: [UInt8], pieces size: Int) throws -> DecodedReply {
        var decoder = ReplyDecoder(limit: 1 << 20)
        for start in stride(from: 0, to: bytes.count, by: size) where !decoder.sawEnd {
            _ = try decoder.push(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        return try decoder.finish()
    }

    private func bytes(_ stream: Stream) -> [UInt8] {
        let head = ": PROCESSING\n\n"
        return Array((head + (stream.events + ["[DONE]"]).map { "data: \($0)\n\n" }.joined()).utf8)
    }

    @Test(arguments: streams)
    func `each is read as it is meant`(stream: Stream) throws {
        for size in [1, 5, 100_000] {
            let decoded = try decode(bytes(stream), pieces: size)
            #expect(decoded.reply.content == stream.content)
            #expect(decoded.reply.toolCalls == stream.calls)
            #expect(decoded.reply.usage == stream.usage)
            let known = stream.attached.object ?? [:]
            for (key, value) in known { #expect(decoded.attached[key] == value, "\(key)") }
        }
    }

    @Test(arguments: streams)
    func `each is whole or an error, wherever it is cut`(stream: Stream) throws {
        let bytes = bytes(stream)
        for end in bytes.indices {
            guard let decoded = try? decode(Array(bytes[..<end]), pieces: 100_000) else { continue }
            #expect(decoded.reply.content == stream.content, "cut at \(end)")
            #expect(decoded.reply.toolCalls == stream.calls, "cut at \(end)")
        }
    }
}
