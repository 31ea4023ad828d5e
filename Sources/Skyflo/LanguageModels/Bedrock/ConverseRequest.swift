import KubeModel

/// The body of `POST /model/MODEL/converse-stream`
/// (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html).
struct ConverseRequest: Sendable {
    var model: BedrockModel
    var conversation: AlternatingConversation
    var tools: [ToolSchema]
    var maxTokens: Int?
    var temperature: Double?
    /// nil: high, where the model can think.
    var effort: String?
    /// In tokens; of models that take none it is not sent.
    var thinkingBudget: Int?

    var json: JSONValue {
        let thinking = model.thinking(
            effort: effort, budget: thinkingBudget, maxTokens: maxTokens,
            beganWithoutThought: conversation.beganWithoutThought)
        let settings = JSONValue.compact([
            "maxTokens": thinking.maxTokens.map { JSONValue($0) },
            "temperature": thinking.allowsTemperature ? temperature.map(JSONValue.double) : nil,
        ])
        return .compact([
            "system": system,
            "messages": .array(messages),
            "toolConfig": toolConfig,
            "inferenceConfig": settings.object?.isEmpty == true ? nil : settings,
            "additionalModelRequestFields": thinking.fields,
        ])
    }

    /// What comes before it is kept by Bedrock for some minutes. Models that can't do it refuse it.
    private static let cachePoint: JSONValue = ["cachePoint": ["type": "default"]]

    private var cachePoints: [JSONValue] { model.caches ? [Self.cachePoint] : [] }

    private var system: JSONValue? {
        conversation.system.isEmpty ? nil : .array([["text": .string(conversation.system)]] + cachePoints)
    }

    private var toolConfig: JSONValue? {
        // The tools of earlier calls have to be named, also where no more of them may be called.
        let schemas = tools.isEmpty ? conversation.toolsOfCalls : tools
        guard !schemas.isEmpty else { return nil }
        return ["tools": .array(schemas.map(Self.tool) + (model.cachesTools ? cachePoints : []))]
    }

    private static func tool(_ tool: ToolSchema) -> JSONValue {
        [
            "toolSpec": .compact([
                "name": .string(tool.name),
                "description": tool.description.isEmpty ? nil : .string(tool.description),
                "inputSchema": ["json": tool.parameters],
            ])
        ]
    }

    private var messages: [JSONValue] {
        conversation.messages.enumerated().map { at, message in
            let isLast = at == conversation.messages.count - 1
            return switch message {
            case .user(let parts):
                ["role": "user", "content": .array(parts.map(Self.block) + (isLast ? cachePoints : []))]
            case .assistant(let parts): ["role": "assistant", "content": .array(parts.map(Self.block))]
            }
        }
    }

    private static func block(_ part: AlternatingConversation.UserPart) -> JSONValue {
        switch part {
        case .text(let text): ["text": .string(text)]
        case .result(let call, let content):
            ["toolResult": ["toolUseId": .string(call.id), "content": [["text": .string(content)]]]]
        }
    }

    private static func block(_ part: ReplyLayout.Filled) -> JSONValue {
        switch part {
        case .opaque(let block): block
        case .text(let text, _): ["text": .string(text)]
        case .call(let call):
            [
                "toolUse": [
                    "toolUseId": .string(call.id), "name": .string(call.name), "input": call.argumentsObject,
                ]
            ]
        }
    }
}

/// What of a request depends on which model is asked, by its id or the ARN of its profile.
struct BedrockModel: Sendable, Hashable {
    struct Thinking: Sendable, Hashable {
        /// Fields that Bedrock hands on to the model.
        var fields: JSONValue?
        var maxTokens: Int?
        var allowsTemperature = true
    }

    var id: String

    var takesBudget: Bool { isClaude && ClaudeModel(id).takesBudget }

    private var isClaude: Bool { id.contains("anthropic.claude") }

    /// https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
    var caches: Bool {
        if id.contains("amazon.nova") { return true }
        guard isClaude, let version = ClaudeModel(id).version else { return false }
        return version >= (3, 7) || (version == (3, 5) && id.contains("haiku"))
    }

    /// Amazon's own models don't.
    var cachesTools: Bool { caches && isClaude }

    func thinking(effort: String?, budget: Int?, maxTokens: Int?, beganWithoutThought: Bool) -> Thinking {
        if isClaude {
            let thinking = ClaudeModel(id).thinking(
                effort: effort, budget: budget, maxTokens: maxTokens, beganWithoutThought: beganWithoutThought)
            let fields = JSONValue.compact([
                "thinking": thinking.config, "output_config": thinking.effort.map { ["effort": .string($0)] },
            ])
            return Thinking(
                fields: fields.object?.isEmpty == true ? nil : fields, maxTokens: thinking.maxTokens,
                allowsTemperature: !thinking.isOn)
        }
        let takesEffort = id.contains("openai.gpt-oss")
        let word = effort ?? (takesEffort ? "high" : nil)
        return Thinking(
            fields: takesEffort ? word.map { ["reasoning_effort": .string($0)] } : nil, maxTokens: maxTokens)
    }
}
