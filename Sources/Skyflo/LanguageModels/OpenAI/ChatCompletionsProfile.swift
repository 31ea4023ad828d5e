/// What a server of OpenAI's chat completions does otherwise than the others.
package struct ChatCompletionsProfile: Sendable, Hashable {
    /// OpenAI itself refuses `max_tokens` for its newer models; most others know nothing else.
    package var tokenLimitField = "max_tokens"
    package var callIDs = ToolCallIDForm()

    package init(tokenLimitField: String = "max_tokens", callIDs: ToolCallIDForm = ToolCallIDForm()) {
        self.tokenLimitField = tokenLimitField
        self.callIDs = callIDs
    }

    static func of(host: String) -> ChatCompletionsProfile {
        host == "api.openai.com" ? ChatCompletionsProfile(tokenLimitField: "max_completion_tokens") : .init()
    }
}
