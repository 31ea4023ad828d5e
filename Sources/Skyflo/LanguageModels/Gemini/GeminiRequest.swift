import KubeModel

/// The body of `POST /models/MODEL:streamGenerateContent` (https://ai.google.dev/api/generate-content).
struct GeminiRequest: Sendable {
    var conversation: AlternatingConversation
    var tools: [ToolSchema]
    var maxTokens: Int?
    var temperature: Double?
    var thinking: GeminiThinking

    init(model: String, request: ModelRequest, options: ModelOptions) {
        conversation = AlternatingConversation(request.messages)
        (tools, maxTokens, temperature) = (request.tools, request.maxTokens, options.temperature)
        thinking = GeminiThinking(
            model: model, effort: options.reasoningEffort, budget: options.thinkingBudget)
    }

    var json: JSONValue {
        let settings = JSONValue.compact([
            "maxOutputTokens": maxTokens.map { JSONValue($0) },
            "temperature": temperature.map(JSONValue.double),
            "thinkingConfig": thinking.config,
        ])
        return .compact([
            "systemInstruction": conversation.system.isEmpty
                ? nil : ["parts": [["text": .string(conversation.system)]]],
            "contents": .array(conversation.messages.map(content)),
            "tools": tools.isEmpty ? nil : [["functionDeclarations": .array(tools.map(Self.tool))]],
            "generationConfig": settings.object?.isEmpty == true ? nil : settings,
        ])
    }

    private static func tool(_ tool: ToolSchema) -> JSONValue {
        .compact([
            "name": .string(tool.name), "description": .string(tool.description),
            "parameters": GeminiSchema.parameters(tool.parameters),
        ])
    }

    private func content(_ message: AlternatingConversation.Message) -> JSONValue {
        switch message {
        case .user(let parts): return ["role": "user", "parts": .array(parts.map(Self.part))]
        case .assistant(let parts):
            var parts = parts.map(Self.part)
            if thinking.wantsSignatures, let first = parts.firstIndex(where: { $0["functionCall"] != nil }),
                parts[first]["thoughtSignature"] == nil
            {
                parts[first]["thoughtSignature"] = Self.noSignature
            }
            return ["role": "model", "parts": .array(parts)]
        }
    }

    /// What Google names for calls that another model wrote (https://ai.google.dev/gemini-api/docs/thought-signatures, FAQ).
    private static let noSignature: JSONValue = "skip_thought_signature_validator"

    private static func part(_ part: AlternatingConversation.UserPart) -> JSONValue {
        switch part {
        case .text(let text): ["text": .string(text)]
        case .result(let call, let content):
            [
                "functionResponse": .compact([
                    "id": call.providerData?["id"], "name": .string(call.name),
                    "response": ["output": .string(content)],
                ])
            ]
        }
    }

    private static func part(_ part: ReplyLayout.Filled) -> JSONValue {
        switch part {
        case .opaque(let part): part
        case .text(let text, let extra):
            .compact(["text": .string(text), "thoughtSignature": extra?["thoughtSignature"]])
        case .call(let call):
            .compact([
                "functionCall": .compact([
                    "id": call.providerData?["id"], "name": .string(call.name), "args": call.argumentsObject,
                ]),
                "thoughtSignature": call.providerData?["thoughtSignature"],
            ])
        }
    }
}

/// How hard a Gemini thinks, by its name.
///
/// From 3 on it takes a level, in 2.5 a number of tokens (https://ai.google.dev/gemini-api/docs/thinking); one that gets the
/// other's refuses the request. Earlier ones and other families don't think.
struct GeminiThinking: Sendable, Hashable {
    var model: String
    /// nil: high.
    var effort: String?
    /// In tokens; -1 leaves it to the model.
    var budget: Int?

    /// From 3 on the first call of a reply without one is refused.
    var wantsSignatures: Bool { version.map { $0 >= 3 } ?? false }

    var takesBudget: Bool { version.map { $0 >= 2.5 && $0 < 3 } ?? false }

    /// nil: nothing is said.
    var config: JSONValue? {
        guard let version else { return nil }
        if version >= 3 { return ["thinkingLevel": .string(level), "includeThoughts": true] }
        guard version >= 2.5 else { return nil }
        return ["thinkingBudget": JSONValue(tokens), "includeThoughts": true]
    }

    private var name: Substring { model.split(separator: "/").last ?? "" }

    private var version: Double? {
        name.hasPrefix("gemini-") ? Double(name.dropFirst(7).prefix { $0.isNumber || $0 == "." }) : nil
    }

    /// Pro models can't be kept from thinking.
    private var tokens: Int {
        let wanted = budget ?? Self.budgets[effort ?? "high"] ?? -1
        return name.contains("pro") && wanted >= 0 ? max(wanted, 128) : wanted
    }

    private static let budgets = ["none": 0, "minimal": 512, "low": 1024, "medium": 8192, "high": 24_576]

    /// None can be kept from thinking; not all know `MINIMAL`.
    private var level: String {
        switch effort ?? "high" {
        case "none", "low": "LOW"
        case "minimal": "MINIMAL"
        case "medium": "MEDIUM"
        default: "HIGH"
        }
    }
}
