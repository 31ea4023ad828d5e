import KubeModel
import NIOHTTP1

/// OpenAI's responses (https://platform.openai.com/docs/api-reference/responses), and Azure OpenAI's.
package struct OpenAIResponsesAPI: ProviderAPI {
    package let format = "openai-responses"
    package let model: String
    package let endpoint: ModelEndpoint
    let apiKey: Credential?
    let token: Credential?

    /// - Parameters:
    ///   - baseURL: what comes before `/responses`. Without any path, `/v1` is meant.
    ///   - apiKey: sent as a bearer token, to Azure as `api-key`; nil for endpoints that want none.
    ///   - token: of Microsoft Entra ID, sent as a bearer token instead.
    /// - Throws: ``LanguageModelError`` `rejected` where the address is none of HTTP.
    package init(
        model: String, baseURL: String, apiKey: Credential?, token: Credential? = nil
    ) throws(LanguageModelError) {
        self.model = model
        endpoint = try ModelEndpoint(configured: baseURL)
        self.apiKey = apiKey
        self.token = token
    }

    package var credentials: [Credential] { [apiKey, token].compactMap { $0 } }
    package var callIDs: ToolCallIDForm { ToolCallIDForm(maxLength: 64) }

    package func request(_ request: ModelRequest, options: ModelOptions) throws(LanguageModelError) -> ProviderRequest {
        var headers = HTTPHeaders.forModels
        let isAzure = AzureOpenAIAPI.isAzure(endpoint)
        if let token {
            headers.add(name: "authorization", value: "Bearer \(token.secret)")
        } else if let apiKey {
            headers.add(
                name: isAzure ? "api-key" : "authorization", value: isAzure ? apiKey.secret : "Bearer \(apiKey.secret)")
        }
        let body = ResponsesRequest(
            model: model, request: request, temperature: options.temperature, effort: options.reasoningEffort)
        let prefix = endpoint.hasPath ? "" : isAzure ? "/openai/v1" : "/v1"
        return ProviderRequest(
            url: endpoint.url("\(prefix)/responses"), headers: headers, body: JSONWriter.bytes(body.json))
    }

    package func decoder(limit: Int) -> any ReplyStreamDecoder { EventReplyDecoder(ResponsesAssembler(), limit: limit) }
}
