/// What a server of OpenAI's chat completions does otherwise than the others, as data.
package struct ChatCompletionsProfile: Sendable, Hashable {
    /// Where a server takes how much the model may think.
    package enum EffortField: Sendable, Hashable {
        /// `reasoning_effort`.
        case top
        /// `reasoning.effort`, OpenRouter's.
        case nested
    }

    /// OpenAI itself refuses `max_tokens` for its newer models; most others know nothing else.
    package var tokenLimitField = "max_tokens"
    /// Whether `stream_options.include_usage` is taken. Some refuse what they don't know, and send the usage anyway.
    package var takesStreamOptions = true
    package var effortField = EffortField.top
    /// The path of the member that takes a number of tokens to think; empty where there is none.
    package var thinkingBudgetPath: [String] = []
    package var callIDs = ToolCallIDForm()
    /// Members of JSON Schema that the server refuses in a tool's parameters.
    package var refusedSchemaMembers: Set<String> = []

    package init(
        tokenLimitField: String = "max_tokens", takesStreamOptions: Bool = true, effortField: EffortField = .top,
        thinkingBudgetPath: [String] = [], callIDs: ToolCallIDForm = ToolCallIDForm(),
        refusedSchemaMembers: Set<String> = []
    ) {
        self.tokenLimitField = tokenLimitField
        self.takesStreamOptions = takesStreamOptions
        self.effortField = effortField
        self.thinkingBudgetPath = thinkingBudgetPath
        self.callIDs = callIDs
        self.refusedSchemaMembers = refusedSchemaMembers
    }

    private static let openAI = ChatCompletionsProfile(tokenLimitField: "max_completion_tokens")
    /// Its validation refuses unknown members (422), and ids of calls that are not nine letters and digits.
    private static let mistral = ChatCompletionsProfile(
        takesStreamOptions: false,
        callIDs: ToolCallIDForm(maxLength: 9, isFixedLength: true, onlyAlphanumeric: true))
    private static let openRouter = ChatCompletionsProfile(
        effortField: .nested, thinkingBudgetPath: ["reasoning", "max_tokens"])
    private static let google = ChatCompletionsProfile(
        thinkingBudgetPath: ["extra_body", "google", "thinking_config", "thinking_budget"],
        refusedSchemaMembers: [
            "$schema", "additionalProperties", "patternProperties", "exclusiveMinimum", "exclusiveMaximum", "const",
        ])
    private static let dashScope = ChatCompletionsProfile(thinkingBudgetPath: ["thinking_budget"])

    /// By the end of the host's name.
    private static let hosts: [(suffix: String, profile: ChatCompletionsProfile)] = [
        ("api.openai.com", openAI), ("api.groq.com", openAI), ("api.cerebras.ai", openAI), ("api.x.ai", openAI),
        ("api.mistral.ai", mistral), ("openrouter.ai", openRouter), ("generativelanguage.googleapis.com", google),
        ("aliyuncs.com", dashScope), ("api.siliconflow.cn", dashScope), ("api.siliconflow.com", dashScope),
    ]

    /// By the provider's name, for servers that are reached at another address, through a gateway for example.
    private static let providers: [String: ChatCompletionsProfile] = [
        "Groq": openAI, "Cerebras": openAI, "xAI": openAI, "Mistral": mistral, "OpenRouter": openRouter,
    ]

    /// Without a name, `OpenAI` included, the address decides: most servers that aren't named here are of the common kind.
    package static func of(host: String, provider: String? = nil) -> ChatCompletionsProfile {
        if let profile = provider.flatMap({ providers[$0] }) { return profile }
        let host = host.lowercased()
        return hosts.first { host == $0.suffix || host.hasSuffix("." + $0.suffix) }?.profile ?? .init()
    }
}
