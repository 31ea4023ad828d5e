import KubeModel

/// The body of `POST /responses` (https://platform.openai.com/docs/api-reference/responses/create), of a conversation that
/// is stored here and not there: what the model thought comes encrypted and goes back so.
struct ResponsesRequest: Sendable {
    var model: String
    var request: ModelRequest
    var temperature: Double?
    /// nil: high, where the model reasons.
    var effort: String?

    var json: JSONValue {
        let reasons = effort != nil || Self.reasons(model)
        return .compact([
            "model": .string(model),
            "instructions": instructions.isEmpty ? nil : .string(instructions),
            "input": .array(input),
            "tools": request.tools.isEmpty ? nil : .array(request.tools.map(Self.tool)),
            "max_output_tokens": request.maxTokens.map { JSONValue($0) },
            "temperature": temperature.map(JSONValue.double),
            "reasoning": reasons ? ["effort": .string(effort ?? "high")] : nil,
            // Models that don't reason refuse it.
            "include": reasons ? ["reasoning.encrypted_content"] : nil,
            "store": false,
            "stream": true,
        ])
    }

    /// o1, o3, o4-mini; from gpt-5 on all but those made for chatting; codex.
    static func reasons(_ model: String) -> Bool {
        let name = model.split(separator: "/").last.map { $0.lowercased() } ?? ""
        if name.contains("chat") || name.hasPrefix("ft:") { return false }
        if name.hasPrefix("codex") || name.hasPrefix("gpt-oss") { return true }
        if name.hasPrefix("o"), let digit = name.dropFirst().first { return digit.isNumber }
        guard name.hasPrefix("gpt-"), let version = Int(name.dropFirst(4).prefix(while: \.isNumber)) else {
            return false
        }
        return version >= 5
    }

    /// The system messages at the beginning. Later ones stay in their place.
    private var leading: ArraySlice<ChatMessage> {
        request.messages.prefix { if case .system = $0 { true } else { false } }
    }

    private var instructions: String {
        leading.compactMap { if case .system(let text) = $0, !text.isEmpty { text } else { nil } }
            .joined(separator: "\n\n")
    }

    private var input: [JSONValue] { request.messages.dropFirst(leading.count).flatMap(items) }

    private func items(_ message: ChatMessage) -> [JSONValue] {
        switch message {
        case .system(let text): [["role": "developer", "content": .string(text)]]
        case .user(let text): [["role": "user", "content": .string(text)]]
        case .tool(let callID, let content):
            [["type": "function_call_output", "call_id": .string(callID), "output": .string(content)]]
        case .assistant(let text, let calls, let data):
            ReplyLayout(attached: data).filled(content: text, calls: calls).map(Self.item)
        }
    }

    private static func item(_ part: ReplyLayout.Filled) -> JSONValue {
        switch part {
        case .opaque(let item): item
        case .text(let text, let extra):
            .compact(["role": "assistant", "content": .string(text), "phase": extra?["phase"]])
        case .call(let call):
            [
                "type": "function_call", "call_id": .string(call.id), "name": .string(call.name),
                "arguments": .string(call.argumentsText),
            ]
        }
    }

    private static func tool(_ tool: ToolSchema) -> JSONValue {
        [
            "type": "function", "name": .string(tool.name), "description": .string(tool.description),
            "parameters": tool.parameters,
            // Strict mode takes a small part of JSON Schema.
            "strict": false,
        ]
    }
}
