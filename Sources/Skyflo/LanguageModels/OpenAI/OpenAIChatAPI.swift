import KubeModel
import NIOHTTP1

/// OpenAI's chat completions, as nearly all providers and local servers speak them.
package struct OpenAIChatAPI: ProviderAPI {
    package let format = "openai-chat"
    package let model: String
    package let endpoint: ModelEndpoint
    let apiKey: Credential?
    let profile: ChatCompletionsProfile

    /// - Parameters:
    ///   - model: as the endpoint calls it.
    ///   - baseURL: what comes before `/chat/completions`. Without any path, `/v1` is meant.
    ///   - apiKey: sent as a bearer token; nil for endpoints that want none.
    ///   - provider: its name, which tells what the server does otherwise than OpenAI where the address doesn't.
    /// - Throws: ``LanguageModelError`` `rejected` where the address is none of HTTP.
    package init(
        model: String, baseURL: String, apiKey: Credential?,
        provider: String? = nil
    ) throws(LanguageModelError) {
        self.model = model
        endpoint = try ModelEndpoint(configured: baseURL)
        self.apiKey = apiKey
        profile = ChatCompletionsProfile.of(host: endpoint.hostName, provider: provider)
    }

    /// Whether there is a field for the most tokens that a model may think.
    package var takesThinkingBudget: Bool { !profile.thinkingBudgetPath.isEmpty }

    package var credentials: [Credential] { [apiKey].compactMap { $0 } }
    package var callIDs: ToolCallIDForm { profile.callIDs }

    package func request(_ request: ModelRequest, options: ModelOptions) throws(LanguageModelError) -> ProviderRequest {
        var headers = HTTPHeaders.forModels
        if let apiKey { headers.add(name: "authorization", value: "Bearer \(apiKey.secret)") }
        let body = ChatRequest(model: model, request: request, options: options, profile: profile)
        return ProviderRequest(
            url: endpoint.url(endpoint.hasPath ? "/chat/completions" : "/v1/chat/completions"), headers: headers,
            body: JSONWriter.bytes(body.json))
    }

    package func decoder(limit: Int) -> any ReplyStreamDecoder { EventReplyDecoder(ReplyAssembler(), limit: limit) }
}
