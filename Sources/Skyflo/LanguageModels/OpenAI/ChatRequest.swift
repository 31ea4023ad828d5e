import KubeModel

/// The body of `POST /chat/completions`.
struct ChatRequest: Sendable {
    var model: String
    var request: ModelRequest
    var options = ModelOptions()
    var profile = ChatCompletionsProfile()

    var json: JSONValue {
        .compact([
            "model": .string(model),
            "messages": .array(request.messages.map(Self.message)),
            "tools": request.tools.isEmpty ? nil : .array(request.tools.map(Self.tool)),
            profile.tokenLimitField: request.maxTokens.map { JSONValue($0) },
            "temperature": options.temperature.map(JSONValue.double),
            "reasoning_effort": options.reasoningEffort.map(JSONValue.string),
            "stream": true,
            "stream_options": ["include_usage": true],
        ])
    }

    private static func message(_ message: ChatMessage) -> JSONValue {
        switch message {
        case .system(let text): ["role": "system", "content": .string(text)]
        case .user(let text): ["role": "user", "content": .string(text)]
        case .assistant(let text, let calls, let data):
            joined(
                data?.content,
                [
                    "role": "assistant",
                    "content": text.isEmpty && !calls.isEmpty ? .null : .string(text),
                    "tool_calls": calls.isEmpty ? nil : .array(calls.map(call)),
                ])
        case .tool(let callID, let content):
            ["role": "tool", "tool_call_id": .string(callID), "content": .string(content)]
        }
    }

    private static func call(_ call: ModelToolCall) -> JSONValue {
        let function = joined(
            call.providerData?["function"],
            ["name": .string(name(call.name)), "arguments": .string(arguments(call.arguments))])
        return joined(call.providerData, ["id": .string(call.id), "type": "function", "function": function])
    }

    /// A name that a model made up may be one that providers refuse, with the whole conversation, for good.
    private static func name(_ name: String) -> String {
        let allowed = name.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                byte
            default: UInt8(ascii: "_")
            }
        }
        return allowed.isEmpty ? "unnamed" : String(decoding: allowed.prefix(64), as: UTF8.self)
    }

    /// Members, and those that the provider attached, of which none can take the place of one of the first.
    private static func joined(_ attached: JSONValue?, _ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        var object = attached?.object ?? [:]
        for (key, value) in members { object[key] = nil; if let value { object[key] = value } }
        return .object(object)
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
