import KubeModel
import NIOHTTP1

/// OpenAI's chat completions, as nearly all providers and local servers speak them.
package struct OpenAIChatAPI: ProviderAPI {
    package static let defaultBaseURL = "https://api.openai.com/v1"

    package let format = "openai-chat"
    package let model: String
    package let endpoint: ModelEndpoint
    let apiKey: Credential?
    let profile: ChatCompletionsProfile

    /// - Parameters:
    ///   - model: as the endpoint calls it.
    ///   - baseURL: what comes before `/chat/completions`. Without any path, `/v1` is meant.
    ///   - apiKey: sent as a bearer token; nil for endpoints that want none.
    ///   - profile: what the server does otherwise than OpenAI; nil for what is known of the address.
    /// - Throws: ``LanguageModelError`` `rejected` where the address is none of HTTP.
    package init(
        model: String, baseURL: String = OpenAIChatAPI.defaultBaseURL, apiKey: Credential?,
        profile: ChatCompletionsProfile? = nil
    ) throws(LanguageModelError) {
        guard let endpoint = ModelEndpoint(base: baseURL) else {
            throw LanguageModelError(.rejected, message: "the model's base address is not an http or https address")
        }
        self.model = model
        self.endpoint = endpoint
        self.apiKey = apiKey
        self.profile = profile ?? ChatCompletionsProfile.of(host: endpoint.hostName)
    }

    package var credentials: [Credential] { [apiKey].compactMap { $0 } }
    package var callIDs: ToolCallIDForm { profile.callIDs }

    package func request(_ request: ModelRequest, options: ModelOptions) throws(LanguageModelError) -> ProviderRequest {
        var headers: HTTPHeaders = [
            "content-type": "application/json", "accept": "text/event-stream, application/json", "user-agent": "skyflo",
        ]
        if let apiKey { headers.add(name: "authorization", value: "Bearer \(apiKey.secret)") }
        let body = ChatRequest(model: model, request: request, options: options, profile: profile)
        return ProviderRequest(
            url: endpoint.url(endpoint.hasPath ? "/chat/completions" : "/v1/chat/completions"), headers: headers,
            body: JSONWriter.bytes(body.json))
    }

    package func decoder(limit: Int) -> any ReplyStreamDecoder { ReplyDecoder(limit: limit) }
}
