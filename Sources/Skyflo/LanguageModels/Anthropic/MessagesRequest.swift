import KubeModel

/// The body of `POST /v1/messages` (https://platform.claude.com/docs/en/api/messages).
struct MessagesRequest: Sendable {
    var model: ClaudeModel
    var conversation: AlternatingConversation
    var tools: [ToolSchema]
    var maxTokens: Int?
    var temperature: Double?
    /// nil: high, where the model can think.
    var effort: String?
    /// In tokens; of models that take none it is not sent.
    var thinkingBudget: Int?

    init(model: ClaudeModel, request: ModelRequest, options: ModelOptions) {
        self.model = model
        conversation = AlternatingConversation(request.messages)
        (tools, maxTokens, temperature) = (request.tools, request.maxTokens, options.temperature)
        (effort, thinkingBudget) = (options.reasoningEffort, options.thinkingBudget)
    }

    var json: JSONValue {
        let thinking = model.thinking(
            effort: effort, budget: thinkingBudget, maxTokens: maxTokens,
            beganWithoutThought: conversation.beganWithoutThought)
        let toolList = toolList
        return .compact([
            "model": .string(model.name),
            "max_tokens": JSONValue(thinking.maxTokens),
            "system": conversation.system.isEmpty
                ? nil : [["type": "text", "text": .string(conversation.system), "cache_control": Self.cached]],
            "tools": toolList.isEmpty ? nil : .array(toolList),
            // The tools of earlier calls have to be named, also where no more of them may be called.
            "tool_choice": tools.isEmpty && !toolList.isEmpty ? ["type": "none"] : nil,
            "messages": .array(messages),
            "thinking": thinking.config,
            "output_config": thinking.effort.map { ["effort": .string($0)] },
            "temperature": thinking.isOn ? nil : temperature.map(JSONValue.double),
            "stream": true,
        ])
    }

    /// What stands up to here, in the order of tools, system, messages, is kept by the provider for five minutes.
    private static let cached: JSONValue = ["type": "ephemeral"]

    /// The last one is marked as well: tools are the same for conversations whose instructions differ.
    private var toolList: [JSONValue] {
        let schemas = tools.isEmpty ? conversation.toolsOfCalls : tools
        return schemas.enumerated().map { at, tool in
            .compact([
                "name": .string(tool.name),
                "description": tool.description.isEmpty ? nil : .string(tool.description),
                "input_schema": tool.parameters,
                "cache_control": at == schemas.count - 1 ? Self.cached : nil,
            ])
        }
    }

    /// The end of the last message is marked too: the next request begins with all that this one has.
    private var messages: [JSONValue] {
        var messages = conversation.messages.map(Self.message)
        guard let last = messages.indices.last, var content = messages[last]["content"]?.array,
            let end = content.indices.last
        else { return messages }
        content[end]["cache_control"] = Self.cached
        messages[last]["content"] = .array(content)
        return messages
    }

    private static func message(_ message: AlternatingConversation.Message) -> JSONValue {
        switch message {
        case .user(let parts): ["role": "user", "content": .array(parts.map(block))]
        case .assistant(let parts): ["role": "assistant", "content": .array(parts.map(block))]
        }
    }

    private static func block(_ part: AlternatingConversation.UserPart) -> JSONValue {
        switch part {
        case .text(let text): ["type": "text", "text": .string(text)]
        case .result(let call, let content):
            ["type": "tool_result", "tool_use_id": .string(call.id), "content": .string(content)]
        }
    }

    private static func block(_ part: ReplyLayout.Filled) -> JSONValue {
        switch part {
        case .opaque(let block): block
        case .text(let text, _): ["type": "text", "text": .string(text)]
        case .call(let call):
            [
                "type": "tool_use", "id": .string(call.id), "name": .string(call.name),
                "input": call.argumentsObject,
            ]
        }
    }
}
