import KubeModel

/// The body of `POST /chat/completions`.
struct ChatRequest: Sendable {
    var model: String
    var request: ModelRequest
    var temperature: Double?
    var reasoningEffort: String?
    /// OpenAI itself refuses `max_tokens` for its newer models; most others know nothing else.
    var tokenLimitField: String

    var json: JSONValue {
        .compact([
            "model": .string(model),
            "messages": .array(request.messages.map(Self.message)),
            "tools": request.tools.isEmpty ? nil : .array(request.tools.map(Self.tool)),
            tokenLimitField: request.maxTokens.map { JSONValue($0) },
            "temperature": temperature.map(JSONValue.double),
            "reasoning_effort": reasoningEffort.map(JSONValue.string),
            "stream": true,
            "stream_options": ["include_usage": true],
        ])
    }

    private static func message(_ message: ChatMessage) -> JSONValue {
        switch message {
        case .system(let text): ["role": "system", "content": .string(text)]
        case .user(let text): ["role": "user", "content": .string(text)]
        case .assistant(let text, let calls):
            .compact([
                "role": "assistant",
                "content": text.isEmpty && !calls.isEmpty ? .null : .string(text),
                "tool_calls": calls.isEmpty ? nil : .array(calls.map(call)),
            ])
        case .tool(let callID, let content):
            ["role": "tool", "tool_call_id": .string(callID), "content": .string(content)]
        }
    }

    private static func call(_ call: ModelToolCall) -> JSONValue {
        [
            "id": .string(call.id), "type": "function",
            "function": ["name": .string(call.name), "arguments": .string(arguments(call.arguments))],
        ]
    }

    /// Several servers parse the arguments of earlier calls and refuse the whole conversation, for good, where one is
    /// no JSON object. Such a text is sent inside of one.
    private static func arguments(_ text: String) -> String {
        let parsed = try? JSONParser.parse(text)
        return parsed?.object != nil ? text : JSONWriter.string(["unparsable": .string(text)])
    }

    private static func tool(_ tool: ToolSchema) -> JSONValue {
        [
            "type": "function",
            "function": [
                "name": .string(tool.name), "description": .string(tool.description), "parameters": tool.parameters,
            ],
        ]
    }
}
