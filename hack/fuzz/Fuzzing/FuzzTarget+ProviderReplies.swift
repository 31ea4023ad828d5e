import KubeModel
import LanguageModels

extension FuzzTarget {
    /// However the bytes of an answer are cut, they mean the same to each provider's decoder; and what was read can be sent back.
    static let providerReply = FuzzTarget.text(
        "provider-reply",
        corpus: [
            """
            event: message_start
            data: {"type":"message_start","message":{"usage":{"input_tokens":12}}}

            data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

            data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"s"}}

            data: {"type":"content_block_stop","index":0}

            data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_1","name":"k8s_get","input":{}}}

            data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\\"a\\":1}"}}

            data: {"type":"content_block_stop","index":1}

            data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":89}}

            data: {"type":"message_stop"}


            """,
            #"""
            data: {"candidates":[{"content":{"parts":[{"text":"é","thoughtSignature":"c2ln"},{"text":"hm","thought":true}]}}]}

            data: {"candidates":[{"content":{"parts":[{"functionCall":{"id":"f","name":"n","args":{"a":[1]}},"thoughtSignature":"c2ln"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":5}}


            """#,
            #"""
            data: {"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs","summary":[],"encrypted_content":"x"}}

            data: {"type":"response.output_item.done","output_index":1,"item":{"type":"message","phase":"commentary","content":[{"type":"output_text","text":"é"}]}}

            data: {"type":"response.output_item.done","output_index":2,"item":{"type":"function_call","call_id":"c","name":"n","arguments":"{}"}}

            data: {"type":"response.completed","response":{"status":"completed","usage":{"input_tokens":5}}}


            """#,
            #"{"type":"message","stop_reason":"end_turn","content":[{"type":"text","text":"Hi"}]}"#,
        ],
        words: [
            "data: ", "\n\n", "\r\n\r\n", "event: ", "{", "}", "[", "]", "\"index\":0,", "\"index\":-1,", "\"type\":",
            "\"content_block_stop\"", "\"thinking\"", "\"text\":\"\"", "\"output_index\":9223372036854775807,",
            "\"status\":\"incomplete\"", "\"max_tokens\"", "\"args\":null", "\"partial_json\":\"\\\"\"", "null", "é",
            "\u{0}",
        ]
    ) { input in
        for api in try dialects {
            let whole = reply(of: input, pieces: input.count + 1, read: api)
            for size in [1, 7] {
                let cut = reply(of: input, pieces: size, read: api)
                try require(cut == whole, "\(api.format): in pieces of \(size) bytes it is another reply")
            }
            if let whole { try requireSendable(whole, api: api) }
        }
    }

    private static var dialects: [any ProviderAPI] {
        get throws {
            [
                try AnthropicAPI(model: "claude-opus-4-6", baseURL: "https://h", apiKey: nil),
                try GeminiAPI(model: "gemini-3-pro", baseURL: "https://h", apiKey: nil),
                try OpenAIResponsesAPI(model: "gpt-5", baseURL: "https://h", apiKey: nil),
            ]
        }
    }

    /// nil for any error.
    private static func reply(of bytes: [UInt8], pieces size: Int, read api: any ProviderAPI) -> DecodedReply? {
        // More than an input has: what lies behind the end counts only where it comes in one piece with it.
        var decoder = api.decoder(limit: 1 << 22)
        var rest = bytes[...]
        while !rest.isEmpty, !decoder.sawEnd {
            guard (try? decoder.push(Array(rest.prefix(size)))) != nil else { return nil }
            rest = rest.dropFirst(size)
        }
        guard var decoded = try? decoder.finish() else { return nil }
        // When a piece is told depends on where the bytes are cut.
        decoded.deltas = []
        return decoded
    }

    private static func requireSendable(_ decoded: DecodedReply, api: any ProviderAPI) throws {
        let reply = decoded.reply
        let author = ProviderData.Author(format: api.format, host: api.endpoint.host, model: api.model)
        let request = ModelRequest(
            messages: [
                .user("x"),
                .assistant(
                    reply.content, toolCalls: reply.toolCalls,
                    providerData: ProviderData(author: author, content: decoded.attached)),
            ] + reply.toolCalls.map { .tool(callID: $0.id, content: "r") })
        let body = try api.request(request, options: ModelOptions()).body
        try require((try? JSONParser.parse(body)) != nil, "\(api.format): what was read can't be sent back")
    }
}
