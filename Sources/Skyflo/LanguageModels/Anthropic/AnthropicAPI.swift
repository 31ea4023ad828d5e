import KubeModel
import NIOHTTP1

/// Anthropic's messages (https://platform.claude.com/docs/en/api/messages).
package struct AnthropicAPI: ProviderAPI {
    package let format = "anthropic-messages"
    package let model: String
    package let endpoint: ModelEndpoint
    let apiKey: Credential?

    /// - Parameters:
    ///   - baseURL: what comes before `/v1/messages`.
    ///   - apiKey: sent as `x-api-key`; nil for gateways that want none.
    /// - Throws: ``LanguageModelError`` `rejected` where the address is none of HTTP.
    package init(
        model: String, baseURL: String, apiKey: Credential?
    ) throws(LanguageModelError) {
        self.model = model
        endpoint = try ModelEndpoint(configured: baseURL)
        self.apiKey = apiKey
    }

    package var credentials: [Credential] { [apiKey].compactMap { $0 } }
    package var takesThinkingBudget: Bool { ClaudeModel(model).takesBudget }
    /// Anthropic takes `^[a-zA-Z0-9_-]+$`.
    package var callIDs: ToolCallIDForm { ToolCallIDForm(maxLength: 64) }

    package func request(_ request: ModelRequest, options: ModelOptions) throws(LanguageModelError) -> ProviderRequest {
        var headers = HTTPHeaders.forModels
        headers.add(name: "anthropic-version", value: "2023-06-01")
        if let apiKey { headers.add(name: "x-api-key", value: apiKey.secret) }
        let body = MessagesRequest(model: ClaudeModel(model), request: request, options: options)
        return ProviderRequest(
            url: endpoint.url(endpoint.pathEnds(with: "/v1") ? "/messages" : "/v1/messages"), headers: headers,
            body: JSONWriter.bytes(body.json))
    }

    package func decoder(limit: Int) -> any ReplyStreamDecoder {
        EventReplyDecoder(MessagesAssembler(), limit: limit)
    }
}
