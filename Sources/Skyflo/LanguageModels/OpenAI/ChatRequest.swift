import KubeModel

/// The body of `POST /chat/completions`.
struct ChatRequest: Sendable {
    var model: String
    var request: ModelRequest
    var options = ModelOptions()
    var profile = ChatCompletionsProfile()

    var json: JSONValue {
        var body: JSONValue = .compact([
            "model": .string(model),
            "messages": .array(request.messages.map(Self.message)),
            "tools": request.tools.isEmpty ? nil : .array(request.tools.map(tool)),
            profile.tokenLimitField: request.maxTokens.map { JSONValue($0) },
            "temperature": options.temperature.map(JSONValue.double),
            "stream": true,
            "stream_options": profile.takesStreamOptions ? ["include_usage": true] : nil,
        ])
        if let effort = options.reasoningEffort {
            let path = profile.effortField == .top ? ["reasoning_effort"] : ["reasoning", "effort"]
            body = Self.setting(path[...], to: .string(effort), in: body)
        }
        if let budget = options.thinkingBudget, !profile.thinkingBudgetPath.isEmpty {
            body = Self.setting(profile.thinkingBudgetPath[...], to: JSONValue(budget), in: body)
        }
        return body
    }

    private static func setting(_ path: ArraySlice<String>, to value: JSONValue, in json: JSONValue) -> JSONValue {
        guard let key = path.first else { return value }
        var members = json.object ?? [:]
        members[key] = setting(path.dropFirst(), to: value, in: members[key] ?? [:])
        return .object(members)
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
                    "content": content(text, calls: calls, after: data?.content["content"]?.array ?? []),
                    "tool_calls": calls.isEmpty ? nil : .array(calls.map(call)),
                ])
        case .tool(let callID, let content):
            ["role": "tool", "tool_call_id": .string(callID), "content": .string(content)]
        }
    }

    /// - Parameter parts: what was thought, where it came as parts of the content.
    private static func content(_ text: String, calls: [ModelToolCall], after parts: [JSONValue]) -> JSONValue {
        guard parts.isEmpty else {
            return .array(parts + (text.isEmpty ? [] : [["type": "text", "text": .string(text)]]))
        }
        return text.isEmpty && !calls.isEmpty ? .null : .string(text)
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

    private func tool(_ tool: ToolSchema) -> JSONValue {
        let refused = profile.refusedSchemaMembers
        let parameters = refused.isEmpty ? tool.parameters : Self.schema(tool.parameters, without: refused)
        return [
            "type": "function",
            "function": [
                "name": .string(tool.name), "description": .string(tool.description), "parameters": parameters,
            ],
        ]
    }

    /// - Parameter isNames: whether the members are names of properties, and no words of JSON Schema.
    private static func schema(
        _ schema: JSONValue, without refused: Set<String>, isNames: Bool = false
    ) -> JSONValue {
        switch schema {
        case .array(let elements): return .array(elements.map { Self.schema($0, without: refused) })
        case .object(let members):
            var kept = JSONObject()
            for (key, value) in members where isNames || !refused.contains(key) {
                kept[key] = Self.schema(value, without: refused, isNames: !isNames && key == "properties")
            }
            return .object(kept)
        default: return schema
        }
    }
}
